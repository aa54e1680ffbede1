"""What a matter holds, in a reader's words: every face tells a value by the type that its programme
declares, never by the name of its field."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import fieldtypes, filled, inputs, rows
from bihuan.kernel.matters.fieldtypes import Asked, Cell, Editor, Option, Table, Words
from bihuan.kernel.matters.filled import OPENED, declared
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.opening import ORDERED_BY
from bihuan.kernel.matters.reading import Entry
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Input, Programme


@dataclass(frozen=True)
class Tongue:
    """A reader's language: words of the house by key, and words of a programme by key."""

    text: Callable[..., str]
    of: Callable[[Programme, str], str]


@dataclass(frozen=True)
class Told:
    """A value as somebody reads it, beside what its field is called; `table` lays out one of several
    rows, which `text` says line by line; `file` is the key of one that is a file."""

    name: str
    label: str
    text: str
    table: Table | None = None
    file: str = ""


def editor(one: Input) -> Editor:
    """The sort of field in which a value of its type is filled in."""
    return fieldtypes.of(one).editor


def options(name: str, one: Input, asked: Asked, tongue: Tongue) -> list[Option]:
    """What there is to choose from, in a reader's words; empty where nothing is chosen."""
    return fieldtypes.of(one).options(name, one, asked, _words(asked.programme, tongue))


def _words(programme: Programme, tongue: Tongue) -> Words:
    def choice(name: str, value: str) -> str:
        key = f"choices.{name}.{value}"
        found = tongue.of(programme, key)
        # What is no choice, retired long ago say, is told as it was typed.
        return value if found == key else found

    def column(name: str, one: str) -> str:
        return tongue.of(programme, f"columns.{name}.{one}")

    return Words(tongue.text, choice, column)


def _orderer(value: str, tongue: Tongue) -> str:
    """Who ordered it: the house keeps that as it keeps actors."""
    sort, _, pk = value.partition(":")
    return standing_person(int(pk)).name if sort == "person" else tongue.text(f"value.by.{sort}")


def told(
    programme: Programme, kind_id: str, name: str, value: Any, tongue: Tongue, *, action: str = ""
) -> Told:
    """One value of a matter of a kind, given by an action or held by the matter itself."""
    one = declared(programme.kinds[kind_id], name, action)
    label = tongue.of(programme, f"fields.{name}")
    found, words = fieldtypes.of(one), _words(programme, tongue)
    if found.table is not None and isinstance(value, list):
        laid = found.table(one, name, value, words)
        return Told(name, label, _lines(laid, tongue), laid)
    if name == ORDERED_BY and isinstance(value, str):
        text = _orderer(value, tongue)
    else:
        text = found.tell(name, value, words)
    file = str(value.get("key", "")) if found.editor == "file" and isinstance(value, dict) else ""
    return Told(name, label, text, file=file)


def _lines(laid: Table, tongue: Tongue) -> str:
    """A line for each row: what its columns are called and say."""
    return "\n".join(
        tongue.text(
            "value.row",
            n=n,
            cells=tongue.text("value.between_cells").join(
                tongue.text("value.cell", column=head, text=text)
                for head, text in zip(laid.head, row, strict=True)
                if text
            ),
        )
        for n, row in enumerate(laid.rows, 1)
    )


def typed(one: Input, value: Any) -> Any:
    """What somebody would type for what is kept: a text, for several a list."""
    return inputs.typed(one, value)


def name_of(one: Input, value: Any, tongue: Tongue) -> str:
    """What an organisation, person or matter is called, by its id."""
    return fieldtypes.of(one).tell("", value, Words(tongue.text, lambda _, choice: choice))


def cell(programme: Programme, kind_id: str, name: str, value: Any, tongue: Tongue) -> Cell:
    """A value of a field of a kind as it stands in a cell of a spreadsheet."""
    one = declared(programme.kinds[kind_id], name)
    found, words = fieldtypes.of(one), _words(programme, tongue)
    if found.table is not None:
        return rows.joined(found.table(one, name, value, words).rows)
    if found.cell is not None:
        return found.cell(value)
    return told(programme, kind_id, name, value, tongue).text


def held(found: Matter, reader: Actor, entries: Iterable[Entry]) -> dict[str, Any]:
    """What a matter holds in its own fields and a reader may know: facts, and out of its time line what
    is kept apart from them."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    said: dict[str, Any] = {}
    for entry in entries:
        if entry.type == OPENED:
            said |= entry.inputs
        elif (action := kind.actions.get(entry.action)) is not None:
            sets = action.sets().items()
            said |= {field: entry.inputs[name] for name, field in sets if name in entry.inputs}
    said |= filled.facts(reader, found)
    return {name: value for name, value in said.items() if name in kind.fields}


def all_told(
    programme: Programme,
    kind_id: str,
    given: Mapping[str, Any],
    tongue: Tongue,
    *,
    action: str = "",
) -> Iterator[Told]:
    """Every value that says something, in the order in which the programme declares them: a log and
    a database keep names in orders of their own."""
    kind = programme.kinds[kind_id]
    step = kind.actions.get(action)
    order = dict.fromkeys([*(step.inputs if step is not None else ()), *kind.fields, *given])
    for name in order:
        value = given.get(name)
        if value not in ("", None, []):
            yield told(programme, kind_id, name, value, tongue, action=action)
