"""Tokens, likeness and the reply check."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language import letters, reply_check, similar, tokens, variants

PLACES = [
    "人民路",
    "建设街",
    "胜利巷",
    "东湖小区",
    "南川河边",
    "火车站广场",
    "第三中学",
    "西门市场",
]
TROUBLES = [
    "红绿灯坏了三天早晚高峰很堵请尽快派人修理",
    "路灯不亮晚上走路害怕希望安排检修并告知时间",
    "垃圾堆放无人清运夏天气味很大居民多次反映没有结果",
    "工地夜间施工噪音扰民孩子无法休息请核查是否有许可",
    "下水道井盖破损存在安全隐患请及时更换",
    "公交车候车时间太长建议高峰期加密班次",
    "窗口办理业务排队两小时建议增加工作人员",
    "学校门口车辆乱停放学时家长孩子很危险",
]
SYNONYMS = {
    "请": "麻烦",
    "尽快": "马上",
    "希望": "盼望",
    "建议": "提议",
    "很": "特别",
    "坏了": "出故障了",
}
TEXTS = [f"{p}{t}" for p in PLACES for t in TROUBLES]


def dropped(text, rng):
    """10 % of the characters gone."""
    return "".join(c for c in text if rng.random() > 0.1)


def rewritten(text, rng):
    """A greeting, synonyms, the second half first."""
    for old, new in SYNONYMS.items():
        text = text.replace(old, new)
    half = len(text) // 2
    return f"您好，{text[half:]}，{text[:half]}。"


def test_layout_does_not_make_a_text_another():
    a = "红绿灯坏了，请修！Ａ１"
    assert similar.normalise(a) == similar.normalise(" 红绿灯坏了 请修 a1。\n")
    assert similar.normalise(a) != similar.normalise("红绿灯坏了，请修！A2")


@pytest.mark.parametrize("perturb", [dropped, rewritten], ids=["dropped", "rewritten"])
def test_perturbed_texts_are_still_alike(perturb):
    """The recall measured for this likeness: .98 at the threshold; the nearest is the own."""
    rng = random.Random(11)
    alike = nearest = 0
    grams = [similar.grams(t) for t in TEXTS]
    for index, text in enumerate(TEXTS):
        changed = similar.grams(perturb(text, rng))
        scores = [similar.cosine(changed, g) for g in grams]
        alike += scores[index] >= similar.ALIKE
        nearest += scores.index(max(scores)) == index
    assert alike >= 0.97 * len(TEXTS)
    assert nearest >= 0.97 * len(TEXTS)


def test_different_troubles_are_not_the_same():
    for a in TROUBLES:
        for b in TROUBLES:
            if a != b:
                assert similar.cosine(similar.grams(a), similar.grams(b)) < similar.ALIKE


@given(st.text(max_size=80), st.text(max_size=80))
def test_cosine_is_a_likeness(a, b):
    x, y = similar.grams(a), similar.grams(b)
    assert similar.cosine(x, y) == pytest.approx(similar.cosine(y, x))
    assert -1e-9 <= similar.cosine(x, y) <= 1 + 1e-9
    if x:
        assert similar.cosine(x, x) == pytest.approx(1)


@given(st.text(max_size=80))
def test_every_substring_s_tokens_are_the_text_s(text):
    folded = tokens.fold(text)
    have = tokens.index_tokens(text)
    for start in range(0, len(folded), 7):
        for word in folded[start : start + 5].split():
            assert set(tokens.query_tokens(word)) <= have


PLACEHOLDERS = ["您好，来信收悉。", "已转交相关部门处理。", "您的诉求已转办，请耐心等待。"]
ANSWER = (
    "您好，关于人民路红绿灯坏了的问题，经核查系控制箱进水所致，依据《城市道路管理条例》，"
    "我单位已于3月3日更换控制箱，5日内完成巡检。咨询电话12345。"
)


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholders_are_told(text):
    assert reply_check.is_placeholder(text)


def test_a_full_answer_passes_every_line():
    rows = reply_check.check("人民路红绿灯坏了三天，请问什么时候修好？", ANSWER)
    assert [r.key for r in rows if not r.good] == []


def test_a_poor_answer_says_what_is_missing():
    rows = reply_check.check("人民路红绿灯坏了三天，请问什么时候修好？", "感谢您的来信。")
    assert {r.key for r in rows if not r.good} >= {
        "answer_check.on_topic",
        "answer_check.has_basis",
        "answer_check.has_date",
    }


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_pair_gets_the_same_list(message, reply):
    rows = reply_check.check(message, reply)
    assert len(rows) == len({r.key for r in rows}) == 7


def test_groups_are_alike_and_do_not_drift():
    texts = {
        1: "小区东门的路灯全部不亮，晚上出行很危险，请尽快维修。",
        2: "咨询新生儿落户需要带哪些材料，周末能不能办。",
        3: "小区东门路灯不亮，晚上出行危险，请尽快维修路灯。",
        4: "新生儿落户要带哪些材料，周末能办吗。",
        5: "河边垃圾桶无人清理。",
    }
    found = similar.groups(texts)
    assert [group.members for group in found] == [(1, 3), (2, 4)]
    assert any("路灯" in word for word in found[0].shared)
    assert any("落户" in word for word in found[1].shared)


def test_a_hundred_copies_are_one_group():
    texts = {n: f"集中供暖温度不达标，室内只有十五度。第{n}户" for n in range(100)}
    assert [len(group.members) for group in similar.groups(texts)] == [100]


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once_for_characters_of_every_form(text):
    whole = text + "".join(map(chr, variants.table()))[:200]
    folded = whole.translate(variants.table())
    assert len(folded) == len(whole)
    assert folded.translate(variants.table()) == folded


def test_every_form_of_a_character_is_one():
    for forms in ("台臺颱檯", "里裏裡", "发發髮", "为為爲", "群羣", "面麵麪", "了瞭", "只隻衹"):
        assert {tokens.fold(form) for form in forms} == {forms[0]}


HOUSING, LABOUR, CITY = "平安市住房和城乡建设局", "人力资源和社会保障局", "城市管理局"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("住建", HOUSING), ("住建局", HOUSING), ("zjj", HOUSING), ("zhujian", HOUSING), ("zhu jian ju", HOUSING),
        ("人社", LABOUR), ("rsj", LABOUR), ("renshe", LABOUR), ("rlzyhshbzj", LABOUR),
        ("城管", CITY), ("csglj", CITY), ("cgj", CITY), ("chengshi", CITY), ("ChengGuan", CITY),
    ],
)  # fmt: skip
def test_names_are_meant_by_some_of_their_characters_or_letters(typed, meant):
    assert [name for name in (HOUSING, LABOUR, CITY) if letters.resembles(typed, name)] == [meant]


def test_what_stands_together_is_meant_before_what_is_only_in_order():
    assert letters.closeness("住建局", HOUSING, "住建局") == 0
    assert letters.closeness("zjj", HOUSING, "住建局") == 0
    assert letters.closeness("管理", CITY) == 1
    assert letters.closeness("城管", CITY) == 2
    assert not letters.resembles("z", HOUSING)
    assert not letters.resembles("zz", HOUSING)
