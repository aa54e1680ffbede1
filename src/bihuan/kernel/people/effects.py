"""What a step of a matter changes about where somebody belongs: their status, their organisation."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import tree
from bihuan.foundation.orgs.models import Membership
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.kernel.people.declared import MEMBERSHIPS, MembershipName
from bihuan.lib.problems import RefusedError
from bihuan.rules.spans import DAY
from bihuan.spec.arguments import Args, FactName
from bihuan.spec.base import Name


class OfMember(Args):
    of: MembershipName
    person: FactName = Field(examples=["who"], description="a field of type person: whose")


class Change(OfMember):
    shown: ClassVar[tuple[str, ...]] = ("status",)
    status: Name | None = Field(
        None, examples=["full"], description="the status in which they belong from this day on"
    )
    to: FactName | None = Field(
        None, description="a field of type org: where they belong from this day on"
    )
    end: bool = Field(default=False, description="they belong no longer")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.end == (self.status is not None or self.to is not None):
            msg = "give a status, an organisation (to), or end"
            raise ValueError(msg)
        return self


class Belongs(OfMember):
    shown: ClassVar[tuple[str, ...]] = ("statuses",)
    statuses: tuple[Name, ...] = Field(
        (),
        examples=[["probationary"]],
        description="in one of these statuses (absent: those that count)",
    )


def _standing(step: Step, args: OfMember) -> Membership | None:
    """The membership that somebody has on the day of the step, at the matter's own organisation or
    below it: of others it says nothing."""
    full, on = f"{step.programme.id}.{args.of}", step.day()
    rows = [
        row
        for row in memberships.memberships_of(int(step.fact(args.person) or 0))
        if row.kind == full
        and row.start <= on
        and (row.end is None or row.end >= on)
        and tree.covers(step.matter.home_path, row.org.path)
    ]
    here = [row for row in rows if row.org_id == step.matter.home_id]
    return next(iter(here or rows), None)


def change(step: Step, args: Change) -> None:
    """From this day on somebody belongs in another status, at another organisation (as they did
    before, or in the status named), or no longer. Who belonged nowhere begins at the matter's own
    organisation, where nothing else is said.

    Refuses whoever acts for themselves, and who belongs nowhere there and has no status; raises OrgError
    where days meet.
    """
    if step.actor.person_id == int(step.fact(args.person) or 0):
        raise RefusedError("people.not_yourself")
    spec, found = MEMBERSHIPS.of(step.programme)[args.of], _standing(step, args)
    status = args.status or (found.status if found is not None else "")
    if not status or (args.end and found is None):
        raise RefusedError("people.belongs_nowhere")
    on, at, actor = step.day(), step.at, step.actor.ref
    if args.end and found is not None:
        memberships.end_membership(found.pk, end=on, at=at, actor=actor)
        return
    org_id = found.org_id if found is not None else step.matter.home_id
    if args.to is not None:
        org_id = int(step.fact(args.to) or org_id)
    if found is not None and (found.org_id, found.status) != (org_id, status):
        # The day before would be before it began.
        if found.start == on:
            raise RefusedError("people.changed_today")
        if found.org_id != org_id:
            memberships.end_membership(found.pk, end=on - DAY, at=at, actor=actor)
    memberships.begin_membership(
        int(step.fact(args.person) or 0),
        org_id,
        f"{step.programme.id}.{args.of}",
        status,
        start=on,
        since=found.since if found is not None else None,
        alone=spec.alone,
        counted=status in spec.members,
        at=at,
        actor=actor,
    )


def belongs(step: Step, args: Belongs) -> Refusal | None:
    """Somebody belongs on this day, in one of the statuses."""
    found = _standing(step, args)
    wanted = args.statuses or MEMBERSHIPS.of(step.programme)[args.of].members
    return None if found is not None and found.status in wanted else Refusal("guard.belongs", {})


def register() -> None:
    """Declares the verbs of this module."""
    verbs.effect("membership.change", Change, change)
    verbs.guard("membership.is", Belongs, belongs)
