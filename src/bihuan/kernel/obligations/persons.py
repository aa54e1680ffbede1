"""People who owe an obligation: whoever is on its roster on the last day of a period, or today while it lasts,
owes it for the whole of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from bihuan.foundation.access import api as grants
from bihuan.foundation.access import enrolling
from bihuan.foundation.access.models import Grant
from bihuan.foundation.orgs.api import Org, standing_org, tree
from bihuan.foundation.orgs.models import Exemption, Membership, Post
from bihuan.kernel.obligations.demands import Ladders, Obligation
from bihuan.kernel.obligations.freedom import Free
from bihuan.kernel.people import api as people
from bihuan.rules.owing import Rung
from bihuan.rules.periods import Period

DAY = timedelta(days=1)
# The reason of who is exempt as a member: which one is nobody's business here.
AS_MEMBER = "as_member"


@dataclass
class Owing:
    """A person who owes something: where they belonged last, what is asked of them, when they are free."""

    pk: int
    name: str
    org_id: int
    path: str
    rungs: list[Rung] = field(default_factory=list)
    free: list[Free] = field(default_factory=list)


@dataclass(frozen=True)
class _On:
    """Somebody is on the roster on a day, at an organisation, exempt or not."""

    pk: int
    name: str
    org_id: int
    path: str
    exempt: bool


def owing(
    one: Obligation,
    periods: Sequence[Period],
    place: Org,
    today: date,
    *,
    person_id: int | None = None,
) -> dict[int, Owing]:
    """The people of a roster at an organisation and below it, with what each of the periods asks of them,
    by place and name; of one person where one is named."""
    ladders = Ladders(one, periods[0].start, periods[-1].after)
    days = [min(period.last, today) for period in periods]
    found: dict[int, Owing] = {}
    for period, on, there in zip(periods, days, _on(one, place, days, person_id), strict=True):
        # Of all who belong to one place the same is asked.
        rungs: dict[int, Rung | None] = {}
        for each in there:
            if each.org_id not in rungs:
                rungs[each.org_id] = _rung(ladders, each, on)
            rung = rungs[each.org_id]
            if rung is None:
                continue
            mine = found.setdefault(each.pk, Owing(each.pk, each.name, each.org_id, each.path))
            mine.org_id, mine.path = each.org_id, each.path
            mine.rungs.append(Rung(period.start, period.after, rung.times, rung.grace))
            if each.exempt:
                mine.free.append((period.start, period.after, AS_MEMBER))
    return dict(sorted(found.items(), key=lambda pair: (pair[1].path, pair[1].name, pair[0])))


def owes(one: Obligation, place: Org, on: date, person_id: int) -> bool:
    """Whether a person owes it on a day right there, not only below."""
    (there,) = _on(one, place, [on], person_id)
    ladders = Ladders(one, on, on + DAY)
    mine = (each for each in there if each.pk == person_id and each.org_id == place.pk)
    return any(_rung(ladders, each, on) is not None for each in mine)


def _rung(ladders: Ladders, each: _On, on: date) -> Rung | None:
    """What is asked where somebody belongs on a day."""
    level = standing_org(each.org_id).level
    return next((r for r in ladders.of(each.path, level) if r.start <= on < r.after), None)


# Somebody on a roster: their number and name, where, from which day until which.
_Held = tuple[int, str, int, str, date, date | None]


def _on(
    one: Obligation, place: Org, days: Sequence[date], person_id: int | None = None
) -> Iterator[list[_On]]:
    """Who is on the roster on each of some days, each once: two queries however many people and days."""
    rule = people.ROSTERS.of(one.programme)[one.spec.who]
    free: dict[int, list[tuple[date, date | None]]] = {}
    if rule.members is None:
        held = _holding(one, rule, place, days, person_id)
    else:
        of, name = rule.membership(one.programme.id)
        lasting = Q(end__isnull=True) | Q(end__gte=days[0])
        if person_id is not None:
            lasting &= Q(person_id=person_id)
        held = _members(rule, place, days, f"{of}.{name}", lasting)
        if rule.excused and held:
            exempt = Exemption.objects.filter(lasting, start__lte=days[-1], kind=f"{of}.{name}")
            for pk, start, end in exempt.values_list("person_id", "start", "end"):
                free.setdefault(pk, []).append((start, end))
    said: dict[tuple[int, int, str, bool], _On] = {}
    for on in days:
        once: dict[int, _On] = {}
        for pk, called, org_id, path, start, end in held:
            if start <= on and (end is None or on <= end) and pk not in once:
                exempted = any(a <= on and (b is None or on <= b) for a, b in free.get(pk, ()))
                key = (pk, org_id, path, exempted)
                if key not in said:
                    said[key] = _On(pk, called, org_id, path, exempted)
                once[pk] = said[key]
        yield list(once.values())


def _members(
    rule: people.RosterSpec, place: Org, days: Sequence[date], full: str, lasting: Q
) -> list[_Held]:
    sort = people.sort_of(full)
    if sort is None:
        return []
    low, high = tree.bounds(place.path)
    where = Q(org__path__gte=low, org__path__lt=high) if rule.reach == "below" else Q(org=place)
    rows = Membership.objects.filter(
        where,
        lasting,
        start__lte=days[-1],
        kind=full,
        status__in=rule.statuses or sort.spec.members,
        person__is_active=True,
    )
    asked = ("person_id", "person__name", "org_id", "org__path", "start", "end")
    return list(rows.order_by("org__path", "person__name", "pk").values_list(*asked))


def _holding(
    one: Obligation,
    rule: people.RosterSpec,
    place: Org,
    days: Sequence[date],
    person_id: int | None,
) -> list[_Held]:
    """The same of who has a post, or a role."""
    among = None if person_id is None else [person_id]
    rows: list[Post] | list[Grant]
    if rule.staff:
        rows = enrolling.posted_within(place.path, days[0], among=among, until=days[-1])
    else:
        rows = [
            row
            for row in grants.grants_within(place.path, days[0], among=among)
            if row.role in rule.roles
            and row.programme in ("", one.programme.id)
            and row.person.is_active
        ]
    return [
        (row.person_id, row.person.name, row.org_id, row.org.path, row.start, row.end)
        for row in rows
        if rule.reach == "below" or row.org_id == place.pk
    ]
