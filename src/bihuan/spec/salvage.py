"""What of a programme with mistakes in its form can still be checked: itself without them."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bihuan.spec import facets, files
from bihuan.spec.schema import Programme

# Each mistake takes one round, and what then lacks something another.
ROUNDS = 100


@dataclass(frozen=True)
class Salvaged:
    """A programme without what is wrong with its form, and the `names` of what was left out."""

    programme: Programme
    names: frozenset[str]

    def concerns(self, path: str, cause: str) -> bool:
        """Whether a finding may only follow from what was left out."""
        where = path.split(".")
        return any(name in where or repr(name) in cause for name in self.names)


def salvaged(raw: Mapping[str, Any]) -> Salvaged | None:
    """Leaves out what the schema refuses, the smallest entry around each mistake; a key that there
    is not in the format takes nothing with it. None where nothing that could be checked is left."""
    left = deepcopy(dict(raw))
    names: set[str] = set()
    for _ in range(ROUNDS):
        try:
            return Salvaged(Programme.model_validate(left), frozenset(names))
        except ValidationError as error:
            item = error.errors(include_url=False)[0]
        gone = _without(left, _in_files(item["loc"]))
        if gone is None:
            return None
        if item["type"] != "extra_forbidden":
            names.add(gone)
    return None


def _in_files(loc: tuple[int | str, ...]) -> list[int | str]:
    """A place as the files have it."""
    found = list(loc)
    if found[:1] == [files.ALL.key]:
        del found[0]
    if found[:1] == ["kinds"] and found[2:3] == [facets.ALL.key]:
        del found[2]
    return found


def _without(raw: dict[str, Any], loc: list[int | str]) -> str | None:
    """Takes out what stands at a place, or around it where nothing stands there; returns the name of
    what is gone, None where it would be a whole file that must be there."""
    while len(loc) > 1:
        holder: Any = raw
        for step in loc[:-1]:
            there = isinstance(holder, dict) and step in holder
            there = there or (isinstance(holder, list) and step in range(len(holder)))
            holder = holder[step] if there else None
        last = loc[-1]
        if isinstance(holder, dict) and last in holder:
            del holder[last]
            return str(last)
        if isinstance(holder, list) and last in range(len(holder)):
            one = holder.pop(int(last))
            return str(one.get("id", last)) if isinstance(one, dict) else str(one)
        loc = loc[:-1]
    return None
