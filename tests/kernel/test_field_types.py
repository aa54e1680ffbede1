"""Types of fields: what is read is told so that it can be read again, nothing is rounded, and what
cannot be taken says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.kernel.matters import inputs, rows
from bihuan.kernel.matters.fieldtypes import TYPES, BadValueError, Words
from bihuan.kernel.matters.named_files import Sent
from bihuan.lib.problems import InputError
from bihuan.rules.periods import FIRST_YEAR, Grain, Period
from bihuan.spec.schema import MOST_AMOUNT, Input
from bihuan.web import words

NUMBER = Input(type="number", at_least=-MOST_AMOUNT)
MONEY = Input(type="money", at_least=-MOST_AMOUNT)
ALL = Input(type="period", grains=tuple(Grain))
TABLE = Input(
    type="rows",
    columns={
        "what": Input(type="text", max=60, required=True),
        "price": Input(type="money"),
        "day": Input(type="date"),
    },
)


def read(one, raw):
    return TYPES[one.type].read(one, raw)


def tell(one, value, locale="zh-Hans"):
    def text(key, **values):
        return words.house().text(key, locale, **values)

    return TYPES[one.type].tell("x", value, Words(text, lambda name, choice: choice))


@pytest.mark.parametrize(
    ("one", "raw", "kept"),
    [
        (NUMBER, "１２３４．５０", "1234.5"),
        (NUMBER, "1,234,567.1250", "1234567.125"),
        (NUMBER, "1，234", "1234"),
        (NUMBER, " -0.0 ", "0"),
        (NUMBER, ".5", "0.5"),
        (NUMBER, 0.1, "0.1"),
        (NUMBER, "－3", "-3"),
        (NUMBER, "0.12345000", BadValueError("input.too_many_places")),
        (Input(type="number", places=2), "12.5", "12.50"),
        (Input(type="number", places=0), "12", "12"),
        (Input(type="number", places=0), "12.5", BadValueError("input.too_many_places")),
        (Input(type="number"), "-1", BadValueError("input.out_of_range")),
        (Input(type="number", at_most=5), "5.0001", BadValueError("input.out_of_range")),
        (NUMBER, "1,20", BadValueError("input.not_decimal")),
        (NUMBER, "1e5", BadValueError("input.not_decimal")),
        (NUMBER, "NaN", BadValueError("input.not_decimal")),
        (NUMBER, float("inf"), BadValueError("input.not_decimal")),
        (NUMBER, True, BadValueError("input.not_decimal")),
        (NUMBER, ["1"], BadValueError("input.not_decimal")),
        (NUMBER, "٣", BadValueError("input.not_decimal")),
        (NUMBER, "9" * 5000, BadValueError("input.not_decimal")),
        (NUMBER, ".", BadValueError("input.not_decimal")),
        (MONEY, "1,200.50", 120050),
        (MONEY, "１，２００．５", 120050),
        (MONEY, "￥1200元", 120000),
        (MONEY, "人民币 1200.5 元整", 120050),
        (MONEY, "3.5万元", 3500000),
        (MONEY, "0.000001万", 1),
        (MONEY, "1.2亿", 12_000_000_000),
        (MONEY, 0, 0),
        (MONEY, 12.34, 1234),
        (MONEY, "-5", -500),
        (MONEY, "0.005", BadValueError("input.not_in_fen")),
        (MONEY, "一千", BadValueError("input.not_money")),
        (MONEY, "元", BadValueError("input.not_money")),
        (MONEY, "1200美元", BadValueError("input.not_money")),
        (MONEY, {"a": 1}, BadValueError("input.not_decimal")),
        (Input(type="money"), str(MOST_AMOUNT + 1), BadValueError("input.out_of_range")),
        (Input(type="time"), "9:05", "09:05"),
        (Input(type="time"), "０９：０５", "09:05"),
        (Input(type="time"), "09:05:00", "09:05"),
        (Input(type="time"), "9点半", "09:30"),
        (Input(type="time"), "下午3点", "15:00"),
        (Input(type="time"), "3:20 pm", "15:20"),
        (Input(type="time"), "上午12点", "12:00"),
        (Input(type="time"), "中午11点", "11:00"),
        (Input(type="time"), "中午1点", "13:00"),
        (Input(type="time"), "12:10am", "00:10"),
        (Input(type="time"), "24:00", BadValueError("input.midnight")),
        (Input(type="time"), "晚上12点", BadValueError("input.midnight")),
        (Input(type="time"), "24:01", BadValueError("input.not_a_clock_time")),
        (Input(type="time"), "9", BadValueError("input.not_a_clock_time")),
        (Input(type="time"), "12:60", BadValueError("input.not_a_clock_time")),
        (Input(type="month"), "2026-03", "2026-03"),
        (Input(type="month"), "2026年3月", "2026-03"),
        (Input(type="month"), "２０２６／3", "2026-03"),
        (Input(type="month"), "2026.3月份", "2026-03"),
        (Input(type="month"), "3月", BadValueError("input.not_a_month")),
        (Input(type="month"), "2026-13", BadValueError("input.not_a_month")),
        (Input(type="month"), "2026", BadValueError("input.not_a_month")),
        (Input(type="month"), "9999-01", BadValueError("input.not_a_month")),
        (Input(type="period"), "2026年度", "2026"),
        (Input(type="period"), "2026年上半年", "2026-H1"),
        (Input(type="period"), "2026 h2", "2026-H2"),
        (Input(type="period"), "2026年三季度", "2026-Q3"),
        (Input(type="period"), "2026年第3季度", "2026-Q3"),
        (Input(type="period"), "2026q3", "2026-Q3"),
        (Input(type="period"), 2026, "2026"),
        (Input(type="period"), "2026-W09", BadValueError("input.other_period")),
        (Input(type="period"), "明年", BadValueError("input.not_a_period")),
        (Input(type="period"), None, BadValueError("input.not_a_period")),
        (ALL, "2026年第9周", "2026-W09"),
        (ALL, "2026-02-30", BadValueError("input.not_a_period")),
        (ALL, "2026年3月2日至2026年3月9日", "2026-03-02..2026-03-09"),
        (ALL, "2026-03-09..2026-03-02", BadValueError("input.not_a_period")),
        (TABLE, "修路灯;1,200.5;2026-03-05\n\n换灯泡；30", [{"what": "修路灯", "price": 120050, "day": "2026-03-05"}, {"what": "换灯泡", "price": 3000}]),
        (TABLE, [["甲", 1]], [{"what": "甲", "price": 100}]),
        (TABLE, "甲;1;2026-03-05;丁", BadValueError("input.row_too_wide")),
        (TABLE, 7, BadValueError("input.not_rows")),
        (TABLE, [7], BadValueError("input.not_rows")),
        (TABLE, [{"what": "甲"}] * 51, BadValueError("input.too_many_rows")),
        (TABLE, [{}] * 5000, BadValueError("input.too_many_rows")),
        (TABLE, [{"what": "甲", "evil": 1}], BadValueError("input.rows_bad")),
        (TABLE, [{"price": "1"}], BadValueError("input.rows_bad")),
        (TABLE, [{"what": ["甲"]}], BadValueError("input.rows_bad")),
        (Input(type="file"), "x.pdf", BadValueError("input.no_such_file")),
        (Input(type="file"), {"key": "open-1", "name": "x.pdf"}, BadValueError("input.not_a_file")),
    ],
)  # fmt: skip
def test_what_is_written_is_read_or_refused_for_a_reason(one, raw, kept):
    if not isinstance(kept, BadValueError):
        assert read(one, raw) == kept
        return
    with pytest.raises(BadValueError) as refused:
        read(one, raw)
    assert refused.value.key == kept.key
    for locale in ("zh-Hans", "en"):
        told = words.house().text(f"error.{kept.key}", locale, **refused.value.values)
        assert "\n" in told
        assert "{" not in told


@given(st.decimals(-MOST_AMOUNT, MOST_AMOUNT, places=4, allow_nan=False), st.booleans())
def test_a_number_is_kept_to_its_last_place(number, grouped):
    kept = read(NUMBER, f"{number:,f}" if grouped else f"{number:f}")
    assert type(number)(kept) == number
    assert read(NUMBER, tell(NUMBER, kept)) == kept


@given(st.integers(-MOST_AMOUNT * 100, MOST_AMOUNT * 100), st.sampled_from(["zh-Hans", "en"]))
def test_money_is_told_so_that_it_is_read_again(fen, locale):
    assert read(MONEY, tell(MONEY, fen, locale)) == fen
    assert read(MONEY, inputs.typed(MONEY, fen)) == fen


@given(
    st.sampled_from([g for g in Grain if g is not Grain.FREE]),
    st.dates(),
    st.sampled_from(["zh-Hans", "en"]),
)
def test_a_period_is_told_so_that_it_is_read_again(grain, day, locale):
    if not FIRST_YEAR + 2 < day.year < 2190:
        day = day.replace(year=2026, day=min(day.day, 28))
    period = Period.of(grain, day).text
    assert read(ALL, period) == period
    assert read(ALL, tell(ALL, period, locale)) == period


@given(st.times(), st.sampled_from(["{:%H:%M}", "{:%H：%M}", "{:%H时%M分}"]))
def test_a_time_is_kept_to_the_minute(time, form):
    assert read(Input(type="time"), form.format(time)) == f"{time:%H:%M}"


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C",)) | st.sampled_from('；;"\t\n '),
    max_size=12,
)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=4), max_size=6))
def test_rows_in_a_cell_are_the_same_rows_again(table):
    kept = [row for row in table if any(one.strip() for one in row)]
    assert rows.split(rows.joined(kept)) == kept


@given(
    st.text(max_size=80) | st.integers() | st.floats() | st.lists(st.none() | st.text()) | st.none()
)
def test_nothing_but_a_refusal_comes_of_anything(raw):
    for kind in ("number", "money", "time", "month", "period", "file"):
        try:
            read(Input(type=kind), raw)
        except BadValueError:
            continue
    try:
        read(TABLE, raw)
    except BadValueError:
        return


def test_a_bad_cell_is_named_by_row_and_column():
    with pytest.raises(InputError) as refused:
        inputs.take({"lines": TABLE}, {"lines": [{"what": "甲"}, {}, {"price": "x"}]})
    assert {name: key for name, (key, _) in refused.value.fields.items()} == {
        "lines": "input.rows_bad",
        "lines.2.what": "input.required",
        "lines.2.price": "input.not_money",
    }


def test_a_file_that_is_asked_for_must_come():
    asked = {"paper": Input(type="file", required=True)}
    with pytest.raises(InputError) as refused:
        inputs.take(asked, {}, Sent())
    assert refused.value.fields == {"paper": ("input.file_required", {})}
