"""Types of fields that hold several: matters, by the numbers people write, and people."""

import re
from typing import Any

from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import fieldtypes
from bihuan.kernel.matters.fieldtypes import MANY, TYPES, BadValueError, FieldType, by_name
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.numbers import number_pk
from bihuan.spec.schema import Input

# What people write between two: blanks, and every sort of comma and stop.
_BETWEEN = re.compile(r"[\s、,，;；]+")
# More would be no row of any database.
_DIGITS = 19


def written(raw: Any) -> list[Any]:
    """What was given one by one: a list as it is, a text taken apart where people part things."""
    if isinstance(raw, (list, tuple)):
        return list(raw)
    return [one for one in _BETWEEN.split(str(raw)) if one]


def _few(raw: Any) -> list[Any]:
    found = written(raw)
    if len(found) > MANY:
        raise BadValueError("input.too_many", limit=MANY)
    return found


def _matters(one: Input, raw: Any) -> list[int]:
    """In the order in which they were written, which is that of an agenda; each once."""
    del one
    texts = [str(each).strip() for each in _few(raw)]
    rows = Matter.objects.in_bulk({pk for text in texts if (pk := _pk(text)) is not None})
    found: dict[int, None] = {}
    for text in texts:
        row = rows.get(_pk(text) or 0)
        # A number whose year or letters are another's is a slip of the pen, not that matter.
        if row is None or ("-" in text and row.number != text.upper()):
            raise unknown(len(found) + 1)
        found[row.pk] = None
    return list(found)


def _pk(text: str) -> int | None:
    if "-" in text:
        return number_pk(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else None


def unknown(nth: int) -> BadValueError:
    """That the nth of those given is no matter, or none that may be known of: both look alike."""
    return BadValueError("input.unknown_matter", nth=nth)


def _people(one: Input, raw: Any) -> list[int]:
    return sorted({TYPES["person"].read(one, given) for given in _few(raw)})


def register() -> None:
    """Declares the types of this module."""
    number = by_name(lambda pk: Matter.objects.get(pk=pk).number)
    fieldtypes.register("matters", FieldType(_matters, number, "line"))
    named = by_name(lambda pk: standing_person(pk).name)
    fieldtypes.register("people", FieldType(_people, named, "found"))
