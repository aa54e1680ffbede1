"""How many fields a step asked somebody to type or to choose, as its event says it.

`typed` counts them, `role` is as whom it was done. Nobody typed what the house, a table or a face filled
in, what was offered and left as it was, or what follows from another step: such an event says nothing,
or counts without it. How long anybody took is asked nowhere.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bihuan.foundation.access.api import Actor
from bihuan.foundation.files.api import Stored
from bihuan.kernel.matters import openers, rows
from bihuan.kernel.matters.asked import Opening
from bihuan.spec.schema import Input, Kind, Programme

TYPED, ROLE = "typed", "role"
SYSTEM = "system"
_FILE = "file"
_NOTHING: tuple[Any, ...] = (None, "", [], ())


def fields(declared: Mapping[str, Input], values: Mapping[str, Any]) -> int:
    """How many fields are filled in: of a small table each cell, of several things each."""
    return sum(
        _size(declared[name], value)
        for name, value in values.items()
        if name in declared and value not in _NOTHING
    )


def _size(one: Input, value: Any) -> int:
    if not isinstance(value, (list, tuple)):
        return 1
    if one.type != rows.TYPE:
        return len(value)
    return sum(cell not in _NOTHING for row in value for cell in _cells(row))


def _cells(row: Any) -> Collection[Any]:
    return row.values() if isinstance(row, Mapping) else (row,)


def _files(
    declared: Mapping[str, Input], values: Mapping[str, Any], files: Sequence[Stored]
) -> int:
    """Those that no field asked for: each was chosen."""
    asked = sum(one.type == _FILE and bool(values.get(name)) for name, one in declared.items())
    return max(len(files) - asked, 0)


def of_step(
    declared: Mapping[str, Input],
    values: Mapping[str, Any],
    files: Sequence[Stored],
    role: str,
    own: Collection[str],
) -> dict[str, Any]:
    """What the event of an action says of it, whoever took it as `role`; nothing of the house's own."""
    if role == SYSTEM:
        return {}
    typed = {name: value for name, value in values.items() if name not in own}
    return {TYPED: fields(declared, typed) + _files(declared, values, files), ROLE: role}


def of_opening(opening: Opening, kind: Kind, programme: Programme, actor: Actor) -> dict[str, Any]:
    """What the first event says of it; nothing where the house or a table opened it."""
    role = opening.typed_by or openers.opens_as(actor, kind, programme, opening.home.path)
    if role == SYSTEM or opening.anyones:
        return {}
    written = {"subject": opening.subject, "body": opening.body}
    own = sum(bool(text) for name, text in written.items() if name not in opening.own)
    contact = (opening.contact.name, opening.contact.phone, opening.contact.email)
    said = sum(bool(text.strip()) for text in (*contact, opening.complained_of))
    typed = of_step(kind.fields, opening.fields, opening.files, role, opening.own)
    return {**typed, TYPED: typed[TYPED] + own + said}
