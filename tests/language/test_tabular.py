"""What people mean by the tables they fill in."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.tabular import blanks, heads
from bihuan.language.tabular.moments import understood

NEAR = datetime(2026, 11, 28, 17, 0)  # noqa: DTZ001 - local, as in tables
NAMES = heads.Names(
    {"body": ("内容", "诉求内容"), "name": ("姓名",), "phone": ("电话",), "number": ("编号",)}
)
WANTED = frozenset({"body"})


@pytest.mark.parametrize(
    ("text", "local", "guessed"),
    [
        ("2026.3.5", "2026-03-05 00:00:00", ()),
        ("2026年3月5日9时30分", "2026-03-05 09:30:00", ()),
        ("2026年3月5日 上午9:30", "2026-03-05 09:30:00", ()),
        ("2026 年 3 月 5 日 9 时", "2026-03-05 09:00:00", ()),
        ("2026年3月5日（星期四）9:30", "2026-03-05 09:30:00", ()),
        ("2026-3-5 下午3点半", "2026-03-05 15:30:00", ()),
        ("2026-3-5 3点一刻", "2026-03-05 03:15:00", ()),
        ("2026-3-5 中午12:10", "2026-03-05 12:10:00", ()),
        ("2026-3-5 晚上12点", "2026-03-06 00:00:00", ()),
        ("2026-3-5 12:30 AM", "2026-03-05 00:30:00", ()),
        ("２０２６／３／５　９：３０", "2026-03-05 09:30:00", ()),
        ("2026-03-05 24:00", "2026-03-06 00:00:00", ()),
        ("20260305", "2026-03-05 00:00:00", ()),
        ("20260305093000", "2026-03-05 09:30:00", ()),
        ("二〇二六年十一月二十日下午三点", "2026-11-20 15:00:00", ()),
        ("2026-03-05T09:30:00", "2026-03-05 09:30:00", ()),
        ("25/3/2026 9:30 PM", "2026-03-25 21:30:00", ()),
        ("46086.5", "2026-03-05 12:00:00", ("serial",)),
        ("11月20日", "2026-11-20 00:00:00", ("year",)),
        ("12月1日", "2025-12-01 00:00:00", ("year",)),
        ("2月29日", "2024-02-29 00:00:00", ("year",)),
        ("26.3.5", "2026-03-05 00:00:00", ("century",)),
        ("3/5/2026", "2026-03-05 00:00:00", ("order",)),
    ],
)
def test_a_time_as_people_write_it(text, local, guessed):
    found = understood(text, NEAR)
    assert (str(found.local), found.guessed) == (local, guessed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "上个月",
        "2026年3月",
        "9:30",
        "2026-02-30",
        "2026-03-05 25:00",
        "13800138000",
        "2026-3-5 9",
    ],
)
def test_what_is_no_time_is_not_made_one(text):
    with pytest.raises(ValueError):  # noqa: PT011
        understood(text, NEAR)


@given(st.datetimes(NEAR - timedelta(days=9000), NEAR))
def test_every_minute_is_read_as_it_was_written(at):
    at = at.replace(second=0, microsecond=0)
    half = "上午" if at.hour < 12 else "下午"
    hour = at.hour if at.hour < 13 else at.hour - 12
    for text in (
        f"{at:%Y-%m-%d %H:%M}",
        f"{at.year}.{at.month}.{at.day} {at.hour}:{at.minute:02}",
        f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute}分",
        f"{at.year}/{at.month}/{at.day} {half}{hour}:{at.minute:02}",
    ):
        assert understood(text, NEAR).local == at


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_none(text):
    try:
        found = understood(text, NEAR)
    except (ValueError, OverflowError):
        return
    assert isinstance(found.local - NEAR, timedelta)


@pytest.mark.parametrize(
    "text",
    [
        "无",
        "-",
        "——",
        "/",
        "不愿透露",
        "（不愿透露）",
        "未留电话",
        "N/A",
        "匿名",
        "暂无",
        "　",
        "不详。",
    ],
)
def test_cells_that_say_nothing(text):
    assert blanks.says_nothing(text)


@pytest.mark.parametrize(
    "text", ["无名路3号", "吴先生", "0", "13800138000", "不锈钢", "空军路", "a"]
)
def test_cells_that_say_something(text):
    assert not blanks.says_nothing(text)


def test_long_numbers_that_were_cut_are_known():
    assert blanks.is_rounded("1.38E+10")
    assert not blanks.is_rounded("13800138000")


def _table(*lines, **more):
    found = heads.table_in([line.split("|") for line in lines], NAMES, wanted=WANTED, **more)
    assert found is not None
    return found


def test_lines_around_the_table_are_told_apart():
    found = _table(
        "诉求登记表||", "填报单位：受理中心||2026年3月", "编号|姓 名|诉求内容（必填）", "1|甲|路灯坏了",
        "编号|姓 名|诉求内容（必填）", "||", "2|乙|井盖松动", "3||", "合计|2|", "制表人：丙||审核：丁", "第1页 共1页||",
    )  # fmt: skip
    assert (found.head, found.depth) == (3, 1)
    assert found.columns == {"number": 0, "name": 1, "body": 2}
    assert found.numbers == (4, 7, 8)
    assert [(a.row, a.kind) for a in found.asides] == [
        (1, "above"), (2, "above"), (5, "again"), (9, "total"), (10, "note"), (11, "page"),
    ]  # fmt: skip


def test_a_header_of_two_lines():
    found = _table("表||||", "编号|诉求人||诉求|", "|姓名|电话|内容|备注", "1|甲|1|路灯|x")
    assert (found.head, found.depth, found.numbers) == (2, 2, (4,))
    assert found.columns == {"number": 0, "name": 1, "phone": 2, "body": 3}
    assert found.header[1] == "诉求人·姓名"


def test_somebody_may_say_what_is_what():
    lines = ("甲|乙", "内容|x", "路灯坏了|y")
    assert _table(*lines).head == 2
    chosen = _table(*lines, head=1, mapping={"甲": "", "乙": "body"})
    assert (chosen.head, chosen.columns, chosen.numbers) == (1, {"body": 1}, (2, 3))
    assert heads.table_in([["", " "]], NAMES) is None
    assert _table("一|二", "三|四").guessed


@pytest.mark.parametrize(
    "first", ["合计金额被多收", "统计局门口路灯坏了", "备注写错了", "共3件衣服被偷，要求追回"]
)
def test_a_row_that_begins_like_a_total_or_a_note_is_a_row(first):
    assert _table("内容|姓名", f"{first}|甲").numbers == (2,)
