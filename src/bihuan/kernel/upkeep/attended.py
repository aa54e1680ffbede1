"""Every open matter is seen by somebody who can act on it; a desk without a clerk tells its leader."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access import officers
from bihuan.foundation.audit.api import Finding
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import access
from bihuan.kernel.matters.models import Matter, Party
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.spec import sight
from bihuan.spec.schema import OPENER, Kind

PAGE = 1000


def unattended(at: datetime) -> Iterator[Finding]:
    """Open matters that are invisible to all who could act on them, over all matters there are."""
    on = timezone.localtime(at).date()
    after = 0
    while page := list(
        Matter.objects.filter(pk__gt=after).exclude(phase="done").order_by("pk")[:PAGE]
    ):
        after = page[-1].pk
        access.know_parties(page)
        for one in page:
            if not _attended(one, on):
                yield Finding(one.stream, f"nobody who could act on {one.number} sees it on {on}")


def _attended(found: Matter, on: date) -> bool:
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    names, seeing = _acting(kind, found.state), sight.roles(programme, kind)
    away = access.kept_away(found, on)
    has_it = found.assignee_id
    if has_it is not None and has_it not in away and standing_person(has_it).is_active:
        return True
    if OPENER in names and any(_there(p, away) for p in access.parties(found) if p.role == OPENER):
        return True
    along = [p.org_path for p in access.parties(found) if p.role == "co_unit"]
    for role in programme.manifest.roles:
        if role.id not in names & seeing:
            continue
        paths = [found.home_path] if role.at != "unit" else []
        paths += [found.unit_path, *along] if role.at != "home" else []
        for path in paths:
            if grants.all_holders(role.id, path, on, programme.id) - away:
                return True
    return False


def _there(opener: Party, away: set[int]) -> bool:
    """Whether who opened a matter is here and not kept from it."""
    pk = opener.person_id
    return pk is not None and pk not in away and standing_person(pk).is_active


def _acting(kind: Kind, state: str) -> set[str]:
    """Who may act in a state; where only the sender and the clock do, whoever has a part at all."""
    here = {
        name
        for action in kind.actions.values()
        if state in kind.sources_of(action)
        for name in action.by
    } - {"sender", "system"}
    return here or {name for action in kind.actions.values() for name in action.by}


def tell_unattended(at: datetime) -> int:
    """Tells of open matters that bars keep from all who could act: those who give grants there, to
    appoint somebody; once a day for each matter. Returns how many there are.

    A sender may name everybody; the names stand until somebody above says otherwise.
    """
    on = timezone.localtime(at).date()
    barred = Party.objects.filter(role__in=access.BARRED).values("matter_id")
    rows = list(Matter.objects.filter(pk__in=barred).exclude(phase="done").order_by("pk"))
    access.know_parties(rows)
    hidden = [one for one in rows if not _attended(one, on)]
    giving = officers.role_for(officers.SECURITY)
    for one in hidden:
        notify.tell(
            sorted(grants.all_holders(giving, one.home_path, on)),
            "notice.unattended",
            key=f"{one.stream}:unattended:{on}",
            at=at,
            number=one.number,
        )
    return len(hidden)


def tell_deserted(at: datetime) -> int:
    """Tells the leaders of every organisation that had a desk and has none now, once for each time
    it was lost. Its open matters are seen by whoever has the role above it. Returns how many."""
    on = timezone.localtime(at).date()
    found = duties.lost(on, "receive")
    for org, last in found:
        leaders = duties.holders("", org.path, on, "lead")
        notify.tell(
            leaders,
            "notice.desk_deserted",
            key=f"{org.stream}:deserted:{last or 'gone'}",
            at=at,
            name=org.name,
        )
    return len(found)
