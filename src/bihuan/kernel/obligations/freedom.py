"""Who is free of an obligation when, and why: by what somebody said (waivers), by rules of the programme."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Count

from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import tree
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
    found: dict[int, list[Free]] = {}
    for reason, rule in one.spec.spare.items():
        for period in periods:
            if period.start > today:
                continue
            on = min(period.last, today)
            has = _members(one, rule, on)
            for owner in owners:
                level = ""
                least = rule.fewer
                if not isinstance(least, int):
                    least = number(one, least, owner.path, level, on)
                if _within(has, owner.path, below=_reaches_below(one, rule)) < least:
                    free = (period.start, period.after, reason)
                    found.setdefault(owner.pk, []).append(free)
    return {pk: tuple(some) for pk, some in found.items()}


def _reaches_below(one: Obligation, rule: SpareSpec) -> bool:
    return ROSTERS.of(one.programme)[rule.roster].reach == "below"


def _members(one: Obligation, rule: SpareSpec, on: date) -> Mapping[str, int]:
    """How many a roster has on a day, by the path of where they belong, each path with all above it."""
    roster = ROSTERS.of(one.programme)[rule.roster]
    of, name = roster.membership(one.programme.id)
    sort = sort_of(f"{of}.{name}")
    if sort is None:
        return {}
    return _belonging(f"{of}.{name}", roster.statuses or sort.spec.members, on)


@standing.kept
def _belonging(kind: str, statuses: tuple[str, ...], on: date) -> Mapping[str, int]:
    rows = memberships.memberships_within("", on, kinds=[kind], statuses=statuses)
    counted = rows.order_by().values_list("org__path").annotate(n=Count("person_id", distinct=True))
    found: dict[str, int] = {}
    for path, n in counted:
        found[path] = found.get(path, 0) + n
        for above in tree.ancestors(path)[1:]:
            found[f"{above}*"] = found.get(f"{above}*", 0) + n
    return found


def _within(has: Mapping[str, int], path: str, *, below: bool) -> int:
    return has.get(path, 0) + (has.get(f"{path}*", 0) if below else 0)
