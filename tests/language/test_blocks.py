"""Several tables in one sheet, one below the other: each is known for itself, none read into another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.tabular import heads
from bihuan.language.tabular.titles import Names

NAMES = Names(
    {
        "number": ("编号", "number"), "name": ("姓名", "name"), "phone": ("电话",), "body": ("内容", "body"),
        "place": ("地址",), "time": ("日期", "时间"), "hour": ("时刻",),
    },
    {"time": "hour"},
)  # fmt: skip
WANTED = frozenset({"body"})


def table(*lines, **more):
    found = heads.table_in([line.split("|") for line in lines], NAMES, wanted=WANTED, **more)
    assert found is not None
    return found


TWO = (
    "一月登记表", "编号|姓名|内容", "1|甲|路灯坏了", "2|乙|井盖松动", "", "",
    "二月登记表", "填报单位：中心|", "姓名|编号|地址|内容", "丙|3|人民路|噪声扰民", "丁|4|中山路|积水", "合计|2",
)  # fmt: skip


def test_two_tables_with_titles_of_their_own():
    first = table(*TWO, head=2)
    assert (first.numbers, first.head) == ((3, 4), 2)
    (other,) = first.others
    assert (other.head, other.title, other.rows, other.sure) == (9, "二月登记表", 2, True)
    second = table(*TWO, head=9)
    assert second.numbers == (10, 11)
    assert [(a.row, a.kind) for a in second.asides] == [(7, "above"), (8, "above"), (12, "total")]
    (other,) = second.others
    assert (other.head, other.title, other.rows) == (2, "一月登记表", 2)
    # Unasked, the one that says most is read, wherever it stands; of the other nothing.
    assert table(*TWO).head == 9


def test_three_tables_and_the_last_far_below_the_reach_of_a_header():
    rows = [f"{n}|甲|路灯坏了{n}" for n in range(60)]
    found = table(
        "编号|姓名|内容", *rows, "", "通讯录", "姓名|电话", "甲|1", "", "编号|内容|日期", "7|x|y"
    )
    assert len(found.numbers) == 60
    assert [(b.head, b.title, b.rows) for b in found.others] == [(64, "通讯录", 1), (67, "", 1)]


@pytest.mark.parametrize(
    "between",
    [
        (),
        ("",),
        ("", "续表", ""),
        ("", "二月登记表"),
        ("", "二月登记表", "填报单位：中心|填报日期：2月"),
        ("第1页",),
        ("合计|2", "", "二月"),
    ],
)
def test_the_same_header_again_goes_on_with_the_table(between):
    found = table(
        "编号|姓名|内容", "1|甲|路灯坏了", *between, "编号|姓 名|内容（必填）", "2|乙|井盖松动"
    )
    assert found.numbers == (2, 4 + len(between))
    assert found.others == ()
    assert (3 + len(between), "again") in [(a.row, a.kind) for a in found.asides]


def test_the_same_header_further_down_may_be_asked_for():
    lines = ("编号|内容|姓名", "1|路灯坏了|甲", "", "二月", "编号|内容|姓名", "2|井盖松动|乙")
    second = table(*lines, head=5)
    assert second.numbers == (6,)
    assert [(b.head, b.rows) for b in second.others] == [(1, 1)]


def test_a_header_in_two_languages_is_one():
    found = table("编号|姓名|内容", "number|name|body", "1|甲|路灯坏了")
    assert (found.numbers, found.others) == ((3,), ())


def test_a_second_header_of_two_lines():
    found = table(
        "编号|姓名|内容|日期|电话", "1|甲|路灯坏了|2月1日|1", "",
        "编号|诉求人||诉求|", "|姓名|电话|内容|备注", "2|乙|2|井盖松动|x",
    )  # fmt: skip
    assert found.numbers == (2,)
    (other,) = found.others
    assert (other.head, other.rows) == (4, 1)
    assert table(
        "编号|姓名|内容|日期|电话", "1|甲|路灯坏了|2月1日|1", "",
        "编号|诉求人||诉求|", "|姓名|电话|内容|备注", "2|乙|2|井盖松动|x", head=4,
    ).numbers == (6,)  # fmt: skip


def test_a_header_right_below_the_rows_is_one_too():
    found = table("编号|姓名|内容|日期", "1|甲|路灯坏了|x", "姓名|电话", "甲|1")
    assert found.numbers == (2,)
    assert [(b.head, b.rows) for b in found.others] == [(3, 1)]


def test_words_nobody_knows_are_told_and_read_as_rows():
    lines = (
        "编号|姓名|内容", "1|甲|路灯坏了三天没人修", "", "物资发放", "品名|数量|签收人", "口罩|200|丙", "手套|30|丁",
    )  # fmt: skip
    found = table(*lines)
    (other,) = found.others
    assert (other.head, other.title, other.sure) == (5, "物资发放", False)
    assert found.numbers == (2, 4, 5, 6, 7)
    assert table(*lines, head=5, mapping={"品名": "body"}).numbers == (6, 7)


@pytest.mark.parametrize(
    "lines",
    [
        # Groups of rows with a title of their own, and empty lines between them.
        ("编号|姓名|内容", "城区", "1|甲|路灯坏了", "", "乡镇", "2|乙|井盖松动"),
        # A form that names a field beside its value.
        ("编号|姓名|内容", "1|甲|路灯坏了", "", "姓名|丙|电话|138"),
        # What somebody says may be such a word.
        ("编号|姓名|内容", "1|电话|路灯坏了", "", "2|甲|地址"),
    ],
)
def test_what_is_no_other_table(lines):
    assert table(*lines).others == ()


def test_the_table_above_the_one_that_is_read_is_told_too():
    found = table(
        "通讯录", "姓名|电话", "甲|1", "乙|2", "", "来信登记", "编号|姓名|内容", "1|甲|路灯坏了"
    )
    assert (found.head, found.numbers) == (7, (8,))
    assert [(b.head, b.title, b.rows) for b in found.others] == [(2, "通讯录", 2)]
    assert [(a.row, a.kind) for a in found.asides] == [(6, "above")]


CELLS = st.sampled_from(
    ["编号", "姓名", "内容", "电话", "路灯坏了", "1", "", "甲", "合计", "表：", "地址"]
)


@given(st.lists(st.lists(CELLS, max_size=5), max_size=14), st.integers(0, 14))
def test_every_line_is_in_one_place(lines, head):
    """Whatever stands in a sheet: no line is a row twice, none of another table is one of this."""
    found = heads.table_in(lines, NAMES, wanted=WANTED, head=head or None)
    if found is None:
        return
    asides = [a.row for a in found.asides]
    own = {*range(found.head, found.head + found.depth)}
    assert not own & {*found.numbers, *asides}
    assert not {*found.numbers} & {*asides}
    assert len({*found.numbers}) == len(found.numbers)
    sure = {b.head for b in found.others if b.sure}
    assert not sure & {*found.numbers, *asides, *own}
    for number in found.numbers:
        line = lines[number - 1]
        known = {NAMES.field(c) for c in line if c} - {None}
        filled = sum(bool(c) for c in line)
        # What is a header by all its words is never read as a row.
        assert len(known) < 2 or filled > len([c for c in line if NAMES.field(c)])
