"""The effects of rounds: opening one, moving its nominations, ranking them, giving out the places."""

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from bihuan.facets.roll import counting as rolled
from bihuan.facets.roll.models import Enrolled
from bihuan.facets.round import guards, moving, ranking, rounds
from bihuan.facets.round.arguments import IntInput, OfRound, OrderInput, TheirAction
from bihuan.facets.round.models import Ranked, RoundRun
from bihuan.facets.round.moving import Tally
from bihuan.facets.round.rounds import RUN
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, RefusedError
from bihuan.spec.arguments import NumberSetting, TextInput

MOST = 500


class Each(OfRound):
    action: TheirAction
    skip: bool = Field(
        default=False, description="leave out those that cannot, rather than move none of them"
    )


class Quota(OfRound):
    input: IntInput
    reason: TextInput


class Rank(OfRound):
    shown: ClassVar[tuple[str, ...]] = ("setting",)
    setting: NumberSetting | None = Field(
        None,
        examples=["least_percent"],
        description="the per cent of the votes that one needs at least",
    )


class BreakTie(OfRound):
    order: OrderInput
    reason: TextInput


def round_open(step: Step, args: OfRound) -> None:
    """Opens the round for the award that its field names: the quota is that of this day, and stays
    whatever becomes of the setting.

    Refuses a second time.
    """
    del args
    block = rounds.block_of(step.matter)
    award = str(step.fact(block.award))
    if rounds.run_of(step.matter) is not None:
        raise RefusedError("round.open_already")
    quota = int(step.setting(block.awards[award].quota).value)
    step.parts[(RoundRun.PART, RUN)] = {"award": award, "quota": quota, "since": step.at}


def round_quota(step: Step, args: Quota) -> None:
    """Changes how many there are of the award, with the reason; not once it was ranked, for then it would
    be known whom that helps."""
    run = rounds.running(step.matter)
    if rounds.ranked(step.matter):
        raise RefusedError("round.ranked_already")
    quota = int(step.inputs[args.input])
    if not 1 <= quota <= MOST:
        raise InputError({args.input: ("round.quota", {"most": MOST})})
    step.parts[(RoundRun.PART, RUN)] = {**run.values(), "quota": quota}


def round_each(step: Step, args: Each) -> None:
    """Has the house take an action on every nomination of the round in a state in which it can be taken:
    on all of them or on none, told which could not and why; with `skip` on those that can."""
    moving.each(step, args.action, skip=args.skip)


def round_rank(step: Step, args: Rank) -> None:
    """Counts the votes on every nomination whose vote is over, those of whoever has a stake left out, and
    writes down who was given how many, and on the roll who has voted. Those with fewer votes than a share of all who voted in the round
    are out."""
    least = int(step.setting(args.setting).value) if args.setting is not None else 0
    tallies = moving.tallies(step.matter, step.day())
    if not tallies:
        raise RefusedError("round.nobody")
    for tally in tallies:
        step.parts[(Ranked.PART, str(tally.pk))] = _row(tally, least)
    voted = guards.voters(step.matter)
    for key, row in rolled.rows(step.matter).items():
        if row.person_id in voted:
            step.parts[(Enrolled.PART, key)] = replace(row, state="done", at=step.at).columns()


def _row(tally: Tally, least: int) -> dict[str, object]:
    enough = tally.votes > 0 and tally.votes * 100 >= least * tally.voters
    return {
        "nomination_id": tally.pk,
        "votes": tally.votes,
        "voters": tally.voters,
        "turn": 0,
        "out": not enough,
    }


def round_break_tie(step: Step, args: BreakTie) -> None:
    """Writes down in which order those come who have as many votes, by what a rule decided: at the last
    place, or (when the places are given) among those who are next.

    Refuses others than just those between whom nothing decides.
    """
    level = moving.level(step.matter)
    if len(level) < 2:
        raise RefusedError("round.no_tie")
    order = [int(pk) for pk in step.inputs[args.order]]
    if {*order} != {*level}:
        numbers = "、".join(
            one.number for one in rounds.nominations(step.matter) if one.pk in level
        )
        raise InputError({args.order: ("round.tie_of", {"numbers": numbers})})
    rows = {row.nomination_id: row for row in Ranked.objects.filter(stream=step.matter.stream)}
    # Behind whoever was put in order among them before.
    first = max((row.turn for row in rows.values()), default=0)
    for turn, pk in enumerate(order, first + 1):
        step.parts[(Ranked.PART, str(pk))] = {**rows[pk].values(), "turn": turn}


def round_seat(step: Step, args: OfRound) -> None:
    """Gives the places to those with most votes and keeps the others ready, in their order.

    Refuses while nothing decides who of those at the last place has it.
    """
    del args
    run = rounds.running(step.matter)
    found = ranking.cut(rounds.ranked(step.matter), run.quota)
    if found.tied:
        raise RefusedError("round.tied", n=len(found.tied))
    there = {one.pk: one for one in rounds.nominations(step.matter)}
    for pk in found.seated:
        moving.seat(there[pk], step.at)
    for pk in found.reserve:
        moving.ready(there[pk], step.at)


def round_fill(step: Step, args: OfRound) -> None:
    """Moves up who comes next, while there are places free and nothing is left to be decided."""
    del args
    moving.fill(step.matter, step.at)


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect("round.open", OfRound, round_open)
    verbs.effect("round.quota", Quota, round_quota)
    verbs.effect("round.each", Each, round_each)
    verbs.effect("round.rank", Rank, round_rank)
    verbs.effect("round.break_tie", BreakTie, round_break_tie)
    verbs.effect("round.seat", OfRound, round_seat)
    verbs.effect("round.fill", OfRound, round_fill)
