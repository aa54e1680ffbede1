"""What can be wrong with a layout, each with where it stands and what to write instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bihuan.outcomes.publicity.bulletins.problems import BulletinError

# So many are told at once; whoever has more begins with these.
MOST_TOLD = 50


@dataclass(frozen=True)
class Place:
    """Where something stands: `kind` is paragraph, cell, box, header or footer; a paragraph and a
    table are counted from 1. `near` is the text around it."""

    kind: str
    paragraph: int = 0
    table: int = 0
    row: int = 0
    column: int = 0
    near: str = ""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. `kind` names the message, `what` is the tag, the field or the part
    of the file it speaks of, `instead` what to write, where there is one right thing."""

    kind: str
    what: str = ""
    instead: str = ""
    place: Place | None = None


class LayoutError(BulletinError):
    """A layout that is refused, with everything that is wrong with it."""

    def __init__(self, key: str, faults: Sequence[Fault] = (), **values: Any) -> None:
        self.faults = list(faults)
        super().__init__(key, count=len(self.faults), **values)
