"""Whom a matter is about, on its page and in its JSON; and on the page of a person or an organisation what
is about them, for those who see it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from bihuan.facets.subject.block import SUBJECTS
from bihuan.facets.subject.models import Once
from bihuan.foundation.access import api as access_grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Org, Person, standing_org, standing_person
from bihuan.kernel.matters import access, subjects
from bihuan.kernel.matters.api import Matter, Party
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.profiles import api as profiles
from bihuan.kernel.profiles import entries
from bihuan.kernel.programmes import api as programmes

LISTED = 50


def shown(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """Whom it is about: `sort` (person, org), id and name, whether that is the reader (`mine`), and of
    which `period` it is the only one. None of kinds without a subject."""
    del at
    block = SUBJECTS.of(programmes.spec_of(found.release_id).kinds[found.kind])
    held = access.parties(found)
    about = subjects.of(held)
    if block is None or about is None:
        return None
    name = (
        standing_org(about.org_id).name
        if about.org_id is not None
        else standing_person(about.person_id or 0).name
    )
    once = Once.objects.filter(stream=found.stream).first() if block.once is not None else None
    return {
        "sort": block.is_,
        "id": about.org_id or about.person_id,
        "name": name,
        "mine": subjects.is_about(who, held),
        "period": once.period if once is not None and once.slot is not None else "",
    }


def _about(theirs: Q, who: Actor) -> Mapping[str, Any] | None:
    """The matters about somebody that the reader sees, newest first; None where there are none."""
    if not who.may_scope("matters:read") or not _any():
        return None
    mine = Party.objects.filter(theirs, role__in=subjects.ROLES).values("matter_id")
    rows = Matter.objects.filter(access.visible(who), pk__in=mine).order_by("-pk")
    some = [_told(one) for one in rows[: LISTED + 1]]
    return {"matters": some[:LISTED], "more": len(some) > LISTED} if some else None


def _any() -> bool:
    """Whether any programme there is has such a kind: else nothing is looked up."""
    return any(True for one in programmes.known() for _ in SUBJECTS.kinds(one))


def _told(found: Matter) -> dict[str, Any]:
    return {
        "id": found.pk,
        "number": found.number,
        "subject": found.subject,
        "programme": found.programme,
        "kind": found.kind,
        "kind_label": _called(found, f"kinds.{found.kind}"),
        "state": found.state,
        "state_label": _called(found, f"states.{found.kind}.{found.state}"),
        "phase": found.phase,
        "opened_at": found.opened_at,
    }


def _called(found: Matter, key: str) -> dict[str, str]:
    """What its programme calls something, by locale."""
    strings = programmes.spec_of(found.release_id).strings
    return {locale: told.get(key, key) for locale, told in strings.items()}


def _of_person(found: Person, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    del at
    return _about(Q(person_id=found.pk), who)


def _of_org(found: Org, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    del at
    return _about(Q(org_id=found.pk), who)


def _entered(found: Person, at: datetime) -> Iterator[entries.Entry]:
    """Who opened what is about somebody: those only whose matters they see, and never a sender."""
    who = access_grants.actor(found, timezone.localtime(at).date())
    part = _of_person(found, who, at)
    rows = part["matters"] if part is not None else []
    opened = entries.happened((f"{Matter.STREAM}:{one['id']}" for one in rows), "matter.opened")
    for one in rows:
        event = opened.get(f"{Matter.STREAM}:{one['id']}")
        if event is not None:
            values = {"kind": one["kind_label"], "number": one["number"]}
            by = entries.entered_by(event)
            yield entries.Entry(event.at, "entries.about", by, values, matter=one["id"])


def register() -> None:
    """Puts the part on every matter that has a subject, and on the pages of people and organisations."""
    attach(Attached(name="subject", shown=shown))
    entries.register(_entered)
    profiles.register(profiles.Profile("about", of_person=_of_person, of_org=_of_org))
