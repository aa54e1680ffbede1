"""How long texts are kept: a dated value with its ground, as settings of programmes are."""

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from bihuan.spec.base import Strict
from bihuan.spec.schema import Grade


class Kept(Strict):
    """For so many years, from a day on, by which clause of which grade."""

    years: int = Field(ge=1, le=100)
    from_: date = Field(alias="from")
    clause: str
    grade: Grade


@lru_cache(maxsize=1)
def _values() -> tuple[Kept, ...]:
    said = tomllib.loads(Path(__file__).with_name("retention.toml").read_text(encoding="utf-8"))
    found = (Kept.model_validate(one) for one in said["texts"])
    return tuple(sorted(found, key=lambda one: one.from_))


def in_force(on: date) -> Kept | None:
    """The value that holds on a day; None before the first."""
    return next((one for one in reversed(_values()) if one.from_ <= on), None)


def over_by(on: date) -> date | None:
    """What was over, and in the house, before this day is forgotten on a day; None where nothing is yet:
    a value forgets nothing before its own time has passed since it came into force."""
    value = in_force(on)
    if value is None:
        return None
    before = _years_back(on, value.years)
    return before if before >= value.from_ else None


def _years_back(day: date, years: int) -> date:
    # 29 February has no counterpart: the day before it.
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap else day.day)
