"""Which sheets a workbook may have: one more is one entry of `KINDS`."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from bihuan.foundation.access import governing, officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Org
from bihuan.foundation.orgs.api import tree as paths
from bihuan.foundation.orgs.models import Org as OrgRow
from bihuan.kernel.directory.lines import Left, Line, Row
from bihuan.kernel.directory.roles import Roles
from bihuan.kernel.directory.tree import Node, Tree
from bihuan.kernel.directory.whom import Known, Who
from bihuan.spec.registry import Registry


@dataclass
class Frame:
    """What rows are read beside: where, when and by whom; all rows of the workbook by kind; the tree
    as it stands, or as rows before would leave it; `opens`: who comes without a user name gets an
    account; `fresh`: whom rows before would make or change, by number; `refused`: whom faulty rows
    name; `kept`: what a kind has read of the whole workbook, which no row changes."""

    under: Org
    at: datetime
    actor: Actor
    rows: Mapping[str, Sequence[Row]]
    tree: Tree
    roles: Roles = field(default_factory=Roles)
    opens: bool = True
    fresh: dict[int, Known] = field(default_factory=dict)
    refused: list[Who] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return governing.day_of(self.at)


@dataclass(frozen=True)
class Planned:
    """A row's line, whom or what it is about where that is known (below nothing: to come), and what is to
    be done, if anything, as its kind has it."""

    line: Line
    about: int | None = None
    step: object | None = None


class SheetKind(ABC):
    """A sheet of one sort of things: its columns with the headers they may have, those that there must
    be, by which words the sheet is called, how many rows are taken in with one transaction (0: all)."""

    name: ClassVar[str]
    names: ClassVar[Mapping[str, tuple[str, ...]]]
    wanted: ClassVar[tuple[str, ...]]
    called: ClassVar[tuple[str, ...]]
    batch: ClassVar[int] = 0

    def may(self, actor: Actor, under: Org, on: date) -> bool:
        """Whether somebody may take such a sheet in for an organisation: who administers it."""
        del on
        return officers.is_over(actor, officers.SYSTEM, under.path)

    @abstractmethod
    def plan(self, rows: Sequence[Row], frame: Frame) -> list[Planned]:
        """What each row would become; nothing is written, the frame's tree follows."""

    @abstractmethod
    def do(self, planned: Sequence[Planned], frame: Frame) -> list[Planned]:
        """Does what was planned, within a transaction: each row with what became of it."""

    @abstractmethod
    def left(self, named: Collection[int], frame: Frame) -> list[Left]:
        """What is there and not among the `named`."""

    @abstractmethod
    def end(self, left: Sequence[Left], frame: Frame) -> list[Line]:
        """Ends what is left, as far as it may be: a line each, `changed` or `bad`."""

    @abstractmethod
    def given_out(self, within: Sequence[str], on: date) -> list[list[str]]:
        """What is there in subtrees, as rows in the order of `names`."""


KINDS: Registry[SheetKind] = Registry("sheet of a workbook")
# In the order they are taken in: who is placed somewhere comes behind where that is.
_PLACES: dict[str, int] = {}


def register(kind: SheetKind) -> None:
    """Adds a kind of sheets, behind those that are there."""
    KINDS.add(kind.name, kind)
    _PLACES.setdefault(kind.name, len(_PLACES))


def ordered() -> list[SheetKind]:
    """The kinds in the order they are taken in."""
    return sorted(KINDS.values(), key=lambda one: _PLACES[one.name])


def standing(under: Org) -> Tree:
    """The open organisations at and below one."""
    low, high = paths.bounds(under.path)
    rows = OrgRow.objects.filter(path__gte=low, path__lt=high, active=True).order_by("path")
    found = list(rows.values_list("pk", "path", "name", "short", "code", "level"))
    by_path = {path: pk for pk, path, *_ in found}
    nodes = [
        Node(pk, by_path.get(path[: -paths.STEP]), name, short, code, level)
        for pk, path, name, short, code, level in found
    ]
    return Tree(nodes, under.pk)
