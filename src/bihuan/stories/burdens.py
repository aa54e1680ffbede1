"""What programmes ask people to type in a month, as their stories have it, beside the paper method."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from bihuan.foundation.audit.api import as_told
from bihuan.insight.burden import BURDEN, BurdenSpec
from bihuan.kernel.matters import typed
from bihuan.kernel.matters.typed import Told
from bihuan.kernel.programmes import api as programmes
from bihuan.stories import (
    commitments,
    issues,
    kaiping,
    learning,
    monitoring,
    open_lecture,
    org_life,
    proposals,
    show_work,
    supervision,
    task_force,
    volunteering,
    xining,
    zones,
)
from bihuan.stories.stage import told_at

# The story that a programme is measured by, and the code of the organisation in which it plays.
_TOLD_BY: Mapping[str, tuple[Callable[[], int], str]] = {
    "commitments": (lambda: commitments.tell(commitments.SMALL), "story-commitments"),
    "issue_management": (issues.tell, "story-issues"),
    "learning": (lambda: learning.tell(learning.SMALL), "story-learning"),
    "monitoring": (monitoring.tell, "story-monitoring"),
    "open_lecture": (lambda: open_lecture.tell(open_lecture.SMALL), "story-open_lecture"),
    "org_life": (lambda: org_life.tell(org_life.SMALL), "story-org_life"),
    "proposals": (lambda: proposals.tell(proposals.SMALL), "story-proposals"),
    "public_voice": (xining.tell, "story-xining"),
    "service_window": (lambda: kaiping.tell(kaiping.SMALL), "story-kaiping-100"),
    "show_work": (lambda: show_work.tell(show_work.SMALL), "story-show_work"),
    "supervision": (supervision.tell, "story-supervision"),
    "task_force": (lambda: task_force.tell(task_force.SMALL), "story-task_force"),
    "volunteering": (lambda: volunteering.tell(volunteering.SMALL), "story-volunteering"),
    "zones": (zones.tell, "story-zones"),
}


@dataclass(frozen=True)
class Line:
    """One role of a programme: fields a month of one person, of how many people in how many months; in
    the busiest month of the one who had most; what the programme says of it, and what its paper forms
    ask of one person a month, None where no source shows any."""

    role: str
    month: Fraction
    people: int
    months: int
    busiest: int
    declared: int | None
    paper: Fraction | None

    @property
    def agrees(self) -> bool:
        """Whether the programme says what its story has, or says nothing."""
        return self.declared in (None, ceil(self.month))


def measurable() -> list[str]:
    """The programmes that have a story."""
    return sorted(_TOLD_BY)


@as_told()
def measured(programme: str) -> list[Line]:
    """Tells the story of a programme, in a database of its own, and what it asked of each role. Raises
    KeyError where no story tells of it."""
    _TOLD_BY[programme][0]()
    return heard(programme)


def heard(programme: str) -> list[Line]:
    """What the story of a programme asked of each role, where it was told already. Raises LookupError
    before."""
    code = _TOLD_BY[programme][1]
    whole = typed.told(programme, told_at(code, programme).path)
    spec = next(one for one in programmes.known() if one.id == programme)
    return list(lines(whole, BURDEN.of(spec)))


def lines(told: Told, said: Mapping[str, BurdenSpec]) -> Iterator[Line]:
    """What happened beside what a programme says, by role."""
    for role in sorted({*told.roles, *said}):
        one, spec = told.roles.get(role), said.get(role, BurdenSpec())
        people = one.people if one is not None else 1
        yield Line(
            role,
            one.a_month(told.months) if one is not None else Fraction(0),
            one.people if one is not None else 0,
            told.months,
            one.busiest if one is not None else 0,
            spec.typed,
            _paper(spec, told, people),
        )


def _paper(spec: BurdenSpec, told: Told, people: int) -> Fraction | None:
    """What the paper forms ask of one person a month: those of a kind are shared by all who have them."""
    if not spec.paper:
        return None
    found = Fraction(0)
    for form in spec.paper:
        kind = form.kind or ""
        month = form.month(
            matters=Fraction(told.matters.get(kind, 0), told.months),
            open_months=told.open_months.get(kind, Fraction(0)) / told.months,
        )
        found += month / people if form.kind else month
    return found
