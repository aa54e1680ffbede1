"""Dates and times as people write them into tables."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

# The first day of spreadsheets' own count is 1; 1900 was taken for a leap year (ECMA-376, 18.17.4).
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a local time, as all of these
_SERIAL = re.compile(r"[2-7]\d{4}(\.\d+)?")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_TENS = re.compile(r"([1-9]?)十([1-9]?)")
_WEEKDAY = re.compile(r"\(?(星期|礼拜|周)[1-7日天末]\)?")
_HALVES = {
    "凌晨": 0,
    "早上": 0,
    "早晨": 0,
    "清晨": 0,
    "上午": 0,
    "am": 0,
    "a.m.": 0,
    "中午": 11,
    "下午": 12,
    "傍晚": 12,
    "晚上": 12,
    "晚": 12,
    "pm": 12,
    "p.m.": 12,
}
_HALF = "|".join(re.escape(word) for word in sorted(_HALVES, key=len, reverse=True))
_DAY = re.compile(
    r"(?:(?P<year>\d{4}|\d{2})[-/.年_,])?(?P<month>\d{1,2})[-/.月_,](?P<day>\d{1,2})(?:[日号]|(?!\d))"
)
_SWAPPED = re.compile(r"(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<year>\d{4})(?!\d)")
_PACKED = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:\D?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?"
)
_HOUR = re.compile(
    rf"(?P<half>{_HALF})?(?P<hour>\d{{1,2}})"
    r"(?:[:时点.](?:(?P<minute>\d{1,2}|半|[1-3]刻)分?(?:[:]?(?P<second>\d{1,2})(?:\.\d+)?秒?)?|整)?)?"
    rf"(?P<after>{_HALF})?"
)


@dataclass(frozen=True)
class Moment:
    """A local time, and what of it was not written but guessed: `year`, `century`, `order` of day
    and month, `serial` for a number that counts days."""

    local: datetime
    guessed: tuple[str, ...] = ()


def understood(text: str, near: datetime) -> Moment:
    """The time a cell means; without a year, the last such day not after `near` (local, naive).

    Raises ValueError for what is no time.
    """
    plain = _plain(text)
    if _SERIAL.fullmatch(plain):
        counted = _EPOCH + timedelta(seconds=round(float(plain) * 86_400))
        return Moment(counted, ("serial",))
    packed = _PACKED.fullmatch(plain)
    if packed:
        given = {name: int(value) for name, value in packed.groupdict().items() if value}
        return Moment(_at(given.pop("year"), given.pop("month"), given.pop("day"), **given))
    day, guessed, rest = _day(plain, near)
    return Moment(_hour(day, rest), guessed)


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower().translate(_DIGITS)
    plain = _TENS.sub(_ten, plain)
    plain = plain.replace("~", "-").replace("—", "-").replace("–", "-").replace("。", ".")
    plain = _WEEKDAY.sub("", plain)
    plain = re.sub(r"\s*([-/.年月日号:时点分])\s*", r"\1", " ".join(plain.split()))
    # The day and the hour are told apart by a blank or T; other blanks say nothing.
    return plain.strip(" .,;、")


def _ten(found: re.Match[str]) -> str:
    return str(int(found[1] or 1) * 10 + int(found[2] or 0))


def _at(
    year: int, month: int, day: int, *, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    # 24:00 is the end of a day (ISO 8601:2004, 4.2.3).
    late = hour == 24 and not minute and not second
    found = datetime(year, month, day, 0 if late else hour, minute, second)  # noqa: DTZ001 - local, as it was written
    return found + timedelta(days=1) if late else found


def _day(plain: str, near: datetime) -> tuple[datetime, tuple[str, ...], str]:
    swapped = _SWAPPED.match(plain)
    if swapped:
        first, second = int(swapped["first"]), int(swapped["second"])
        month, day = (second, first) if first > 12 else (first, second)
        sure = first > 12 or second > 12 or first == second
        found = _at(int(swapped["year"]), month, day)
        return found, () if sure else ("order",), plain[swapped.end() :]
    match = _DAY.match(plain)
    if not match:
        raise ValueError(plain)
    month, day, rest = int(match["month"]), int(match["day"]), plain[match.end() :]
    if match["year"] is None:
        return _lately(month, day, near), ("year",), rest
    year = int(match["year"])
    if year < 100:
        return _at(2000 + year, month, day), ("century",), rest
    return _at(year, month, day), (), rest


def _lately(month: int, day: int, near: datetime) -> datetime:
    """The last such day that is not after `near`; 29 February may be some years ago."""
    for year in range(near.year, near.year - 9, -1):
        try:
            found = _at(year, month, day)
        except ValueError:
            continue
        if found <= near:
            return found
    raise ValueError(month, day)


def _hour(day: datetime, rest: str) -> datetime:
    plain = rest.lstrip("t ,-").replace(" ", "")
    if not plain:
        return day
    match = _HOUR.fullmatch(plain)
    # A bare number after a day may be anything: the hour says that it is one.
    if not match or plain.isdecimal():
        raise ValueError(rest)
    hour, minute = int(match["hour"]), _minute(match["minute"])
    half = match["half"] or match["after"]
    if half and hour <= 12:
        hour = _of_half(half, hour)
    return _at(
        day.year, day.month, day.day, hour=hour, minute=minute, second=int(match["second"] or 0)
    )


def _minute(said: str | None) -> int:
    if said == "半":
        return 30
    if said and said.endswith("刻"):
        return int(said[0]) * 15
    return int(said or 0)


def _of_half(half: str, hour: int) -> int:
    begins = _HALVES[half]
    if begins == 0:
        # 12 am, 凌晨12点: the hour after midnight. 上午12点 is noon to most who write it.
        return 0 if hour == 12 and half in ("am", "a.m.", "凌晨") else hour
    if begins == 11:
        return hour + 12 if hour < 10 else hour
    # 晚上12点 is the end of the day.
    if hour == 12:
        return 24 if half in ("晚上", "晚") else 12
    return hour + 12
