"""The effects of nominations: looking at the conditions, keeping away who has a stake, the place that is
freed, the award that is given, shown and taken back."""

from typing import ClassVar

from pydantic import Field

from bihuan.facets.round import conditions as asked
from bihuan.facets.round import guards, keeping, moving, rounds
from bihuan.facets.round.arguments import OfNomination
from bihuan.facets.round.conditions import Whom
from bihuan.facets.round.models import Award, Conflict
from bihuan.facets.round.rounds import OF
from bihuan.foundation.access import api as grants
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import standing_org, standing_person
from bihuan.kernel.matters import access, barring, membership, verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import RefusedError
from bihuan.spec.duties import doing
from bihuan.spec.schema import OPENER


class Show(OfNomination):
    shown: ClassVar[tuple[str, ...]] = ("on",)
    on: bool = Field(default=True, description="false: the name is withheld")


def _whom(step: Step) -> tuple[str, Whom]:
    mine = rounds.candidacy(step.matter)
    if mine is None:
        raise RefusedError("round.no_round")
    return mine.award, Whom(mine.person_id, mine.org_id)


def look(step: Step, args: OfNomination) -> None:
    """Looks at every condition of the award again, and writes down which is met and from where that is
    known."""
    del args
    award, whom = _whom(step)
    keeping.write(step, rounds.round_of(step.matter), award, whom)


def bar(step: Step, args: OfNomination) -> None:
    """Looks who of the jury has a stake in the nomination: candidates of the round, who nominated, who is
    over whom it is about. None of them votes on it; but for who nominated they do not see it any more."""
    del args
    above = rounds.round_of(step.matter)
    held = access.parties(step.matter)
    openers = {one.person_id for one in held if one.role == OPENER}
    _, whom = _whom(step)
    running, places = guards.candidates(above), _places(step, whom)
    for person_id in sorted(guards.on_roll(above)):
        why = ""
        if person_id in running:
            why = "contender"
        elif person_id in openers:
            why = "nominated"
        elif _is_over(step, person_id, whom, places):
            why = "superior"
        if not why:
            continue
        step.parts[(Conflict.PART, str(person_id))] = {"person_id": person_id, "why": why}
        # Who nominated follows what becomes of it, and a candidate their own.
        if person_id not in openers and person_id != whom.person_id:
            where, columns = barring.recused(person_id)
            step.parts[where] = columns


@standing.kept
def _leading() -> frozenset[tuple[str, str]]:
    """(programme, role) of the roles that lead."""
    return frozenset((one.id, role) for one in programmes.known() for role in doing(one, "lead"))


def _places(step: Step, whom: Whom) -> frozenset[str]:
    """Where a candidate belongs, or the organisation that it is."""
    if whom.org_id is not None:
        return frozenset({standing_org(whom.org_id).path})
    return membership.places_of(standing_person(whom.person_id or 0), step.day())


def _is_over(step: Step, person_id: int, whom: Whom, places: frozenset[str]) -> bool:
    """Whether somebody leads where a candidate belongs; belongs to an organisation that is one."""
    who = grants.actor(standing_person(person_id), step.day())
    if whom.org_id is not None:
        return not places.isdisjoint(membership.places(who))
    return any(
        at in places and any(role == name and of in ("", owner) for owner, name in _leading())
        for role, at, of in who.held
    )


def free(step: Step, args: OfNomination) -> None:
    """The place of this nomination in its round is free: whoever comes next moves up."""
    del args
    moving.fill(rounds.round_of(step.matter), step.at, but=step.matter.pk)


def give(step: Step, args: OfNomination) -> None:
    """Gives the award, on this day.

    Refuses where the candidate has the same one of this period already.
    """
    del args
    award, whom = _whom(step)
    above = rounds.round_of(step.matter)
    slot = asked.slot(above, award, whom, step.day())
    if Award.objects.filter(slot=slot).exclude(matter_id=step.matter.pk).exists():
        raise RefusedError("round.awarded_already")
    step.parts[(Award.PART, OF)] = {
        "round_id": above.pk,
        "award": award,
        "person_id": whom.person_id,
        "org_id": whom.org_id,
        "given": step.day(),
        "ended": None,
        "slot": slot,
    }


def take_back(step: Step, args: OfNomination) -> None:
    """Revokes the award from this day: it leaves the wall, and the record says that it was revoked.

    Refuses where there is none, or it was revoked before.
    """
    del args
    there = Award.objects.filter(stream=step.matter.stream, key=OF).first()
    if there is None or there.ended is not None:
        raise RefusedError("round.no_award")
    step.parts[(Award.PART, OF)] = {**there.values(), "ended": step.day(), "slot": None}


def own_word(step: Step, args: Show) -> Refusal | None:
    """Whether a name is shown is said by whoever it is; by somebody else only for who has no account, or,
    that it is not shown, for who has one that is closed."""
    mine = rounds.candidacy(step.matter)
    if mine is None or mine.person_id is None or mine.person_id == step.actor.person_id:
        return None
    them = standing_person(mine.person_id)
    if not them.has_account or not (args.on or them.is_active):
        return None
    return Refusal("guard.award_own_word", {"name": them.name})


def show(step: Step, args: Show) -> None:
    """Says whether whom it is about wants their name on the wall; until they have said so it is withheld.

    Refuses whoever says so for somebody with an account.
    """
    if (why := own_word(step, args)) is not None:
        raise RefusedError(why.key, **why.values)
    keeping.put(step, shown=args.on)


def register() -> None:
    """Declares the guard and the effects of this module."""
    verbs.guard("award.own_word", Show, own_word)
    verbs.effect("nomination.look", OfNomination, look)
    verbs.effect("nomination.bar", OfNomination, bar)
    verbs.effect("nomination.free", OfNomination, free)
    verbs.effect("award.give", OfNomination, give)
    verbs.effect("award.take_back", OfNomination, take_back)
    verbs.effect("award.show", Show, show)
