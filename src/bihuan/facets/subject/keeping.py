"""What a kind with a subject says of its own in the steps of its matters: whom each is about, and that it
is the only one of its period."""

from django.utils import timezone

from bihuan.facets.subject.block import SUBJECTS, SubjectSpec
from bihuan.facets.subject.models import Once
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import register as register_models
from bihuan.kernel.matters import access, barring, openers, prefilled, subjects
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, ProblemError, RefusedError
from bihuan.rules.periods import Grain, Period
from bihuan.spec.schema import SUBJECT, Kind

register_models(Once)
KEY = ("party", SUBJECT)


def within(step: Step) -> None:
    """Keeps whom a matter is about, when it is opened: as its subject where the kind names them. Where it
    does not, they have no part in it, and a person who did not open it themselves is kept away from it.

    Of a kind with `once` it takes the place of the period, leaves it in a state that does not count and
    takes it again on the way back. Raises InputError (opening) or RefusedError where another has it.
    """
    block = SUBJECTS.of(step.kind)
    if block is None:
        return
    if not step.matter.pk:
        _begin(step, block)
    elif block.once is not None:
        _keep_place(step, block)


def _begin(step: Step, block: SubjectSpec) -> None:
    pk = step.inputs.get(block.field)
    if pk is None:
        return
    role = subjects.role_of(step.kind)
    if block.is_ == "org":
        org = step.org(pk)
        step.parts[KEY] = {
            "role": role,
            "person_id": None,
            "org_id": org.pk,
            "org_path": org.path,
        }
    else:
        if block.oneself and not _may_name(step, pk):
            raise InputError({block.field: ("subject.oneself", {})})
        if block.another and pk == step.actor.person_id:
            raise InputError({block.field: ("subject.another", {})})
        step.parts[KEY] = barring.person(role, pk)
        if role != SUBJECT and step.actor.person_id != pk:
            where, held = barring.recused(pk)
            step.parts[where] = held
            if step.value("assignee_id") == pk:
                step.set["assignee_id"] = None
    if block.once is not None and step.kind.initial not in block.void:
        slot, period = _slot(step, block, pk)
        other = _taken(step, slot, block)
        if other is not None:
            raise InputError({block.field: other})
        step.parts[(Once.PART, SUBJECT)] = {"period": period, "slot": slot}


def _may_name(step: Step, pk: int) -> bool:
    """Whether whoever opens it may do so about somebody: about themselves, or by a role or as the house."""
    actor, home = step.actor, str(step.value("home_path"))
    if pk == actor.person_id or actor.person_id is None:
        return True
    return openers.opens_by_role(actor, step.kind, step.programme, home)


def _keep_place(step: Step, block: SubjectSpec) -> None:
    counted = step.matter.state not in block.void
    counts = step.value("state") not in block.void
    about = subjects.of(access.parties(step.matter))
    if counted == counts or about is None:
        return
    slot, period = _slot(step, block, about.org_id or about.person_id or 0)
    if counts and (other := _taken(step, slot, block)) is not None:
        raise RefusedError(other[0], **other[1])
    step.parts[(Once.PART, SUBJECT)] = {"period": period, "slot": slot if counts else None}


def _slot(step: Step, block: SubjectSpec, pk: int) -> tuple[str, str]:
    """What may stand once, and its period: that of the local day on which the matter was opened."""
    day = timezone.localtime(step.matter.opened_at).date()
    period = Period.of(Grain(str(block.once)), day).text
    return f"{step.programme.id}.{step.matter.kind}:{block.is_}-{pk}:{period}", period


def _taken(step: Step, slot: str, block: SubjectSpec) -> tuple[str, dict[str, str]] | None:
    """What is said of the matter that has the place, if another has it: its number only to those who may
    see it."""
    there = Once.objects.filter(slot=slot).exclude(matter_id=step.matter.pk or 0).first()
    if there is None:
        return None
    found = matters.of_streams([there.stream])[there.stream]
    if matters.sees(step.actor, found):
        return f"subject.once_{block.once}", {"number": found.number}
    return f"subject.once_{block.once}_unseen", {}


def collided(error: Exception) -> ProblemError | None:
    """Two took the same place at the same moment: the one tried again finds the other."""
    text = str(error)
    if "subject_once_slot" in text or f"{Once._meta.db_table}.slot" in text:
        return RefusedError("subject.once_now")
    return None


def _oneself(kind: Kind, who: Actor) -> dict[str, int]:
    """Whoever opens what members open about themselves need not type their own name."""
    block = SUBJECTS.of(kind)
    if block is None or not block.oneself or who.person_id is None:
        return {}
    return {block.field: who.person_id}


def register() -> None:
    """Makes the subject part of what matters say."""
    prefilled.register(_oneself)
    attach(Attached(within=within, collided=collided))
