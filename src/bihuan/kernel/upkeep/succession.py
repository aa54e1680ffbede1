"""One organisation goes into another: what moves with it, and open matters that must not stay behind.

The organisation stays as a closed one below its successor and points to it. So its past keeps its
name, whoever leads the successor sees it, and figures can be told by the tree as it was or as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import ConflictError, Happening, change
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import subjects
from bihuan.kernel.matters.models import Matter, Party
from bihuan.kernel.services import api as services
from bihuan.kernel.services.api import Offer, Service
from bihuan.kernel.upkeep.moves import follow_moves

_TRIES = 5
_SIDES = ("home", "unit")
_OFFERED = (
    "code",
    "name",
    "statutory",
    "promised",
    "clause",
    "immediate",
    "fee",
    "applicants",
    "place",
    "hours",
    "phone",
    "result",
)


@dataclass(frozen=True)
class Merger:
    """What goes along when an organisation goes into another: how many of each."""

    below: int
    posts: int
    grants: int
    services: int
    matters: int


def _open(org: Org) -> QuerySet[Matter]:
    roles = ("co_unit", *subjects.ROLES)
    along = Party.objects.filter(role__in=roles, org_id=org.pk).values("matter_id")
    held = Q(home_id=org.pk) | Q(unit_id=org.pk) | Q(pk__in=along)
    return Matter.objects.filter(held).exclude(phase="done")


def _own_services(org: Org, at: datetime) -> list[Service]:
    rows = services.offered(org.path, timezone.localtime(at).date())
    return [row for row in rows if row.org_id == org.pk]


@transaction.atomic
def move_org(pk: int, *, under: int, at: datetime, actor: Actor) -> tuple[int, int]:
    """Moves an organisation and all below it under another; its matters follow at once. Returns
    how many of each. Raises OrgError, DeniedError unless the actor administers both."""
    for one in (pk, under):
        officers.require(actor, officers.SYSTEM, orgs.org(one))
    moved = orgs.move_org(pk, under=under, at=at, actor=actor.ref)
    return len(moved), follow_moves(moved, at=at, actor=actor.ref)


def would_merge(pk: int, into: int, *, at: datetime, actor: Actor) -> Merger:
    """What `merge_orgs` would do. Raises as it does."""
    for one in (pk, into):
        officers.require(actor, officers.SYSTEM, orgs.org(one))
    source, _ = orgs.mergeable(pk, into)
    day = timezone.localtime(at).date()
    return Merger(
        below=len(orgs.children_of(source)),
        posts=len(orgs.posts_at(source.pk, day)),
        grants=len(grants.grants_at(source.pk, day)),
        services=len(_own_services(source, at)),
        matters=_open(source).count(),
    )


@transaction.atomic
def merge_orgs(pk: int, into: int, *, at: datetime, actor: Actor) -> Merger:
    """Puts an organisation into another from today on: what lies below it, its people, grants,
    services and open matters go along, each by an event; it is closed and names its successor.

    Posts, memberships and grants end the day before and begin anew there. Closed matters stay its own.
    Raises OrgError: into itself, into one below it, either of them closed; Org.DoesNotExist;
    DeniedError unless the actor administers both.
    """
    found = would_merge(pk, into, at=at, actor=actor)
    day = timezone.localtime(at).date()
    source, target = orgs.mergeable(pk, into)
    for row in _own_services(source, at):
        given = {name: getattr(row, name) for name in _OFFERED}
        services.end(row.pk, on=day, at=at, actor=actor)
        if not services.is_offered(target, row.code):
            offer = Offer(**given, materials=tuple(row.materials))
            services.offer(target, offer, start=day, at=at, actor=actor)
    for child in orgs.children_of(source):
        moved = orgs.move_org(child.pk, under=target.pk, at=at, actor=actor.ref)
        follow_moves(moved, at=at, actor=actor.ref)
    orgs.move_posts(source.pk, target.pk, on=day, at=at, actor=actor.ref)
    memberships.move_memberships(source.pk, target.pk, on=day, at=at, actor=actor.ref)
    grants.move_grants(source.pk, target.pk, on=day, at=at, actor=actor.ref)
    # Moving children may have changed both paths.
    source, target = orgs.org(pk), orgs.org(into)
    if orgs.parent_of(source) != target:
        moved = orgs.move_org(source.pk, under=target.pk, at=at, actor=actor.ref)
        follow_moves(moved, at=at, actor=actor.ref)
    closed = orgs.close_into(pk, into, at=at, actor=actor.ref)
    for one in list(_open(closed)):
        _hand_over(one.pk, closed, orgs.org(into), at=at, actor=actor.ref)
    return found


def follow_mergers(at: datetime) -> int:
    """Hands over what was given to an organisation in the same moment in which it was merged:
    neither of the two could see the other. Returns how many matters."""
    handed = 0
    for closed in orgs.merged_orgs():
        for one in list(_open(closed)):
            _hand_over(one.pk, closed, orgs.successor(closed), at=at, actor="system")
            handed += 1
    return handed


def _hand_over(pk: int, closed: Org, target: Org, *, at: datetime, actor: str) -> None:
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                _given(Matter.objects.get(pk=pk), closed, target, at=at, actor=actor)
        except ConflictError:
            # Somebody took a step meanwhile: it is handed over as it stands after that.
            continue
        return
    raise ConflictError(f"matter:{pk}")


def _given(found: Matter, closed: Org, target: Org, *, at: datetime, actor: str) -> None:
    when = max(at, found.changed_at)
    values: dict[str, Any] = {"changed_at": when}
    for side in _SIDES:
        if getattr(found, f"{side}_id") == closed.pk:
            values |= {f"{side}_id": target.pk, f"{side}_path": target.path}
    parts = dict(_parties(found, closed, target))
    if len(values) == 1 and not parts:
        return
    data = {"from": closed.pk, "to": target.pk}
    told = Happening("matter.succeeded", when, actor, set=values, parts=parts, data=data)
    change(found, told)


def _parties(
    found: Matter, closed: Org, target: Org
) -> Iterator[tuple[tuple[str, str], dict[str, Any] | None]]:
    for party in Party.objects.filter(matter_id=found.pk, role="co_unit", org_id=closed.pk):
        yield ("party", party.key), None
        columns = {"role": "co_unit", "person_id": None}
        there = {"org_id": target.pk, "org_path": target.path}
        yield ("party", f"co_unit-{target.pk}"), columns | there
    # What is about it goes on about its successor, which speaks for it from now on.
    for party in Party.objects.filter(
        matter_id=found.pk, role__in=subjects.ROLES, org_id=closed.pk
    ):
        yield ("party", party.key), {"org_id": target.pk, "org_path": target.path}
