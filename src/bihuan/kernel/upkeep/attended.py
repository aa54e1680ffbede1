"""Every open matter is seen by somebody who can act on it; a desk without a clerk tells its leader.

Where a state waits for whoever opened the matter, they are somebody: its sender, anonymous or not, by
the code, or its opener. Where staff must act too, that a sender may withdraw does not excuse them."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access import officers
from bihuan.foundation.access.api import SENDER
from bihuan.foundation.audit.api import Finding, history, vault
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import standing_org, standing_person
from bihuan.kernel.matters import access, left_behind, subjects, taking_part
from bihuan.kernel.matters.models import Matter, Party
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.rules.periods import Grain, Period
from bihuan.spec import sight
from bihuan.spec.schema import MEMBER, OPENER, SUBJECT, Kind

PAGE = 1000
_OUTSIDE = {"sender", OPENER, SUBJECT, "system"}


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
    here, seeing = _acting(kind, found.state), sight.roles(programme, kind)
    away = access.kept_away(found, on)
    takes_part = programme.means_members(here)
    names = here - _OUTSIDE - ({MEMBER} if takes_part else set())
    if not names:
        if ("sender" in here and _has_sender(found)) or (OPENER in here and _opener(found, away)):
            return True
        if SUBJECT in here and _subject(found, away, on):
            return True
        if takes_part and taking_part.anybody(found, away, on):
            return True
        # Only the clock does, or nobody: whoever has a part at all.
        names = {name for action in kind.actions.values() for name in action.by}
    has_it = found.assignee_id
    if has_it is not None and has_it not in away and standing_person(has_it).is_active:
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


def _acting(kind: Kind, state: str) -> set[str]:
    """Who may act in a state."""
    return {
        name
        for action in kind.actions.values()
        if state in kind.sources_of(action)
        for name in action.by
    }


def _has_sender(found: Matter) -> bool:
    """Whether somebody outside holds the code: who sent it, or for whom it was written down."""
    return (
        found.anonymous
        or next(iter(history(found.stream))).actor == SENDER.ref
        or vault.has(found.stream)
    )


def _opener(found: Matter, away: set[int]) -> bool:
    """Whether who opened it with an account is still there."""
    people = [p.person_id for p in access.parties(found) if p.role == OPENER]
    return any(
        one is not None and one not in away and standing_person(one).is_active for one in people
    )


def _subject(found: Matter, away: set[int], on: date) -> bool:
    """Whether whom it is about, or somebody who speaks for it, is still there."""
    spec = programmes.spec_of(found.release_id)
    people = {*subjects.heard(access.parties(found), spec, on)}
    return any(standing_person(one).is_active for one in people - away)


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


def tell_left_behind(at: datetime) -> int:
    """Tells the leaders of a unit how many open matters are still in the hands of somebody who has left,
    to give them to others: once a week for each, as long as there are any. Returns how many hands."""
    on = timezone.localtime(at).date()
    week = Period.of(Grain.WEEK, on).text
    found = left_behind.hands(on)
    for who, unit, programme, many in found:
        person, place = standing_person(who), standing_org(unit)
        notify.tell(
            [pk for pk in duties.holders(programme, place.path, on, "lead") if pk != who],
            "notice.left_behind",
            key=f"{person.stream}:left:{unit}:{programme}:{week}",
            at=at,
            ref=f"left:{unit}",
            person=person.name,
            name=place.name,
            count=many,
        )
    return len(found)
