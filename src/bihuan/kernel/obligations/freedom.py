"""Who is free of an obligation when, and why: by what somebody said (waivers), by rules of the programme."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate

from django.db.models import Q

from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import tree
from bihuan.foundation.orgs.models import Membership
from bihuan.kernel.obligations.declared import SpareSpec
from bihuan.kernel.obligations.demands import Obligation, Owner, number
from bihuan.kernel.obligations.models import Waiver
from bihuan.kernel.people.api import ROSTERS, sort_of
from bihuan.rules.periods import Period

# From a day to the day before another (None: for good), and the reason.
Free = tuple[date, date | None, str]
NEXT = timedelta(days=1)


@standing.kept
def waivers(programme: str, obligation: str) -> tuple[Waiver, ...]:
    """Everything that was said of who is free of an obligation, the first first."""
    rows = Waiver.objects.filter(programme=programme, obligation=obligation)
    return tuple(rows.select_related("org", "person").order_by("start", "pk"))


def said(one: Obligation) -> Mapping[int, tuple[Free, ...]]:
    """When who is free by a waiver: organisations, or people, by number."""
    found: dict[int, list[Free]] = {}
    for row in waivers(one.programme.id, one.name):
        whose = row.org_id if one.of_orgs else row.person_id
        after = None if row.end is None else row.end + NEXT
        if whose is not None and (after is None or row.start < after):
            found.setdefault(whose, []).append((row.start, after, row.reason))
    return {pk: tuple(some) for pk, some in found.items()}


def by_rule(
    one: Obligation, owners: Sequence[Owner], periods: Sequence[Period], today: date
) -> Mapping[int, tuple[Free, ...]]:
    """When organisations are free by a rule: for the whole of a period, as things stand on its last day,
    or today while it lasts."""
    begun = [period for period in periods if period.start <= today]
    if not begun or not owners:
        return {}
    days = tuple(min(period.last, today) for period in begun)
    within = _around(owners)
    found: dict[int, list[Free]] = {}
    for reason, rule in one.spec.spare.items():
        counted = _members(one, rule, days, within)
        below = _reaches_below(one, rule)
        for period, on, has in zip(begun, days, counted, strict=True):
            for owner in owners:
                least = rule.fewer
                if not isinstance(least, int):
                    least = number(one, least, owner.path, "", on)
                if _within(has, owner.path, below=below) < least:
                    free = (period.start, period.after, reason)
                    found.setdefault(owner.pk, []).append(free)
    return {pk: tuple(some) for pk, some in found.items()}


def _around(owners: Sequence[Owner]) -> str:
    """The path of the smallest subtree that all of some lie in."""
    paths = [owner.path for owner in owners]
    first, last = min(paths), max(paths)
    return next((at for at in tree.ancestors(first) if tree.covers(at, last)), "")


def _reaches_below(one: Obligation, rule: SpareSpec) -> bool:
    return ROSTERS.of(one.programme)[rule.roster].reach == "below"


def _members(
    one: Obligation, rule: SpareSpec, days: tuple[date, ...], within: str
) -> Sequence[Mapping[str, int]]:
    """How many a roster has on each of some days in a subtree, by the path of where they belong, each path
    with all above it."""
    roster = ROSTERS.of(one.programme)[rule.roster]
    of, name = roster.membership(one.programme.id)
    sort = sort_of(f"{of}.{name}")
    if sort is None:
        return [{} for _ in days]
    return _belonging(f"{of}.{name}", roster.statuses or sort.spec.members, days, within)


@standing.kept
def _belonging(
    kind: str, statuses: tuple[str, ...], days: tuple[date, ...], within: str
) -> tuple[Mapping[str, int], ...]:
    low, high = tree.bounds(within)
    rows = Membership.objects.filter(
        Q(end__isnull=True) | Q(end__gte=days[0]),
        org__path__gte=low,
        org__path__lt=high,
        start__lte=days[-1],
        kind=kind,
        status__in=statuses,
        person__is_active=True,
    )
    # One query, however many days: at a place each belongs once at a time. How many come and go by day.
    moved: dict[str, list[int]] = {}
    for path, start, end in rows.order_by().values_list("org__path", "start", "end"):
        mine = moved.setdefault(path, [0] * (len(days) + 1))
        mine[bisect_left(days, start)] += 1
        mine[len(days) if end is None else bisect_right(days, end)] -= 1
    found: list[dict[str, int]] = [{} for _ in days]
    for path, mine in moved.items():
        above = [f"{each}*" for each in tree.ancestors(path)[1:]]
        for has, n in zip(found, accumulate(mine), strict=False):
            has[path] = n
            for each in above:
                has[each] = has.get(each, 0) + n
    return tuple(found)


def _within(has: Mapping[str, int], path: str, *, below: bool) -> int:
    return has.get(path, 0) + (has.get(f"{path}*", 0) if below else 0)
