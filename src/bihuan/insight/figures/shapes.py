"""What figures have in common: two that differ in the names they count by have the same words.

A figure's shape is its definition with a stand-in for each list of names, and without what its words
do not hang on. Two thirds of all figures have the shape of another one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# What of a definition is told beside the value, or asked before it.
_BESIDE = {"version": 1, "by": (), "clause": "", "beside": None}
# Lists of which one name suffices: an engine reads them as `IN (…)`.
_ONE_OF = ("kinds", "actions", "from", "to", "categories", "channels", "boards", "ever")
# Names that must each hold.
_EACH = ("flags", "without")
_BY_INPUT = ("said", "last")


@dataclass(frozen=True)
class Shape:
    """`spec` is the definition (JSON) and `programme` the id, with stand-ins; `names` what each
    stand-in is for."""

    spec: str
    programme: str
    names: Mapping[str, tuple[str, ...]]

    def filled(self, words: str) -> str:
        """The words with names instead of stand-ins. Names are letters, digits, _ and dots (spec/base.py),
        so that none of them ends a text."""
        for stand_in, names in self.names.items():
            listed = ", ".join(f"'{name}'" for name in names)
            words = words.replace(f"'{stand_in}'", listed)
            if len(names) == 1:
                words = words.replace(stand_in, names[0])
        return words


class _StandIns:
    """One for each list of names, whatever it is a list of: what was equal stays equal, and no more."""

    def __init__(self) -> None:
        self.given: dict[tuple[str, ...], str] = {}

    def of(self, *names: str) -> str:
        return self.given.setdefault(names, f"stands_for_{len(self.given)}_")

    def of_event(self, *names: str) -> str:
        # An event is written with a dot and without digits.
        letter = chr(ord("a") + len(self.given) % 26) * (len(self.given) // 26 + 1)
        return self.given.setdefault(names, f"stands.for_{letter}_")


@lru_cache(maxsize=4096)
def shape_of(spec: str, programme: str) -> Shape:
    """The shape of a figure's definition (as JSON, by alias)."""
    told, stand_ins = json.loads(spec) | _BESIDE, _StandIns()
    programme = stand_ins.of(programme)
    for key in ("among", "part"):
        told[key] = told.get(key) and _condition(told[key], stand_ins)
    told["excluded"] = [_condition(one, stand_ins) for one in told.get("excluded", ())]
    names = {stand_in: names for names, stand_in in stand_ins.given.items()}
    return Shape(json.dumps(told, ensure_ascii=False), programme, names)


def _condition(where: dict[str, Any], stand_ins: _StandIns) -> dict[str, Any]:
    found = dict(where)
    for key in _ONE_OF:
        if where.get(key):
            found[key] = [stand_ins.of(*where[key])]
    if where.get("events"):
        found["events"] = [stand_ins.of_event(*where["events"])]
    for key in _EACH:
        found[key] = [stand_ins.of(name) for name in where.get(key, ())]
    for key in _BY_INPUT:
        said = where.get(key, {})
        found[key] = {
            stand_ins.of(name): [stand_ins.of(*values)] for name, values in said.items() if values
        }
    return found
