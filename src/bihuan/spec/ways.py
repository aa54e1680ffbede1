"""What meets an obligation: each app registers the ways in which something that exists already counts."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Generic, TypeVar

from typing_extensions import override

from bihuan.spec.arguments import Args
from bihuan.spec.base import Declared
from bihuan.spec.checks.around import Around
from bihuan.spec.load import Problem
from bihuan.spec.registry import Registry, nothing
from bihuan.spec.schema import Programme

A = TypeVar("A", bound=Args)
# What counts as hours, not as things: so it is told in words, and so its streams are called.
HOURS = "hours"
NAMES = Declared()
WayName = Annotated[str, NAMES]
# A kind, by its programme and its name.
KindOf = tuple[str, str]


@dataclass(frozen=True)
class Looked:
    """What is looked for: things of a `programme` and others that it names, done from a day to the day
    before `after`, by people (`persons`) or organisations: of `who` by their numbers, None for all."""

    programme: str
    persons: bool
    who: frozenset[int] | None
    start: date
    after: date


@dataclass(frozen=True)
class Thing:
    """Something that counts: whose it is (a person or an organisation by number), on which day, and the
    row that says so, as `matter:17`, with which of its events. `noted`: on which later day that was written down,
    where it was so long after that it may have been too late (None: soon enough)."""

    owner: int
    day: date
    stream: str
    seq: int = 0
    noted: date | None = None

    @property
    def known_by(self) -> str:
        """What it counts as: a matter is one thing, whatever was done in it."""
        if self.stream.startswith("matter:"):
            return self.stream
        return f"{self.stream}#{self.seq}"


# Whose something is, on which day it was done, what it is known by, as which it counts once for a period, and when
# it was written down, where that was long after.
Done = tuple[int, date, str, date | None]
# Written down within so many days it was soon enough.
SOON = timedelta(days=7)


def noted(day: date, at: date) -> date | None:
    """When something of a day was written down, where that was long after."""
    return at if at - day > SOON else None


@dataclass(frozen=True, eq=False)
class Way(Generic[A]):
    """A way of meeting an obligation. `about` is what the handbook says of it, `args` what a programme
    says of one in `met_by`. `things` finds what there is, at most once each by (stream, seq).

    `days` tells of several uses at once whose the things of each are, of which day and what they are known by (`Thing.known_by`), where that is quicker
    than to find each: the matrix asks for no more. `problems` is what is wrong with the arguments: it is given the programme,
    their place in the file, the arguments and what stands around. `marks` are what the things found are
    known by: two uses with the same mark would find the same things, one whose mark goes on after another and
    a space some of them. `opens` is the kind by whose form
    it is done, if one is; `kinds` those whose steps it reads. `unit` is what is counted: hours, or ('')
    things.
    """

    name: str
    about: str
    args: type[A]
    things: Callable[[A, Looked], Iterable[Thing]]
    days: Callable[[Sequence[tuple[A, Looked]]], Sequence[Iterable[Done]]] | None = None
    problems: Callable[[Programme, str, A, Around], Iterable[Problem]] = nothing
    marks: Callable[[A, str], Collection[str]] | None = None
    opens: Callable[[A, str], KindOf | None] = lambda args, programme: None
    kinds: Callable[[A, str], Iterable[KindOf]] = nothing
    unit: str = ""

    def marked(self, args: A, programme: str) -> frozenset[str]:
        """What the things of one use are known by; where the app does not say, by all its arguments."""
        if self.marks is None:
            return frozenset({f"{self.name} {args.model_dump_json()}"})
        return frozenset(self.marks(args, programme))

    def done(self, uses: Sequence[tuple[A, Looked]]) -> Sequence[Iterable[Done]]:
        """Whose the things of several uses are, of which day, and what they are known by."""
        if self.days is not None:
            return self.days(uses)
        return [
            [(one.owner, one.day, one.known_by, one.noted) for one in self.things(args, looked)]
            for args, looked in uses
        ]


class _Ways(Registry[Way[Any]]):
    @override
    def add(self, name: str, one: Way[Any]) -> None:
        super().add(name, one)
        NAMES.add(name)


WAYS = _Ways("way of meeting an obligation")


def register(way: Way[A]) -> Way[A]:
    """Registers a way, when its app is loaded. Raises ValueError on a name already taken."""
    WAYS.add(way.name, way)
    return way
