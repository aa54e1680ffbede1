"""Matters go to who stands in while somebody is away, and come back."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import ConflictError, Happening, change
from bihuan.foundation.notify import api as notify
from bihuan.kernel.absences import api as absences
from bihuan.kernel.absences import standing_in
from bihuan.kernel.matters import access, effects
from bihuan.kernel.matters.models import Matter, Party
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes

OPEN = ("open", "waiting")


def _open_of(person_id: int) -> list[Matter]:
    return list(Matter.objects.filter(assignee_id=person_id, phase__in=OPEN).order_by("pk"))


def _barred(found: list[Matter], person_id: int, on: date) -> list[Matter]:
    access.know_parties(found)
    return [one for one in found if person_id in access.kept_away(one, on)]


def _barred_numbers(person_id: int, stand_in_id: int, on: date) -> list[str]:
    return [one.number for one in _barred(_open_of(person_id), stand_in_id, on)]


def _moved(
    found: Matter, event: str, to: int, *, row: absences.Absence, actor: Actor, at: datetime
) -> bool:
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


def _hand_over(row: absences.Absence, actor: Actor, at: datetime) -> int:
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


def _tell_leaders(found: Matter, row: absences.Absence, at: datetime) -> None:
    """Recused since it was said, who stands in may not have this one: it stays with the absent, so
    their leaders, who alone may give it to another, are told, each once."""
    programme = programmes.spec_of(found.release_id)
    step = Step(found, programme, programme.kinds[found.kind], SYSTEM, at, "away")
    notify.tell(
        effects.leading(step),
        "notice.stays_behind",
        key=f"{row.stream}:stays:{found.pk}",
        at=at,
        ref=found.stream,
        number=found.number,
        name=row.person.name,
        stand_in=row.stand_in.name,
    )


def _hand_back(row: absences.Absence, actor: Actor, at: datetime) -> None:
    on = timezone.localtime(at).date()
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


def register() -> None:
    """Declares matters as something that people have in hand."""
    absences.register_work(absences.Work(_barred_numbers, _hand_over, _hand_back))
