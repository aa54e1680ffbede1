"""What people fill in, checked by the programme's own declaration of it."""

from collections.abc import Mapping
from typing import Any

from bihuan.kernel.matters import fieldtypes, rows
from bihuan.kernel.matters.cleaning import clean
from bihuan.kernel.matters.fieldtypes import BadValueError
from bihuan.kernel.matters.named_files import TYPE as FILE
from bihuan.kernel.matters.named_files import Sent
from bihuan.lib.problems import InputError
from bihuan.spec.schema import Input

BLANK_PROBE = 1000


def _is_blank(raw: Any) -> bool:
    # Long texts are not cleaned here: their length is looked at first.
    if isinstance(raw, str):
        return len(raw) <= BLANK_PROBE and not clean(raw)
    return raw is None or raw == []


def take(
    declared: Mapping[str, Input], given: Mapping[str, Any], sent: Sent | None = None
) -> dict[str, Any]:
    """The declared inputs of `given`, checked and cleaned; empty optional ones left out. `sent` are
    the files that came with them.

    Raises InputError naming every field (`field.row.column` within rows) that is missing, malformed
    or not declared.
    """
    given = (sent or Sent()).named(declared, given)
    taken: dict[str, Any] = {}
    bad: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in given.keys() - declared.keys():
        bad[name] = ("input.undeclared", {})
    for name, one in declared.items():
        try:
            value = (
                None if _is_blank(given.get(name)) else fieldtypes.of(one).read(one, given[name])
            )
        except BadValueError as error:
            bad[name] = (error.key, error.values)
            if isinstance(error, rows.BadRowsError):
                bad |= {f"{name}.{at}": why for at, why in error.cells.items()}
            continue
        if value not in (None, "", []):
            taken[name] = value
        elif one.required:
            bad[name] = ("input.file_required" if one.type == FILE else "input.required", {})
    if bad:
        raise InputError(bad)
    return taken


def typed(one: Input, value: Any) -> Any:
    """What somebody would type for what is kept: a text, for several a list. `take` takes it again."""
    return rows.typed(one, value) if one.type == rows.TYPE else fieldtypes.of(one).typed(value)
