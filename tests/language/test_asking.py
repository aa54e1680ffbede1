"""What a question is about, and that its words of asking neither stop nor make a match."""

import pytest

from bihuan.language import asking, similar

ABOUT = {
    "路灯坏了怎么报修": "路灯",
    "請問路燈壞了怎麼報修？": "路灯 ?",
    "请问医保异地就医如何备案": "医保异地就医 备案",
    "公积金在哪里提取": "公积金 提取",
    "身份证丢了去哪儿补办呢": "身份证丢 补办",
    "小区电梯有问题找谁": "小区电梯",
    "落户需要什么材料": "落户",
    # No question, no other word, or a whole story: as it stands.
    "路灯坏了": "路灯坏了",
    "怎么办": "怎么办",
    "请问吗": "请问吗",
    "请问" + "人民路的路灯坏了三天" * 4: "请问" + "人民路的路灯坏了三天" * 4,
    "": "",
}
ANSWERS = {
    1: "人民路路灯不亮\n晚上走路看不见。\n已更换灯泡。",
    2: "小区门口积水\n下雨就积水，路灯也不亮。\n已疏通。",
    3: "红绿灯坏了怎么办\n路口的红绿灯不亮。\n已报修。",
    4: "暖气不热怎么报修\n家里暖气不热。\n请拨打供热热线。",
    5: "医保异地就医备案\n退休后随子女居住。\n可以在手机上备案。",
}
FOUND = {
    "路灯坏了怎么报修": [1, 2],
    "路灯怎么报修": [1, 2],
    "请问暖气坏了找谁": [4],
    "异地就医怎么备案": [5],
    "红绿灯在哪里报修": [3],
    "垃圾怎么报修": [],
    "身份证丢了怎么办": [],
    "怎么报修": [4],
}


@pytest.mark.parametrize("text", ABOUT)
def test_what_is_asked_about(text):
    assert asking.about(text) == ABOUT[text]


@pytest.mark.parametrize("asked", FOUND)
def test_a_question_finds_what_it_is_about_the_title_first(asked):
    scores = similar.answers(asked, ANSWERS)
    assert sorted(scores, key=lambda number: -scores[number]) == FOUND[asked]
