"""The words that the house prints on papers beside a programme's own, whatever the reader's language is;
and the words of values, which the faces hand in."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from bihuan.kernel.values.api import Tongue
from bihuan.lib.catalogue import Catalogue

_TONGUE: dict[str, Tongue] = {}


def use_words(tongue: Tongue) -> None:
    """Injects the words of the reader's language."""
    _TONGUE["tongue"] = tongue


def tongue() -> Tongue:
    """Words of the house and of programmes, in the language that is in force."""
    return _TONGUE["tongue"]


@lru_cache(maxsize=1)
def _catalogue() -> Catalogue:
    return Catalogue.from_folder(Path(__file__).parent / "strings")


def text(key: str, locale: str, **values: Any) -> str:
    """Words of the house on a paper in a locale."""
    return _catalogue().text(f"sheet.{key}", locale, **values)


def day(one: date, locale: str) -> str:
    """A day as papers write it: 2026年3月5日."""
    return text("day", locale, year=one.year, month=one.month, day=one.day)
