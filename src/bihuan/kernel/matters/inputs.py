"""What people fill in, checked by the programme's own declaration of it."""

from collections.abc import Mapping
from typing import Any

from bihuan.kernel.matters import fieldtypes
from bihuan.kernel.matters.cleaning import clean
from bihuan.kernel.matters.fieldtypes import BadValueError
from bihuan.lib.problems import InputError
from bihuan.spec.schema import Input

BLANK_PROBE = 1000


def _is_blank(raw: Any) -> bool:
    # Long texts are not cleaned here: their length is looked at first.
    if isinstance(raw, str):
        return len(raw) <= BLANK_PROBE and not clean(raw)
    return raw is None or raw == []


def take(declared: Mapping[str, Input], given: Mapping[str, Any]) -> dict[str, Any]:
    """The declared inputs of `given`, checked and cleaned; empty optional ones left out.

    Raises InputError naming every field that is missing, malformed or not declared.
    """
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
            continue
        if value not in (None, "", []):
            taken[name] = value
        elif one.required:
            bad[name] = ("input.required", {})
    if bad:
        raise InputError(bad)
    return taken
