"""Types of fields and inputs: how a value of each is read, how it is edited, how it is told.

The one place that knows them: forms, the interface, tables, time lines and papers ask here. A room
that has a type of its own registers it: `register("slot", FieldType(…))`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.core.exceptions import ObjectDoesNotExist

from bihuan.foundation.orgs.api import Org, Person, standing_org, standing_person, successor
from bihuan.kernel.matters.cleaning import clean
from bihuan.kernel.matters.models import Matter
from bihuan.spec import fieldtypes
from bihuan.spec.registry import Registry
from bihuan.spec.schema import Input, Programme

MANY = 100
# Stands for a row that a reader may not see, in a value that names rows.
UNSEEN = 0
_TRUE = {"1", "true", "on", "yes", "是"}
_FALSE = {"", "0", "false", "off", "no", "否"}

# Sorts of fields that a page can draw.
Editor = Literal[
    "line",
    "lines",
    "choice",
    "number",
    "decimal",
    "day",
    "time",
    "month",
    "listed",
    "found",
    "file",
    "rows",
]
# What stands in a cell of a spreadsheet.
Cell = str | int | Decimal | date


@dataclass(frozen=True)
class Words:
    """A reader's words: the house's by key, a choice's by field and choice, a column's by field and
    column."""

    text: Callable[..., str]
    choice: Callable[[str, str], str]
    column: Callable[[str, str], str] = lambda name, column: f"{name}.{column}"


@dataclass(frozen=True)
class Asked:
    """Where and when a value is asked for: an organisation, its programme, an instant."""

    home: Org
    programme: Programme
    at: datetime


Option = tuple[str, str]


@dataclass(frozen=True)
class Table:
    """A value that is several rows, as they are read; `amounts` says which columns are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    amounts: tuple[bool, ...]


@dataclass(frozen=True)
class Limited:
    """How long a clock runs that a value limits: `n` of a `unit`; `source` says whose rule it is."""

    n: int
    unit: str
    source: dict[str, Any]


class BadValueError(Exception):
    """One value that cannot be taken."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(key)


def _text(one: Input, raw: Any) -> str:
    if not isinstance(raw, str):
        raise BadValueError("input.not_text")
    if len(raw) > one.max * 4 + 1000:
        raise BadValueError("input.too_long", limit=one.max, length=len(raw))
    text = clean(raw)
    if one.type == "text":
        text = " ".join(text.split())
    if len(text) > one.max:
        raise BadValueError("input.too_long", limit=one.max, length=len(text))
    return text


def _choice(one: Input, raw: Any) -> str:
    if raw not in one.choices:
        raise BadValueError("input.not_a_choice", choices=", ".join(one.choices))
    return str(raw)


def _bool(one: Input, raw: Any) -> bool:
    del one
    text = str(raw).lower()
    if text not in _TRUE | _FALSE:
        raise BadValueError("input.not_yes_or_no")
    return text in _TRUE


def _int(one: Input, raw: Any) -> int:
    try:
        number = int(str(raw).strip())
    except ValueError:
        raise BadValueError("input.not_a_number") from None
    if not 0 <= number <= one.max:
        raise BadValueError("input.out_of_range", low=0, high=one.max)
    return number


def _date(one: Input, raw: Any) -> str:
    del one
    try:
        return date.fromisoformat(str(raw)).isoformat()
    except ValueError:
        raise BadValueError("input.not_a_date") from None


def row_of(raw: Any) -> int:
    """The id that was given. Raises BadValueError."""
    try:
        number = int(str(raw))
    except ValueError:
        raise BadValueError("input.unknown") from None
    if not 0 < number < 2**63:
        raise BadValueError("input.unknown")
    return number


def _org(one: Input, raw: Any) -> int:
    del one
    pk = row_of(raw)
    try:
        found = standing_org(pk)
    except Org.DoesNotExist:
        raise BadValueError("input.unknown_org") from None
    if found.merged_into_id is not None:
        raise BadValueError("input.merged_org", name=found.name, now=successor(found).name)
    if not found.active:
        raise BadValueError("input.unknown_org")
    return pk


def _orgs(one: Input, raw: Any) -> list[int]:
    rows = raw if isinstance(raw, list) else [r for r in str(raw).split(",") if r.strip()]
    if len(rows) > MANY:
        raise BadValueError("input.too_many", limit=MANY)
    return sorted({_org(one, r) for r in rows})


def _person(one: Input, raw: Any) -> int:
    del one
    pk = row_of(raw)
    try:
        known = standing_person(pk).is_active
    except Person.DoesNotExist:
        known = False
    if not known:
        raise BadValueError("input.unknown_person")
    return pk


def _matter(one: Input, raw: Any) -> int:
    del one
    # A number as people write it (MY2026-000017) or the bare id.
    text = str(raw).strip()
    pk = row_of(text.rsplit("-", 1)[-1].lstrip("0") or "0")
    if not Matter.objects.filter(pk=pk).exists():
        raise BadValueError("input.unknown")
    return pk


Teller = Callable[[str, Any, Words], str]


def _plain(name: str, value: Any, words: Words) -> str:
    del name, words
    return str(value)


def _tell_choice(name: str, value: Any, words: Words) -> str:
    return words.choice(name, str(value))


def _tell_bool(name: str, value: Any, words: Words) -> str:
    del name
    return words.text("value.yes" if value in (True, *_TRUE) else "value.no")


def by_name(find: Callable[[int], str]) -> Teller:
    """Tells rows by their names. A value from before the field had this type is told as it is; a
    number without a row is no name."""

    def tell(name: str, value: Any, words: Words) -> str:
        del name
        rows = value if isinstance(value, list) else [value]
        unseen = words.text("value.unseen")
        told = (unseen if one == UNSEEN else _name(find, one) for one in rows)
        return words.text("value.between").join(told)

    return tell


def _name(find: Callable[[int], str], value: Any) -> str:
    if not str(value).isdigit():
        return str(value)
    try:
        return find(int(value))
    except ObjectDoesNotExist:
        return "—"


_orgs_told = by_name(lambda pk: standing_org(pk).name)


def _no_options(name: str, one: Input, asked: Asked, words: Words) -> list[Option]:
    del name, one, asked, words
    return []


def _choices(name: str, one: Input, asked: Asked, words: Words) -> list[Option]:
    del asked
    return [(choice, words.choice(name, choice)) for choice in one.choices]


def _yes_or_no(name: str, one: Input, asked: Asked, words: Words) -> list[Option]:
    del name, one, asked
    return [("true", words.text("value.yes")), ("false", words.text("value.no"))]


def _as_typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, list) else str(value)


def _int_cell(value: Any) -> Cell:
    return value if isinstance(value, int) else str(value)


def _day_cell(value: Any) -> Cell:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return str(value)


@dataclass(frozen=True)
class FieldType:
    """A type: `read` checks what was given and returns what is kept, raising BadValueError; `tell`
    says what is kept in a reader's words; `editor` is the sort of field it is filled in by, with its
    `options` where one chooses. `typed` is what somebody would type for what is kept: read, it gives
    the same again. `cell` is what stands in a spreadsheet, where that is not how it is told; `sums`
    tells whether values can be added up; `table` lays out a value of several rows. `limit` is what a value means for a clock that it limits, given with
    the reference of whoever filled it in."""

    read: Callable[[Input, Any], Any]
    tell: Teller
    editor: Editor
    options: Callable[[str, Input, Asked, Words], list[Option]] = _no_options
    limit: Callable[[Any, str], Limited] | None = None
    typed: Callable[[Any], Any] = _as_typed
    cell: Callable[[Any], Cell] | None = None
    sums: bool = False
    table: Callable[[Input, str, Any, Words], Table] | None = None


def ordered(value: Any, who: str) -> Limited:
    """So many working days, as somebody ordered."""
    return Limited(
        int(value), "workdays", {"setting": "", "clause": "", "grade": "ordered", "origin": who}
    )


TYPES: Registry[FieldType] = Registry("type")


def of(one: Input) -> FieldType:
    """What the type of a field means; of a release whose type no app here knows, a line of text."""
    return TYPES.get(one.type) or TYPES["text"]


def register(name: str, one: FieldType) -> None:
    """Registers a type. Raises ValueError on a name already taken."""
    TYPES.add(name, one)
    fieldtypes.declare(name, limits=one.limit is not None)


for _type, _one in {
    "text": FieldType(_text, _plain, "line"),
    "longtext": FieldType(_text, _plain, "lines"),
    "choice": FieldType(_choice, _tell_choice, "choice", _choices),
    "bool": FieldType(_bool, _tell_bool, "choice", _yes_or_no),
    "int": FieldType(_int, _plain, "number", limit=ordered, cell=_int_cell, sums=True),
    "date": FieldType(_date, _plain, "day", cell=_day_cell),
    "org": FieldType(_org, _orgs_told, "found"),
    "orgs": FieldType(_orgs, _orgs_told, "found"),
    "person": FieldType(_person, by_name(lambda pk: standing_person(pk).name), "found"),
    "matter": FieldType(_matter, by_name(lambda pk: Matter.objects.get(pk=pk).number), "line"),
}.items():
    register(_type, _one)
