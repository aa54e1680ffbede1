"""What the steps of a programme asked of those who took them, from their events: sums, of nobody by name."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.utils import timezone

from bihuan.foundation.audit.api import history, read
from bihuan.kernel.matters.burden import ROLE, TYPED
from bihuan.kernel.matters.models import Matter
from bihuan.spec.schema import BUILT_IN_ACTORS

SENDER = "sender"
MONTHS, DAYS = 12, 365


@dataclass(frozen=True)
class Typed:
    """What was asked of one role: of how many people, how many `fields` in all of their steps, and how
    many of the one who had most of them in a month, in that month."""

    role: str
    people: int
    steps: int
    fields: int
    busiest: int

    def a_month(self, months: int) -> Fraction:
        """How many fields one person has in a month."""
        return Fraction(self.fields, self.people * months)


@dataclass(frozen=True)
class Told:
    """What happened below a place: in how many months, how many matters of each kind began, for how many
    months in all matters of each kind were open, and what was asked of each role."""

    months: int
    matters: dict[str, int]
    open_months: dict[str, Fraction]
    roles: dict[str, Typed]


def _month(at: datetime) -> int:
    on = timezone.localtime(at).date()
    return on.year * 12 + on.month


def told(programme: str, path: str = "") -> Told:
    """What happened in a programme below a place since it began there. Reads every event of it: for
    stories and measurements, not for pages. Raises LookupError where nothing happened.

    Whoever acts because a matter is theirs (as `assignee`, `opener`, `subject`) counts under the role
    they have otherwise: it is the same person who types."""
    matters: Counter[str] = Counter()
    open_months: defaultdict[str, Fraction] = defaultdict(Fraction)
    taken: list[_Taken] = []
    seen: list[int] = []
    rows = list(Matter.objects.filter(programme=programme, home_path__startswith=path))
    for one in rows:
        matters[one.kind] += 1
        last = one.opened_at
        for event in history(one.stream):
            said, last = read(event), event.at
            seen.append(_month(event.at))
            if TYPED in said:
                # Whoever writes from outside has no name: each matter is somebody's.
                who = one.stream if said[ROLE] == SENDER else event.actor
                taken.append(_Taken(who, said[ROLE], _month(event.at), said[TYPED]))
        days = ((one.closed_at or last) - one.opened_at).days
        open_months[one.kind] += Fraction(days * MONTHS, DAYS)
    if not rows:
        raise LookupError(programme)
    months = max(seen) - min(seen) + 1
    return Told(months, dict(matters), dict(open_months), dict(_by_role(taken)))


@dataclass(frozen=True)
class _Taken:
    who: str
    role: str
    month: int
    fields: int


def _by_role(taken: list[_Taken]) -> Iterator[tuple[str, Typed]]:
    own: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in taken:
        if one.role not in BUILT_IN_ACTORS:
            own[one.who][one.role] += 1
    steps: Counter[str] = Counter()
    found: defaultdict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    for one in taken:
        role = one.role
        if role in BUILT_IN_ACTORS and own[one.who]:
            role = own[one.who].most_common(1)[0][0]
        steps[role] += 1
        found[role][one.who, one.month] += one.fields
    for role, each in sorted(found.items()):
        people = len({who for who, _ in each})
        yield role, Typed(role, people, steps[role], each.total(), max(each.values()))
