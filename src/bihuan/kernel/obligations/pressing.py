"""What one press does that meets an obligation: a matter with nothing to fill in, such as a report that there
was nothing."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import openers
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.matters.opening import opened_before
from bihuan.kernel.matters.step import Step
from bihuan.kernel.obligations import board
from bihuan.kernel.obligations.declared import OBLIGATIONS
from bihuan.kernel.obligations.demands import Obligation
from bihuan.kernel.obligations.whom import OPEN
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.catalogue import DEFAULT
from bihuan.lib.problems import NotAllowedError, RefusedError
from bihuan.rules.owing import LACKING
from bihuan.rules.periods import Period
from bihuan.spec.schema import Kind, Programme


def may_press(actor: Actor, one: Obligation, place: Org, at: datetime) -> bool:
    """Whether somebody may open what one press opens, at a place where it is in force: of those who may open it whoever
    has the role right there, or belongs there. Who looks after a place from above does not know what it saw."""
    press = one.spec.press
    if press is None or actor.person_id is None:
        return False
    try:
        held = programmes.held(one.programme.id, place.path, timezone.localtime(at).date())
    except programmes.ProgrammeError:
        return False
    kind = held.programme.kinds.get(press.kind)
    if kind is None:
        return False
    return _of_place(actor, kind, held.programme, place.path)


def _of_place(actor: Actor, kind: Kind, programme: Programme, path: str) -> bool:
    by = openers.opens_as(actor, kind, programme, path)
    return by == openers.MEMBER or any(
        at == path and role in kind.opened_by and of in ("", programme.id)
        for role, at, of in (actor.held if by else ())
    )


def _written(step: Step) -> None:
    """What is pressed comes by no other door from whoever may not press it. Raises NotAllowedError."""
    if step.action != OPEN or step.matter.version != 1 or step.actor.person_id is None:
        return
    pressed = (one.press for one in OBLIGATIONS.of(step.programme).values())
    if not any(one is not None and one.kind == step.matter.kind for one in pressed):
        return
    if not _of_place(step.actor, step.kind, step.programme, step.matter.home_path):
        raise NotAllowedError("matters.may_not_open")


def press(
    one: Obligation, place: Org, *, actor: Actor, at: datetime, key: str | None = None
) -> Matter:
    """Opens at a place what one press opens. The same key twice opens it once.

    Raises NotAllowedError, RefusedError where nothing is lacking there, in the period that lasts and in the one
    before as long as it can be made up for; and what `open_matter` raises.
    """
    spec = one.spec.press
    if spec is None or not may_press(actor, one, place, at):
        raise NotAllowedError("matters.may_not_open")
    today = timezone.localtime(at).date()
    this = Period.of(one.spec.grain, today)
    called = one.programme.strings[DEFAULT].get(f"obligations.{one.name}", one.name)
    said = one.programme.strings[DEFAULT].get(f"pressed.{one.name}", called)
    opening = matters.Opening(
        one.programme.id,
        spec.kind,
        place,
        f"{called}：{said}",
        subject=f"{place.name} {called}",
        fields=dict(spec.fields),
        own=("subject", "body", *spec.fields),
    )
    # Whoever presses twice, or again after an answer that got lost, is given the first one.
    done = opened_before(opening, actor, key) if key is not None else None
    if done is not None:
        return done
    with transaction.atomic():
        # Two who press at once are asked one after the other.
        orgs.one_at_a_time(place.pk)
        if not _lacks(one, [this.before(), this], place, at):
            raise RefusedError("obligations.nothing_lacks", name=called)
        return matters.open_matter(opening, actor=actor, at=at, key=key).matter


def _lacks(one: Obligation, run: Sequence[Period], place: Org, at: datetime) -> bool:
    line = board.line_of(one, run, place, timezone.localtime(at).date())
    return line is not None and any(
        cell.state in LACKING and cell.asked.due >= timezone.localtime(at).date()
        for cell in line.cells
    )


def register() -> None:
    """Has every opening looked at."""
    attach(Attached(written=_written))
