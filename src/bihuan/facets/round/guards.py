"""What must hold of rounds and nominations before an action."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from bihuan.facets.roll import counting as rolled
from bihuan.facets.round import conditions, moving, nominating, ranking, rounds
from bihuan.facets.round.arguments import OfNomination, OfRound
from bihuan.facets.round.conditions import Whom
from bihuan.facets.round.models import Candidacy, Conflict
from bihuan.facets.stances import counting
from bihuan.kernel.matters import access, subjects, verbs
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.lib.problems import RefusedError
from bihuan.spec.arguments import Nothing, NumberSetting
from bihuan.spec.base import Name
from bihuan.spec.schema import OPENER


class NoneIn(OfRound):
    shown: ClassVar[tuple[str, ...]] = ("states",)
    states: tuple[Name, ...] = Field(
        min_length=1, examples=[["in_the_running"]], description="states of the nominations"
    )


class Quorum(OfRound):
    shown: ClassVar[tuple[str, ...]] = ("percent",)
    percent: int | None = Field(
        None, ge=1, le=100, examples=[67], description="of those on the roll; or `setting`"
    )
    setting: NumberSetting | None = Field(None, description="a setting of type int; or the number")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.percent is None) == (self.setting is None):
            msg = "give percent or a setting, and not both"
            raise ValueError(msg)
        return self


class Eligible(OfNomination):
    holds: bool = Field(default=True, description="false: asks that some condition is not met")


def none_in(step: Step, args: NoneIn) -> Refusal | None:
    """No nomination of the round stands in one of these states."""
    there = moving.in_states(step.matter, args.states)
    return Refusal("guard.round_still", moving.numbers(there)) if there else None


def some(step: Step, args: OfRound) -> Refusal | None:
    """There is a nomination that was not withdrawn or refused."""
    del args
    going = [one for one in rounds.nominations(step.matter) if one.phase != "done"]
    return None if going else Refusal("guard.round_nobody", {})


def quorum(step: Step, args: Quorum) -> Refusal | None:
    """So many per cent of those on the round's roll have voted on some nomination; whoever is a candidate
    there counts neither among those who should nor among those who did."""
    setting = args.percent
    wanted = setting if setting is not None else int(step.setting(str(args.setting)).value)
    jury = on_roll(step.matter) - candidates(step.matter)
    if not jury:
        return Refusal("guard.round_no_jury", {})
    voted = jury & voters(step.matter)
    if len(voted) * 100 >= wanted * len(jury):
        return None
    told = {"there": len(voted), "among": len(jury), "needed": wanted}
    return Refusal("guard.round_quorum", told)


def on_roll(found: Matter) -> set[int]:
    """The jury of a round: whoever is on its roll and was not excused."""
    rows = rolled.rows(found).values()
    return {one.person_id for one in rows if one.person_id and one.state in ("should", "done")}


def candidates(found: Matter) -> set[int]:
    """The people nominated in a round whose nomination still runs, or who have a place: whoever was
    refused or left out has no stake in who is chosen."""
    running = [
        one.pk
        for one in rounds.nominations(found)
        if one.phase != "done" or one.state in rounds.nominating(one).seated
    ]
    rows = Candidacy.objects.filter(matter_id__in=running, slot__isnull=False)
    return {pk for pk in rows.values_list("person_id", flat=True) if pk is not None}


def voters(found: Matter) -> set[int]:
    """Whoever has voted on some nomination of a round."""
    rows = rounds.nominations(found)
    return {said.person_id for one in rows for said in counting.stands(one).values()}


def untied(step: Step, args: OfRound) -> Refusal | None:
    """Nothing is left to be decided between those at the last place."""
    del args
    found = ranking.cut(rounds.ranked(step.matter), rounds.running(step.matter).quota)
    if not found.tied:
        return None
    there = [one for one in rounds.nominations(step.matter) if one.pk in found.tied]
    return Refusal("guard.round_tied", moving.numbers(there))


def eligible(step: Step, args: Eligible) -> Refusal | None:
    """Every condition of the award is met at this moment, read from what the house has; with `holds`
    false: one is not."""
    mine = rounds.candidacy(step.matter)
    if mine is None:
        return Refusal("round.no_round", {})
    whom = Whom(mine.person_id, mine.org_id)
    above = rounds.round_of(step.matter)
    looked = conditions.look(above, mine.award, whom, on=step.day(), at=step.at)
    bad = [one for one in looked if not one.is_met and not _own(step, one)]
    if args.holds == (not bad):
        return None
    if not args.holds:
        return Refusal("guard.nomination_eligible", {})
    return Refusal("guard.nomination_not_eligible", {"n": len(bad)})


def _own(step: Step, one: conditions.Looked) -> bool:
    """Whether all that is in the way is this nomination itself: its own award."""
    return bool(one.seen) and all(seen == ["matter", step.matter.pk] for seen in one.seen)


def taken(step: Step, args: OfNomination) -> Refusal | None:
    """Its round takes nominations now."""
    del args
    above = rounds.round_of(step.matter)
    if nominating.takes(above):
        return None
    return Refusal("round.closed", {"number": above.number})


def voter(step: Step, args: OfNomination) -> Refusal | None:
    """Whoever acts is on the jury of the round and has no stake in the nomination."""
    del args
    try:
        above = rounds.round_of(step.matter)
    except RefusedError:
        return Refusal("round.no_round", {})
    me = step.actor.person_id
    if me is None or me not in on_roll(above):
        return Refusal("guard.round_not_jury", {})
    why = Conflict.objects.filter(stream=step.matter.stream, person_id=me).values_list(
        "why", flat=True
    )
    if (reason := why.first()) is not None:
        return Refusal(f"guard.round_stake_{reason}", {})
    if me in candidates(above):
        return Refusal("guard.round_stake_contender", {})
    return None


def apart(step: Step, args: Nothing) -> Refusal | None:
    """Whoever acts neither nominated nor votes on the nomination that this matter is, or hangs under, and
    is not whom it is about."""
    del args
    found: Matter | None = step.matter
    while found is not None and rounds.candidacy(found) is None:
        found = found.parent
    if found is None or step.actor.person_id is None:
        return None
    me, held = step.actor.person_id, access.parties(found)
    nominated = any(one.role == OPENER and one.person_id == me for one in held)
    if nominated or subjects.is_about(step.actor, held) or me in on_roll(rounds.round_of(found)):
        return Refusal("guard.nomination_apart", {})
    return None


def register() -> None:
    """Declares the guards of this module."""
    verbs.guard("round.none_in", NoneIn, none_in)
    verbs.guard("round.some", OfRound, some)
    verbs.guard("round.quorum", Quorum, quorum)
    verbs.guard("round.untied", OfRound, untied)
    verbs.guard("nomination.eligible", Eligible, eligible)
    verbs.guard("nomination.taken", OfNomination, taken)
    verbs.guard("nomination.voter", OfNomination, voter)
    verbs.guard("nomination.apart", Nothing, apart)
