"""Handing over while somebody is away: said with from, to and who stands in; ended by saying so.

Seed 002 item 1 (AB岗): whatever the programme, what the absent person has and what they would get
goes to the one who stands in, each with an event; it comes back when somebody says they are back.
"""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import ADMIN, SYSTEM, Actor
from bihuan.foundation.audit.api import ConflictError, Happening, change, create
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import Person, orgs_of_person, standing_person
from bihuan.kernel.matters import access, effects, standing_in
from bihuan.kernel.matters.models import Absence, Matter, Party
from bihuan.kernel.matters.problems import MatterError, NotAllowedError, RefusedError
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.spec.duties import doing

LONGEST = timedelta(days=366)
OPEN = ("open", "waiting")
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
        raise MatterError("orgs.ends_before_start")
    if end < today or end - today > LONGEST:
        raise MatterError("away.bad_days")


def _check_rights(person_id: int, stand_in: Person, on: date) -> None:
    """The one who stands in holds every role by which the other works, where they work."""
    held = grants.actor(standing_person(person_id), on).held
    other = grants.actor(stand_in, on)
    missing = sorted({r for r, path, p in held if r != ADMIN and not other.has(r, path, p)})
    if missing:
        raise RefusedError("away.no_right", name=stand_in.name, roles="、".join(missing))


def _check_free(person_id: int, stand_in_id: int, start: date, end: date) -> None:
    if standing_in.absence_of(person_id) is not None:
        raise RefusedError("away.already")
    for one in standing_in.absences():
        meets = one.start <= end and start <= one.end
        if one.person_id == stand_in_id and meets:
            raise RefusedError("away.stand_in_away", start=one.start, end=one.end)
        if one.stand_in_id == person_id and meets:
            raise RefusedError("away.stands_in", name=one.person.name, start=one.start, end=one.end)


def _open_of(person_id: int) -> list[Matter]:
    return list(Matter.objects.filter(assignee_id=person_id, phase__in=OPEN).order_by("pk"))


def _barred(found: list[Matter], person_id: int, on: date) -> list[Matter]:
    access.know_parties(found)
    return [one for one in found if person_id in access.kept_away(one, on)]


def say_away(
    person_id: int, stand_in_id: int, start: date, end: date, *, actor: Actor, at: datetime
) -> Absence:
    """Somebody is away from a day to a day, both included, and another stands in. What they have
    goes over on the first day, at once if that is today.

    Raises NotAllowedError; MatterError: days that cannot be; RefusedError: who stands in is the
    same person, inactive, away too, lacks a role, or is recused from an open matter.
    """
    today = timezone.localtime(at).date()
    if not may_say(actor, person_id, today):
        raise NotAllowedError("away.may_not")
    _check_days(start, end, today)
    stand_in = standing_person(stand_in_id)
    if stand_in_id == person_id or not stand_in.is_active:
        raise RefusedError("away.nobody")
    _check_free(person_id, stand_in_id, start, end)
    _check_rights(person_id, stand_in, max(start, today))
    barred = _barred(_open_of(person_id), stand_in_id, max(start, today))
    if barred:
        numbers = "、".join(m.number for m in barred[:NAMED])
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
        _hand_over(row, actor, at)
    return row


def _moved(found: Matter, event: str, to: int, *, row: Absence, actor: Actor, at: datetime) -> bool:
    """Gives one matter over, or back; False when somebody moved it this very moment."""
    at = max(at, found.changed_at)
    part = None if to == row.person_id else standing_in.party(row.person_id)
    try:
        with transaction.atomic():
            change(
                found,
                Happening(
                    event,
                    at,
                    actor.ref,
                    set={"assignee_id": to, "changed_at": at},
                    parts={standing_in.PART: part},
                    data={"absence": row.pk, "person": row.person_id, "stand_in": row.stand_in_id},
                ),
            )
    except ConflictError:
        return False
    return True


def _hand_over(row: Absence, actor: Actor, at: datetime) -> int:
    found = _open_of(row.person_id)
    stays = {m.pk for m in _barred(found, row.stand_in_id, timezone.localtime(at).date())}
    for m in found:
        if m.pk in stays:
            _tell_leaders(m, row, at)
    return sum(
        _moved(m, "matter.handed_over", row.stand_in_id, row=row, actor=actor, at=at)
        for m in found
        if m.pk not in stays
    )


def _tell_leaders(found: Matter, row: Absence, at: datetime) -> None:
    """Recused since it was said, who stands in may not have this one: it stays with the absent, so
    their leaders, who alone may give it to another, are told, each once."""
    programme = programmes.spec_of(found.release_id)
    step = Step(found, programme, programme.kinds[found.kind], SYSTEM, at, "away")
    notify.tell(
        effects.people_of(step, sorted(doing(programme, "lead"))),
        "notice.stays_behind",
        key=f"{row.stream}:stays:{found.pk}",
        at=at,
        ref=found.stream,
        number=found.number,
        name=row.person.name,
        stand_in=row.stand_in.name,
    )


def hand_over_due(at: datetime) -> int:
    """Hands over for absences that have begun: on their first day, and what was left by a
    collision. May run twice."""
    on = timezone.localtime(at).date()
    rows = [one for one in standing_in.absences() if one.start <= on <= one.end]
    return sum(_hand_over(row, SYSTEM, at) for row in rows)


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
    stood = Party.objects.filter(role=standing_in.ROLE, person_id=row.person_id)
    found = [
        m
        for m in _open_of(row.stand_in_id)
        if m.pk in set(stood.values_list("matter_id", flat=True))
    ]
    keeps = {m.pk for m in _barred(found, row.person_id, on)}
    for m in found:
        if m.pk not in keeps:
            _moved(m, "matter.handed_back", row.person_id, row=row, actor=actor, at=at)
    if row.over is None:
        with transaction.atomic():
            change(row, Happening("absence.over", at, actor.ref, set={"over": on}))
    return row
