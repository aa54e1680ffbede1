"""Honours on the page of a person or an organisation; on one's own with who nominated one, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from bihuan.facets.round import wall
from bihuan.facets.round.models import Award, Candidacy
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Org, Person, standing_person
from bihuan.kernel.matters import access, membership
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Party
from bihuan.kernel.profiles import api as profiles
from bihuan.spec.schema import OPENER

LISTED = 30


def _told(rows: QuerySet[Award], who: Actor, *, own: bool) -> Mapping[str, Any] | None:
    """The awards that a reader may know of: all of one's own, those whose nomination they see, and those
    that stand on the wall."""
    given = list(rows.order_by("-given", "-pk")[:LISTED])
    found = Matter.objects.in_bulk([row.matter_id for row in given])
    visible = Matter.objects.filter(access.visible(who), pk__in=found)
    seen = {*visible.values_list("pk", flat=True)} if given else set()
    shown = {
        *Candidacy.objects.filter(matter_id__in=found, shown=True).values_list(
            "matter_id", flat=True
        )
    }
    told = [
        _one(row, found[row.matter_id], who, seen=row.matter_id in seen, own=own)
        for row in given
        if own or row.matter_id in seen or (row.ended is None and row.matter_id in shown)
    ]
    return {"awards": told, "own": own} if told else None


def _one(row: Award, found: Matter, who: Actor, *, seen: bool, own: bool) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": found.pk if seen else None,
        "number": found.number if seen else "",
        "award": wall.label(row, found),
        "given": row.given,
        "ended": row.ended,
        "by": "",
        "why": "",
    }
    if own and seen:
        opener = Party.objects.filter(matter_id=found.pk, role=OPENER).first()
        if opener is not None and opener.person_id is not None:
            said["by"] = standing_person(opener.person_id).name
        said["why"] = str(matters.timeline(found, who)[0].private.get("body", ""))
    return said


def _of_person(found: Person, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    del at
    rows = Award.objects.filter(person_id=found.pk)
    return _told(rows, who, own=found.pk == who.person_id)


def _of_org(found: Org, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    del at
    rows = Award.objects.filter(org_id=found.pk)
    return _told(rows, who, own=found.path in membership.places(who))


def register() -> None:
    """Puts the part on the pages of people and organisations."""
    profiles.register(profiles.Profile("awards", of_person=_of_person, of_org=_of_org))
