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
from bihuan.kernel.people.keeping import (
    Sort,
    keeps,
    kept_by_matter,
    member,
    reads,
    sort_of,
)
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
class Free:
    """An exemption as somebody is shown it; the `note` is for whoever keeps the list."""

    pk: int
    reason: str
    note: str
    start: date
    end: date | None


@dataclass(frozen=True)
class Seen:
    """One membership as somebody is shown it, with what came before and the exemptions, the latest first.
    `keeps`: they keep the list there; `changes`: they may say something of this person now; `restates`:
    they may change the status by one act."""

    row: Membership
    sort: Sort
    history: list[Membership]
    exemptions: list[Free]
    lasts: bool
    keeps: bool
    changes: bool
    restates: bool


@dataclass(frozen=True)
class Listed:
    """A page of members: each with their exemption of the day, how many there are in all."""

    rows: list[tuple[Membership, Free | None]] = field(default_factory=list)
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
    shown = [(row, _shown(exempt.get((row.person_id, row.kind)), actor, row)) for row in page]
    return Listed(shown, rows.count())


def _shown(free: Exemption | None, actor: Actor, row: Membership) -> Free | None:
    """An exemption of a member, as far as it is the reader's business."""
    if free is None:
        return None
    sort = sort_of(row.kind)
    note = free.note if sort is not None and keeps(actor, sort, row.org.path) else ""
    return Free(free.pk, free.reason, note, free.start, free.end)


def seen(actor: Actor, pk: int, on: date) -> Seen:
    """One membership. Exemptions are shown while it lasts: whom somebody left has no business with what
    came since. Raises LookupError where the actor is not shown the list."""
    row = member(actor, pk)
    sort = sort_of(row.kind)
    if sort is None:
        raise LookupError(pk)
    lasts, kept = row.end is None or row.end >= on, keeps(actor, sort, row.org.path)
    history = [
        one
        for one in memberships.memberships_of(row.person_id)
        if one.kind == row.kind and reads(actor, sort, one.org.path)
    ]
    every = memberships.exemptions_for(row.person_id) if lasts else []
    shown = [_shown(one, actor, row) for one in every if one.kind == row.kind]
    changes = kept and lasts and row.person_id != actor.person_id
    return Seen(
        row,
        sort,
        history,
        [one for one in shown if one is not None],
        lasts,
        kept,
        changes,
        changes and row.status not in kept_by_matter(actor, sort, row.org.path),
    )
