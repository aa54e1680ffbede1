"""Who belongs where, as rows of a list of members see it, and what is to be done. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bihuan.kernel.directory.lines import Line, Said
from bihuan.kernel.directory.member_texts import Way
from bihuan.kernel.directory.whom import People, Who
from bihuan.rules.spans import Span


@dataclass(frozen=True)
class Belongs:
    """Where somebody belongs or belonged; `pk` is 0 where that is to come."""

    pk: int
    org: int
    org_name: str
    kind: str
    status: str
    start: date
    since: date | None = None
    end: date | None = None

    @property
    def span(self) -> Span:
        return Span.through(self.start, self.end)


@dataclass(frozen=True)
class Freed:
    """An exemption of today."""

    pk: int
    reason: str
    end: date | None


@dataclass(frozen=True)
class Step:
    """What is to be done: `who` is below nothing where they are to come, `enters` where this row enters
    them. `begins` whether they begin to belong, `moves` the membership elsewhere that ends then, `about`
    the one that is there, `leaves` whether that ends on its last day; `exempts` the reason and the last
    day of an exemption that begins today, `frees` the one before it."""

    name: str
    code: str
    org: int
    full: str
    status: str
    start: date
    who: int
    enters: bool = False
    since: date | None = None
    end: date | None = None
    begins: bool = False
    moves: int | None = None
    about: int | None = None
    leaves: bool = False
    exempts: tuple[str, date | None] | None = None
    frees: int | None = None


@dataclass(frozen=True)
class PlannedMember:
    """A row's line; what is to be done, if anything; the membership it is about, if there is one."""

    line: Line
    step: Step | None = None
    about: int | None = None


@dataclass(frozen=True)
class Keeping:
    """What the reader of a table may: why not, of a membership at an organisation, as somebody (None is
    new) in a status on days; whether they administer where a membership is."""

    objections: Callable[[Way, int, int | None, "Wanted"], Sequence[Said]]
    over: Callable[[Belongs], bool]


@dataclass(frozen=True)
class Wanted:
    """How somebody is to belong."""

    status: str
    start: date
    since: date | None
    end: date | None


@dataclass
class There:
    """Who is there: `near` in the part of the tree that the workbook is about, `far` elsewhere below its
    root; where they belong and from what they are exempt, by their number."""

    near: People
    far: People
    belongs: dict[int, list[Belongs]] = field(default_factory=dict)
    freed: Mapping[tuple[int, str], Freed] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """Whom faulty rows of people name: nobody else is entered in their place."""

    codes: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rows: Sequence[Who]) -> "Refused":
        """Those of these rows."""
        return cls(
            frozenset(one.code for one in rows) - {""},
            frozenset(one.name for one in rows if not one.code) - {""},
            frozenset(one.name for one in rows) - {""},
        )

    def may_be(self, who: Who) -> bool:
        """Whether one of them may be meant."""
        if who.code:
            return who.code in self.codes or who.name in self.bare
        return who.name in self.names
