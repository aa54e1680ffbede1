"""Times of day, months, and periods of the calendar, as people write them."""

import re
import unicodedata
from typing import Any

from bihuan.kernel.matters.fieldtypes import (
    Asked,
    BadValueError,
    FieldType,
    Option,
    Words,
    register,
)
from bihuan.rules import periods
from bihuan.rules.periods import Grain, Period, PeriodError
from bihuan.spec.schema import Input

LONGEST = 60
# What a period may be where a programme does not say it.
USUAL = (Grain.YEAR, Grain.HALF, Grain.QUARTER, Grain.MONTH)
# Offered around the day on which it is asked: those before, this one, the next.
BEFORE = 3
HALF, DAY, MINUTES = 12, 24, 60
_TIME = re.compile(
    r"(上午|中午|下午|晚上|早上|凌晨|am|pm)?([0-9]{1,2})[:时点]"
    r"(?:([0-9]{1,2})分?(?::00(?:\.0+)?)?|(半)|整)?(am|pm)?"
)
_LATER = {"下午", "晚上", "中午", "pm"}
_FOUR = {"一": "1", "二": "2", "三": "3", "四": "4", "上": "1", "下": "2"}
_WRITTEN = (
    (re.compile(r"([0-9]{4})年?(?:度|全年)?"), "{0}"),
    (re.compile(r"([0-9]{4})年?([上下])半年"), "{0}-H{1}"),
    (re.compile(r"([0-9]{4})-?h([12])|h([12])([0-9]{4})"), "{0}-H{1}"),
    (re.compile(r"([0-9]{4})年?第?([一二三四1-4])季度?"), "{0}-Q{1}"),
    (re.compile(r"([0-9]{4})-?q([1-4])|q([1-4])([0-9]{4})"), "{0}-Q{1}"),
    (re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})月?份?"), "{0}-{1:0>2}"),
    (re.compile(r"([0-9]{1,2})/([0-9]{4})"), "{1}-{0:0>2}"),
    (re.compile(r"([0-9]{4})-?w([0-9]{1,2})|week([0-9]{1,2})of([0-9]{4})"), "{0}-W{1:0>2}"),
    (re.compile(r"([0-9]{4})年?第([0-9]{1,2})周"), "{0}-W{1:0>2}"),
    (re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"), "{0}-{1:0>2}-{2:0>2}"),
)
_BETWEEN = re.compile(r"\.\.|至|到|~|—+|–|to")


def _folded(raw: Any, key: str) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise BadValueError(key)
    text = str(raw)
    if len(text) > LONGEST:
        raise BadValueError(key)
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _hour(hour: int, half: str | None) -> int:
    """The hour of the day that is meant by one of half a day; 24 for midnight at its end."""
    if half is None or hour > HALF:
        return hour
    if half == "晚上" and hour == HALF:
        return DAY
    if half in ("am", "凌晨") and hour == HALF:
        return 0
    # 中午11点 is before noon, 中午1点 after it.
    later = half in _LATER and hour < HALF and not (half == "中午" and hour > HALF - 2)
    return hour + HALF if later else hour


def _read_time(one: Input, raw: Any) -> str:
    del one
    found = _TIME.fullmatch(_folded(raw, "input.not_a_clock_time"))
    if found is None:
        raise BadValueError("input.not_a_clock_time")
    hour = _hour(int(found[2]), found[1] or found[5])
    minute = 30 if found[4] else int(found[3] or 0)
    if hour == DAY and not minute:
        raise BadValueError("input.midnight")
    if hour >= DAY or minute >= MINUTES:
        raise BadValueError("input.not_a_clock_time")
    return f"{hour:02d}:{minute:02d}"


def _canonical(text: str) -> str:
    for form, written in _WRITTEN:
        found = form.fullmatch(text)
        if found:
            parts = [part for part in found.groups() if part is not None]
            if found.lastindex and found[1] is None:
                parts.reverse()
            return written.format(*(_FOUR.get(part, part) for part in parts))
    first, *rest = _BETWEEN.split(text)
    return f"{_canonical(first)}..{_canonical(rest[0])}" if len(rest) == 1 and first else text


def _period(raw: Any, key: str, **values: Any) -> Period:
    try:
        return periods.parse(_canonical(_folded(raw, key)).replace("w", "W"))
    except (PeriodError, BadValueError):
        raise BadValueError(key, **values) from None


def _read_month(one: Input, raw: Any) -> str:
    del one
    found = _period(raw, "input.not_a_month")
    if found.grain is not Grain.MONTH:
        raise BadValueError("input.not_a_month")
    return found.text


_EXAMPLES = {
    Grain.YEAR: "2026",
    Grain.HALF: "2026-H1",
    Grain.QUARTER: "2026-Q3",
    Grain.MONTH: "2026-03",
    Grain.WEEK: "2026-W09",
    Grain.DAY: "2026-03-02",
    Grain.FREE: "2026-03-01..2026-10-31",
}


def examples(one: Input) -> str:
    """Periods of the grains it may have, as they are written."""
    return "、".join(_EXAMPLES[grain] for grain in one.grains or USUAL)


def _read_period(one: Input, raw: Any) -> str:
    found = _period(raw, "input.not_a_period", examples=examples(one))
    if found.grain not in (one.grains or USUAL):
        raise BadValueError("input.other_period", examples=examples(one))
    return found.text


def _tell_time(name: str, value: Any, words: Words) -> str:
    del name, words
    return str(value)


def _tell_period(name: str, value: Any, words: Words) -> str:
    del name
    try:
        found = periods.parse(str(value))
    except PeriodError:
        return str(value)
    day = found.start
    year, week, _ = day.isocalendar()
    return words.text(
        f"value.period.{found.grain}",
        year=year if found.grain is Grain.WEEK else day.year,
        month=day.month,
        day=day.isoformat(),
        quarter=(day.month + 2) // 3,
        half=words.text(f"value.period.half{(day.month + 5) // 6}"),
        week=week,
        last=found.last.isoformat(),
    )


def _offered(name: str, one: Input, asked: Asked, words: Words) -> list[Option]:
    """The periods around the day, which most want: any other may be typed."""
    found = []
    for grain in one.grains or USUAL:
        if grain is Grain.FREE:
            continue
        this = Period.of(grain, asked.at.date())
        near = [this, Period.of(grain, this.after)]
        for _ in range(BEFORE):
            near.insert(0, near[0].before())
        found += [(each.text, _tell_period(name, each.text, words)) for each in near]
    return found


def register_all() -> None:
    """Declares the types of this module."""
    register("time", FieldType(_read_time, _tell_time, "time"))
    register("month", FieldType(_read_month, _tell_period, "month"))
    register("period", FieldType(_read_period, _tell_period, "listed", _offered))
