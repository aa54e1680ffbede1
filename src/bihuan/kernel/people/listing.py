"""The list of members that somebody is shown: of the organisations over which they keep or read it."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import tree
from bihuan.foundation.orgs.models import Exemption, Membership
from bihuan.kernel.people.declared import MEMBERSHIPS
from bihuan.kernel.people.keeping import Sort
from bihuan.kernel.programmes import api as programmes

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What is looked for: `full` names a membership ('' any), `org` a path ('' all that one may
    see), `text` part of a name or a number."""

    full: str = ""
    status: str = ""
    org: str = ""
    text: str = ""
    exempt: bool = False


@dataclass(frozen=True)
class Listed:
    """A page of members: each with their exemption of the day, how many there are in all."""

    rows: list[tuple[Membership, Exemption | None]] = field(default_factory=list)
    count: int = 0


def roots(actor: Actor) -> dict[str, tuple[Sort, tuple[str, ...]]]:
    """The memberships whose lists somebody is shown, with the roots of where: by their full name."""
    if not actor.may_scope("matters:read"):
        return {}
    found = {}
    for programme in programmes.known():
        for name, spec in MEMBERSHIPS.of(programme).items():
            sort = Sort(programme, name, spec)
            held = {
                at
                for role in (*spec.kept_by, *spec.read_by)
                for at in actor.paths(role, programme.id)
            }
            paths = tuple(sorted(held | {*officers.places(actor, officers.SYSTEM)}))
            if paths:
                found[sort.full] = (sort, paths)
    return found


@standing.kept
def anywhere(actor: Actor) -> bool:
    """Whether somebody is shown any list of members, or belongs somewhere: what a menu asks on every
    page. Standing data."""
    return bool(actor.belongs or roots(actor))


def listed(actor: Actor, wanted: Wanted, on: date, *, skip: int = 0, most: int = PAGE) -> Listed:
    """Members on a day, by organisation and name, `most` of them from the one after `skip`."""
    q = Q(pk__in=[])
    for full, (_, paths) in roots(actor).items():
        if wanted.full in ("", full):
            inside = Q(pk__in=[])
            for path in paths:
                low, high = tree.bounds(path)
                inside |= Q(org__path__gte=low, org__path__lt=high)
            q |= Q(kind=full) & inside
    rows = memberships.memberships_within(wanted.org, on).filter(q)
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if wanted.text:
        rows = rows.filter(person__name__icontains=wanted.text)
    if wanted.exempt:
        free = Exemption.objects.filter(
            Q(end__isnull=True) | Q(end__gte=on),
            start__lte=on,
            person_id=OuterRef("person_id"),
            kind=OuterRef("kind"),
        )
        rows = rows.filter(Exists(free))
    page = list(rows[skip : skip + most])
    exempt = memberships.exemptions_of(
        {row.person_id for row in page}, {row.kind for row in page}, on
    )
    return Listed([(row, exempt.get((row.person_id, row.kind))) for row in page], rows.count())
