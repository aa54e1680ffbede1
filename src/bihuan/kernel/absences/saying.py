"""Saying that somebody is away, with from, to and who stands in; ended by saying so.

Seed 002 item 1 (AB岗): what the absent person has and what they would get goes to the one who stands
in; it comes back when somebody says they are back. What there is to hand over, its rooms know (`work`).
"""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import ADMIN, SYSTEM, Actor
from bihuan.foundation.audit.api import Happening, change, create
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import Person, orgs_of_person, standing_person
from bihuan.kernel.absences import standing_in, work
from bihuan.kernel.absences.models import Absence
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import called, duties
from bihuan.lib.catalogue import row
from bihuan.lib.problems import NotAllowedError, ProblemError, RefusedError

LONGEST = timedelta(days=366)
NAMED = 10


def may_say(actor: Actor, person_id: int, on: date) -> bool:
    """Whether the actor may say that somebody is away or back: they themselves, or a leader or
    administrator over an organisation where they have a post."""
    if not actor.may_scope("matters:write"):
        return False
    if actor.ref == SYSTEM.ref or actor.person_id == person_id:
        return True
    paths = [org.path for org in orgs_of_person(person_id, on)]
    return any(actor.has(role, path) for role in {ADMIN, *duties.roles("lead")} for path in paths)


def _check_days(start: date, end: date, today: date) -> None:
    if end < start:
        raise ProblemError("orgs.ends_before_start")
    if end < today or end - today > LONGEST:
        raise ProblemError("away.bad_days")


def _check_rights(person_id: int, stand_in: Person, on: date) -> None:
    """The one who stands in holds every role by which the other works, where they work."""
    held = grants.actor(standing_person(person_id), on).held
    other = grants.actor(stand_in, on)
    missing = sorted({(r, p) for r, path, p in held if r != ADMIN and not other.has(r, path, p)})
    if missing:
        roles = row(called.role(*one, programmes.known()) for one in missing)
        raise RefusedError("away.no_right", name=stand_in.name, roles=roles)


def _check_free(person_id: int, stand_in_id: int, start: date, end: date) -> None:
    if standing_in.absence_of(person_id) is not None:
        raise RefusedError("away.already")
    for one in standing_in.absences():
        meets = one.start <= end and start <= one.end
        if one.person_id == stand_in_id and meets:
            raise RefusedError("away.stand_in_away", start=one.start, end=one.end)
        if one.stand_in_id == person_id and meets:
            raise RefusedError("away.stands_in", name=one.person.name, start=one.start, end=one.end)


def say_away(
    person_id: int, stand_in_id: int, start: date, end: date, *, actor: Actor, at: datetime
) -> Absence:
    """Somebody is away from a day to a day, both included, and another stands in. What they have
    goes over on the first day, at once if that is today.

    Raises NotAllowedError; ProblemError: days that cannot be; RefusedError: who stands in is the
    same person, inactive, away too, lacks a role, or is recused from an open matter.
    """
    today = timezone.localtime(at).date()
    if not may_say(actor, person_id, today):
        raise NotAllowedError("away.may_not")
    _check_days(start, end, today)
    stand_in = standing_person(stand_in_id)
    if stand_in_id == person_id or not stand_in.is_active or not stand_in.has_account:
        raise RefusedError("away.nobody")
    _check_free(person_id, stand_in_id, start, end)
    _check_rights(person_id, stand_in, max(start, today))
    barred = work.barred(person_id, stand_in_id, max(start, today))
    if barred:
        numbers = "、".join(barred[:NAMED])
        raise RefusedError("away.recused", name=stand_in.name, numbers=numbers)
    row = Absence(person_id=person_id, stand_in_id=stand_in_id, start=start, end=end)
    try:
        with transaction.atomic():
            telling = notify.told([stand_in_id], "notice.stands_in")
            create(row, Happening("absence.said", at, actor.ref, data=telling))
            notify.tell_told(
                row,
                telling,
                at=at,
                name=standing_person(person_id).name,
                start=start.isoformat(),
                end=end.isoformat(),
            )
    except IntegrityError:
        # Two said it for the same person at one instant: one absence at a time.
        raise RefusedError("away.already") from None
    if start <= today:
        work.hand_over(row, actor, at)
    return row


def hand_over_due(at: datetime) -> int:
    """Hands over for absences that have begun: on their first day, and what was left by a
    collision. May run twice."""
    on = timezone.localtime(at).date()
    rows = [one for one in standing_in.absences() if one.start <= on <= one.end]
    return sum(work.hand_over(row, SYSTEM, at) for row in rows)


def say_back(absence_id: int, *, actor: Actor, at: datetime) -> Absence:
    """They are back: what is still open with who stood in goes back to them; nothing else moves.

    Raises LookupError, NotAllowedError; the same again changes nothing.
    """
    row = Absence.objects.select_related("person", "stand_in").filter(pk=absence_id).first()
    on = timezone.localtime(at).date()
    if row is None:
        raise LookupError(absence_id)
    if not may_say(actor, row.person_id, on):
        raise NotAllowedError("away.may_not")
    work.hand_back(row, actor, at)
    if row.over is None:
        with transaction.atomic():
            change(row, Happening("absence.over", at, actor.ref, set={"over": on}))
    return row
