"""The words papers are printed in, whatever the reader's language is."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from bihuan.lib.catalogue import Catalogue
from bihuan.rules.periods import Grain, Period
from bihuan.spec.schema import Programme

FOLDER = Path(__file__).parent / "strings"


@lru_cache(maxsize=1)
def _catalogue() -> Catalogue:
    return Catalogue.from_folder(FOLDER)


def text(key: str, locale: str, **values: Any) -> str:
    """Words of papers in a locale."""
    return _catalogue().text(f"paper.{key}", locale, **values)


def of(programme: Programme, key: str, locale: str) -> str:
    """Words of a programme in a locale."""
    return programme.strings[locale][key]


def period(one: Period, locale: str) -> str:
    """A period as people write it: 2026年3月, 2026年第1季度."""
    day = one.start
    if one.grain in (Grain.FREE, Grain.WEEK):
        first, last = (text("date", locale, **_parts(d)) for d in (day, one.last))
        return text("period_free", locale, first=first, last=last)
    half = text(f"half_{(day.month + 5) // 6}", locale)
    part = (day.month + 2) // 3
    return text(f"period_{one.grain}", locale, **_parts(day), part=part, half=half)


def _parts(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}
