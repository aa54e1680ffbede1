"""figures.toml: what is counted, out of what, without what, and what may be asked about it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bihuan.spec.base import Declared, Name, Strict
from bihuan.spec.measures import MEASURES, UNKNOWN, Measure, MeasureName

# `from` is the unit that had the matter before the step, `into` the common problem it was merged
# into, `age` how long what stands open has been open.
# `field.<name>` is a field of the kinds that are counted, as it stood when each step was over.
_FIELD = r"field\.[a-z][a-z0-9_]{0,39}"
FieldName = Annotated[str, StringConstraints(pattern=rf"^{_FIELD}$")]
Grouping = Annotated[
    str,
    StringConstraints(pattern=rf"^(org|period|category|channel|person|from|into|age|{_FIELD})$"),
]
EventName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$")]

# Counters a day beside the facts, declared by the apps that count.
TALLIES = Declared()


class Where(Strict):
    """Which steps are meant: those for which every condition given holds.

    In lists any one name suffices, but `flags` are facts that must all be true by then and
    `without` facts none of which may be. `said` is what the step's own inputs chose. `promise` is
    what became of the date told to the sender, at the step that ended it; `handed` that the step
    gave the matter to another unit. `ever` are actions of which the step's matter takes one at any
    time, before it or after it, within the period or not. `last` is what the part that the step tells
    of says by now (who came on a roll, and has done it since), whatever it said then.
    """

    events: tuple[EventName, ...] = ()
    kinds: tuple[Name, ...] = ()
    actions: tuple[Name, ...] = ()
    from_: tuple[Name, ...] = Field(default=(), alias="from")
    to: tuple[Name, ...] = ()
    phases: tuple[Literal["open", "waiting", "done"], ...] = ()
    categories: tuple[Name, ...] = ()
    channels: tuple[Name, ...] = ()
    levels: tuple[Literal["none", "near", "urgent", "late"], ...] = ()
    boards: tuple[Name, ...] = ()
    flags: tuple[Name, ...] = ()
    without: tuple[Name, ...] = ()
    said: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)
    promise: Literal["ended", "kept", "broken"] | None = None
    handed: bool = False
    ever: tuple[Name, ...] = ()
    last: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)

    def is_empty(self) -> bool:
        """Whether it means every step there is."""
        return not any(getattr(self, name) for name in type(self).model_fields)


class FigureSpec(Strict):
    """One figure. `among` is what is counted, or the denominator of a share; `part` its numerator,
    counted only within the denominator, so that a share is always a true ratio; `excluded` leaves
    both, and is reported.

    Of matters, one counts when any of its steps in the period is meant; of `standing`, how each
    matter stood when the period ended (or, while it has not ended, when the newest event happened).
    A value that rests on fewer than `minimum` is not shown, nor one from which that could be worked
    out; plain counts are shown whatever they are. `beside` is a share that every face tells with this
    one: of how many it speaks. `bands` are the days at which a group of ages begins, after the first, which begins with 0.
    """

    version: int = Field(ge=1)
    measure: MeasureName
    of: Literal["matters", "steps"] = "matters"
    among: Where
    part: Where | None = None
    excluded: tuple[Where, ...] = ()
    input: Name | None = None
    tally: Annotated[str, TALLIES] | None = None
    org: Literal["home", "unit"] = "unit"
    by: tuple[Grouping, ...] = ("org", "period", "category", "channel")
    bands: tuple[Annotated[int, Field(ge=1, le=3660)], ...] = ()
    minimum: int = Field(default=5, ge=1)
    clause: str = ""
    beside: Name | None = None

    def conditions(self) -> list[tuple[str, Where]]:
        """Every condition with its place in the file."""
        found = [("among", self.among)]
        if self.part is not None:
            found.append(("part", self.part))
        return [*found, *((f"excluded.{n}", one) for n, one in enumerate(self.excluded))]

    @property
    def means(self) -> Measure:
        """What its measure is."""
        return MEASURES.get(self.measure, UNKNOWN)

    def is_known(self) -> bool:
        """Whether an installed app can compute it."""
        return self.measure in MEASURES

    def rests_on_sample(self) -> bool:
        """Whether a value says nothing of its own unless it rests on enough: shares and medians."""
        return self.means.rests

    def either(self) -> bool:
        """Whether it can be told by the unit that handles as well as by the one that received:
        publications know only where they come from."""
        return self.tally is None and not any(where.boards for _, where in self.conditions())
