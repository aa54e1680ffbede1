"""Who may see which security events: security and audit administrators, of the people they are over.

An event is about a person: whom it was done to, else who did it. Who is over all places where that
person has rights sees it; what is about nobody is seen by who is over the whole house.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.access.models import Grant
from bihuan.foundation.access.officers import AUDIT, SECURITY
from bihuan.foundation.audit.api import Event, SecurityEntry, security
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Person, tree
from bihuan.foundation.orgs.finding import called
from bihuan.foundation.orgs.models import Post

MOST = 200
# What of an event is told on: counts, kinds, places, times. Never its private half.
SAID = ("count", "why", "rows", "filter", "programme", "kind", "org", "opened", "repeated", "bad")
SET = (
    "role",
    "org_id",
    "programme",
    "start",
    "end",
    "scopes",
    "expires",
    "name",
    "title",
    "is_active",
)


@dataclass(frozen=True)
class Asked:
    """Which events: of a `kind` (an event type, or its part before the dot), of somebody by `person`
    (number) or by `name` (part of name or user name), recorded from `since` through `until` (local
    days), older than the entry `before`."""

    kind: str = ""
    person: int | None = None
    name: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Seen:
    """One event: `about` whom it is, `doer` who did it (a person, or `system`, `nobody`, `sender`),
    `on_behalf` in whose name where that is another, `said` what else it tells."""

    id: int
    kind: str
    at: datetime
    about: Person | None
    doer: Person | str
    on_behalf: Person | str | None
    said: dict[str, Any]


def may(actor: Actor) -> bool:
    """Whether somebody oversees anything."""
    return officers.is_house(actor) or any(
        officers.places(actor, duty) for duty in (SECURITY, AUDIT)
    )


def kinds() -> list[str]:
    """The types of events that are listed."""
    return security.kinds()


def people(actor: Actor, on: date) -> QuerySet[Person] | None:
    """Those whom somebody oversees, as `officers.is_over_person` says one by one; None: all, and what
    is nobody's. Raises DeniedError for who oversees nothing."""
    if not may(actor):
        raise DeniedError(officers.role_for(AUDIT))
    if any(officers.is_over_house(actor, duty) for duty in (SECURITY, AUDIT)):
        return None
    found = Person.objects.none()
    for duty in (SECURITY, AUDIT):
        found |= Person.objects.filter(_wholly_within(officers.places(actor, duty), on))
    return found


def _wholly_within(paths: list[str], on: date) -> Q:
    inside = Q(pk__in=[])
    for path in paths:
        low, high = tree.bounds(path)
        inside |= Q(org__path__gte=low, org__path__lt=high)
    lasting = Q(end__isnull=True) | Q(end__gte=on)

    def has(where: Q) -> Q:
        mine = Q(person_id=OuterRef("pk"))
        return Q(Exists(Post.objects.filter(mine, where))) | Q(
            Exists(Grant.objects.filter(mine, where))
        )

    # Of somebody who has no rights any more the last ones count.
    now = has(lasting) & ~has(lasting & ~inside)
    once = ~has(lasting) & has(inside) & ~has(~inside)
    return now | once


def _instant(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here


def events(actor: Actor, asked: Asked, *, at: datetime, limit: int = 50) -> tuple[list[Seen], bool]:
    """The newest security events that are asked for, newest first, and whether there are more.
    Raises DeniedError."""
    limit = min(limit, MOST)
    mine = people(actor, timezone.localtime(at).date())
    wanted = security.Wanted(
        people=None if mine is None else mine.values("pk"),
        persons=_named(asked, mine),
        types=_types(asked.kind),
        since=_instant(asked.since) if asked.since else None,
        until=_instant(date.fromordinal(asked.until.toordinal() + 1)) if asked.until else None,
        before=asked.before,
    )
    found = security.entries(wanted, limit + 1)
    return _seen(found[:limit]), len(found) > limit


def _types(kind: str) -> tuple[str, ...] | None:
    if not kind:
        return None
    return tuple(one for one in kinds() if kind in (one, one.partition(".")[0]))


def _named(asked: Asked, mine: QuerySet[Person] | None) -> tuple[int, ...] | None:
    if asked.person is not None:
        return (asked.person,)
    if not asked.name:
        return None
    rows = Person.objects.all() if mine is None else mine
    return tuple(rows.filter(called(asked.name)).values_list("pk", flat=True)[:MOST])


def _number(ref: str) -> int:
    kind, _, number = ref.partition(":")
    return int(number) if kind == "person" and number.isdecimal() else 0


def _seen(found: list[tuple[SecurityEntry, Event]]) -> list[Seen]:
    refs = {ref for row, event in found for ref in (row.doer, event.actor)}
    wanted = {_number(ref) for ref in refs} | {row.about or 0 for row, _ in found}
    known = {row.pk: row for row in Person.objects.filter(pk__in=wanted)}

    def who(ref: str) -> Person | str:
        return known.get(_number(ref), ref)

    return [
        Seen(
            row.pk,
            row.type,
            row.at,
            known.get(row.about or 0),
            who(row.doer),
            who(event.actor) if event.actor != row.doer else None,
            _said(event),
        )
        for row, event in found
    ]


def _said(event: Event) -> dict[str, Any]:
    told = json.loads(event.data)
    put = told.get("set", {})
    said = {name: told[name] for name in SAID if told.get(name) not in (None, "", {})}
    said |= {name: put[name] for name in SET if put.get(name) not in (None, "", [])}
    place = said.pop("org_id", said.pop("org", None))
    if event.stream.startswith("person:"):
        # Whose account it is stands beside it.
        said.pop("name", None)
    row = orgs.org_if_any(place) if isinstance(place, int) else None
    return {**said, "org": row.name} if row else said
