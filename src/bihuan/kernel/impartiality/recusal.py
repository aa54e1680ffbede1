"""Keeping somebody with a stake away from a matter 回避: who may, and against whom.

Somebody who is kept away no longer sees what is done there; so nobody keeps away those who watch
over them (公务员法 §76-78: one recuses oneself, or is recused by the body above).
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.matters import access, barring, inputs, subjects
from bihuan.kernel.matters.models import Matter
from bihuan.lib.problems import NotAllowedError, ProblemError
from bihuan.spec.schema import Input

REASON = Input(type="longtext", required=True, max=5000)


@transaction.atomic
def recuse(pk: int, person_id: int, *, actor: Actor, at: datetime, reason: str) -> Matter:
    """Keeps a person away from a matter and what was opened under it, takes it off them, and tells
    them.

    One may recuse oneself. Another is recused by somebody who has a role of the programme above
    the unit, does not have the matter in hand and is not whom it is about; never one who oversees the unit too, nor who
    oversees a unit of what was opened under it.
    Raises LookupError, NotAllowedError, InputError, ProblemError for an unknown person.
    """
    if not actor.may_scope("matters:write"):
        raise NotAllowedError("matters.may_not_act")
    found = access.matter(actor, pk)
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise ProblemError("input.unknown_person")
    taken = inputs.take({"reason": REASON}, {"reason": reason})
    whole = barring.whole(found)
    if person_id != actor.person_id:
        if subjects.is_about(actor, access.parties(found)):
            raise NotAllowedError("matters.may_not_recuse")
        held = grants.actor(person, timezone.localtime(at).date()).held
        if actor.person_id == found.assignee_id or not access.oversees(actor.held, found):
            raise NotAllowedError("matters.may_not_recuse")
        if any(access.oversees(held, one) for one in whole):
            raise NotAllowedError("matters.oversees")
    # Those below follow from it: one notice is enough.
    telling = notify.told([person_id], "notice.recused") if person_id != actor.person_id else {}
    for one in whole:
        told = telling if one is found else {}
        barring.bar(
            one,
            "matter.recused",
            dict([barring.recused(person_id)]),
            {person_id},
            actor=actor,
            at=at,
            said={"person": person_id, **told},
            why={"reason": taken["reason"]},
        )
    notify.tell_told(found, telling, at=found.changed_at, number=found.number)
    return found
