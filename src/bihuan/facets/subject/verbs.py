"""Guards over whom a matter is about."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db.models import Q
from django.utils import timezone
from pydantic import Field, model_validator

from bihuan.facets.subject.block import CLEAR, KindNamed, owner_of
from bihuan.foundation.orgs.api import standing_person, tree
from bihuan.kernel.matters import access, membership, subjects, verbs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Party
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.spec.arguments import Args, NumberSetting
from bihuan.spec.base import Name

_SHOWN = 5


class OfSubject(Args):
    """Arguments of a verb that only a kind with a subject can use."""

    facet: ClassVar[str] = "subject"


class Clear(OfSubject):
    shown: ClassVar[tuple[str, ...]] = ("ended", "days")
    kinds: tuple[KindNamed, ...] = Field(
        min_length=1,
        examples=[["order_to_act"]],
        description="kinds with such a subject, of this programme or as `programme.kind`",
    )
    ended: tuple[Name, ...] = Field(
        (), examples=[["broken"]], description="states in which none of them may have ended either"
    )
    days: int | None = Field(
        None, ge=1, examples=[365], description="… within so many days; absent: ever"
    )
    setting: NumberSetting | None = Field(None, description="the same as a setting of type int")

    @model_validator(mode="after")
    def _one(self) -> Self:
        within = [one for one in (self.days, self.setting) if one is not None]
        if len(within) > 1 or (within and not self.ended):
            msg = "days or a setting, not both, say how far back states in `ended` count"
            raise ValueError(msg)
        return self


def clear(step: Step, args: Clear) -> Refusal | None:
    """Nothing of these kinds is open about the same person or organisation, nor has ended in one of these
    states within so many days."""
    about = subjects.of(access.parties(step.matter))
    if about is None:
        return None
    of_kinds = Q(pk__in=[])
    for named in args.kinds:
        programme, kind = owner_of(step.programme.id, named)
        of_kinds |= Q(programme=programme, kind=kind)
    stands = ~Q(phase="done")
    if args.ended:
        stands |= Q(state__in=args.ended) & _since(step, args)
    same = Party.objects.filter(
        role__in=subjects.ROLES, person_id=about.person_id, org_id=about.org_id
    )
    rows = Matter.objects.filter(of_kinds, stands, pk__in=same.values("matter_id"))
    there = list(rows.exclude(pk=step.matter.pk).order_by("-pk")[:100])
    if not there:
        return None
    seen = [one.number for one in there if matters.sees(step.actor, one)][:_SHOWN]
    if not seen:
        return Refusal("guard.subject_clear_unseen", {})
    return Refusal("guard.subject_clear", {"numbers": "、".join(seen)})


def _since(step: Step, args: Clear) -> Q:
    days = int(step.setting(args.setting).value) if args.setting is not None else args.days
    return Q() if days is None else Q(closed_at__gte=step.at - timedelta(days=days))


def not_subject(step: Step, args: OfSubject) -> Refusal | None:
    """Somebody else than whom the matter is about, though they opened it."""
    del args
    about = subjects.is_about(step.actor, access.parties(step.matter))
    return Refusal("guard.actor_not_subject", {}) if about else None


def not_below_subject(step: Step, args: OfSubject) -> Refusal | None:
    """Nobody who belongs only to organisations below those of whom the matter is about: no subordinate
    decides on their superior."""
    del args
    about = subjects.of(access.parties(step.matter))
    mine = membership.places(step.actor)
    if about is None or not mine:
        return None
    over = {about.org_path}
    if about.person_id is not None:
        person = standing_person(about.person_id)
        over = {*membership.places_of(person, timezone.localtime(step.at).date())}
    below = all(any(at != path and tree.covers(path, at) for path in over) for at in mine)
    return Refusal("guard.actor_not_below_subject", {}) if below else None


def without_account(step: Step, args: OfSubject) -> Refusal | None:
    """Whom the matter is about has no account: who has one says it themselves."""
    del args
    about = subjects.of(access.parties(step.matter))
    if about is None or about.person_id is None or not standing_person(about.person_id).has_account:
        return None
    return Refusal("guard.subject_has_account", {})


def register() -> None:
    """Declares the verbs of this module."""
    verbs.guard(CLEAR, Clear, clear)
    verbs.guard("actor.not_subject", OfSubject, not_subject)
    verbs.guard("subject.without_account", OfSubject, without_account)
    verbs.guard("actor.not_below_subject", OfSubject, not_below_subject)
