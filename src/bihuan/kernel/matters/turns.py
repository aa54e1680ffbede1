"""Whose turn it is besides theirs who handle: what waits for whoever opened it, or for whom it is about."""

from functools import reduce
from operator import or_

from django.db.models import Q

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.kernel.matters import access, membership
from bihuan.kernel.matters.models import Matter, Party
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import OPENER, SUBJECT


@standing.kept
def _states() -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """(whose, programme, kind, states) in which the next step is the opener's, or the subject's."""
    found = []
    for one in programmes.known():
        for kind_id, kind in one.kinds.items():
            for name in (OPENER, SUBJECT):
                theirs = [
                    action
                    for action in kind.actions.values()
                    if name in action.by and action.tone == "primary"
                ]
                states = {state for action in theirs for state in kind.sources_of(action)}
                if states:
                    found.append((name, one.id, kind_id, tuple(sorted(states))))
    return tuple(found)


def _parts(actor: Actor, name: str, programme_id: str) -> Q:
    """The parts in matters of a programme that somebody has as one of the two."""
    mine = Q(role=name, person_id=actor.person_id)
    if name == SUBJECT:
        spec = next(one for one in programmes.known() if one.id == programme_id)
        mine |= Q(role=name, org_path__in=sorted(membership.voices(actor, spec)))
    return mine


def _has_part(actor: Actor, whose: set[tuple[str, str]]) -> bool:
    """Whether somebody is one of the two in any matter at all: most are in none."""
    held = Q(role__in={name for name, _ in whose}, person_id=actor.person_id)
    about = {programme for name, programme in whose if name == SUBJECT}
    voices = (membership.voices(actor, one) for one in programmes.known() if one.id in about)
    if spoken := {path for paths in voices for path in paths}:
        held |= Q(role=SUBJECT, org_path__in=sorted(spoken))
    return Party.objects.filter(held).exists()


def awaits_own(actor: Actor, limit: int = 20, *, sight: Q | None = None) -> list[Matter]:
    """What somebody opened with an account, or what is about them, and they have to confirm now, what is
    due first before. Nothing for strangers: a sender is asked by their query code. `sight` is
    `access.visible(actor)` of a caller who has it."""
    states = _states()
    if actor.person_id is None or not states:
        return []
    if not _has_part(actor, {(name, programme) for name, programme, _, _ in states}):
        return []
    turn = reduce(
        or_,
        (
            Q(
                programme=programme,
                kind=kind,
                state__in=some,
                pk__in=Party.objects.filter(_parts(actor, name, programme)).values("matter_id"),
            )
            for name, programme, kind, some in states
        ),
    )
    condition = access.visible(actor) if sight is None else sight
    rows = list(Matter.objects.filter(turn).filter(condition).order_by("due_at", "pk")[:limit])
    access.know_parties(rows)
    return [access.placed(row) for row in rows]
