"""How long texts are kept: a dated value with its ground, as settings of programmes are."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

import tomli
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
def known() -> tuple[Kept, ...]:
    """Every value there is or was, the oldest first."""
    said = tomli.loads(Path(__file__).with_name("retention.toml").read_text(encoding="utf-8"))
    found = (Kept.model_validate(one) for one in said["texts"])
    return tuple(sorted(found, key=lambda one: one.from_))


def over_by(on: date, values: Sequence[Kept] | None = None) -> date | None:
    """What was over, and in the house, before this day is forgotten on a day; None where nothing is yet.

    A value forgets nothing before its own time has passed since it came into force, and what was over
    under one is kept for as long as that one says, also when a shorter or a longer one has followed: the
    next takes over where the last has forgotten all that was its own. `values` are the oldest first;
    absent: those of the house."""
    values = known() if values is None else values
    found = None
    for one, following in zip_longest(values, values[1:]):
        before = _years_back(on, one.years)
        if before < one.from_:
            break
        if following is None or before < following.from_:
            return before
        found = following.from_
    return found


def _years_back(day: date, years: int) -> date:
    # 29 February has no counterpart: the day before it.
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap else day.day)
