"""What a round does to its nominations: steps taken by the house, the count of their votes, places that are
given and filled again."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from bihuan.facets.round import ranking, rounds
from bihuan.facets.round.models import Conflict
from bihuan.facets.stances import counting
from bihuan.foundation.access.api import SYSTEM
from bihuan.kernel.matters import acting
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import GoneError, ProblemError, RefusedError
from bihuan.web import words

_NAMED = 20


@dataclass(frozen=True)
class Tally:
    """How many of how many voters a nomination was given."""

    pk: int
    votes: int
    voters: int


def each(step: Step, action: str, *, skip: bool) -> None:
    """Takes an action as the house on every nomination that stands where it can be taken; on all of them
    or on none, unless those that cannot are skipped. Raises RefusedError with which could not and why."""
    missed: list[str] = []
    with transaction.atomic():
        for one in rounds.nominations(step.matter):
            kind = rounds.kind_of(one)
            declared = kind.actions.get(action)
            if declared is None or one.state not in kind.sources_of(declared):
                continue
            try:
                with transaction.atomic():
                    acting.perform(one, action, actor=SYSTEM, at=step.at, data={})
            except GoneError:
                raise
            except ProblemError as error:
                why = words.text(f"error.{error.key}", **error.values).partition("\n")[0]
                missed.append(f"{one.number}：{why}")
    if missed and not skip:
        raise RefusedError("round.missed", n=len(missed), told="；".join(missed[:_NAMED]))


def tallies(found: Matter, on: date) -> list[Tally]:
    """The votes on every nomination of a round whose vote is over. Who was kept away from one, or has a
    stake in it, is not counted there; all who voted on any are the voters of each."""
    rows = rounds.nominations(found)
    kept: dict[int, set[int]] = {}
    for pk, person in Conflict.objects.filter(matter_id__in=[one.pk for one in rows]).values_list(
        "matter_id", "person_id"
    ):
        kept.setdefault(pk, set()).add(person)
    said = {}
    for one in rows:
        if one.state == rounds.nominating(one).counted:
            stands = counting.counting(counting.stands(one).values(), one, on)
            said[one] = [each for each in stands if each.person_id not in kept.get(one.pk, ())]
    voters = {each.person_id for stands in said.values() for each in stands}
    return [
        Tally(
            one.pk,
            counting.tally(stands)[rounds.nominating(one).counts],
            len(voters - kept.get(one.pk, set())),
        )
        for one, stands in said.items()
    ]


def level(found: Matter) -> tuple[int, ...]:
    """Those between whom nothing decides yet: at the last place, or who of those that wait is next."""
    counted = rounds.ranked(found)
    waiting = [
        one.pk for one in rounds.nominations(found) if one.state == rounds.nominating(one).reserve
    ]
    if waiting:
        return ranking.following(counted, waiting)
    return ranking.cut(counted, rounds.running(found).quota).tied


def seat(found: Matter, at: datetime) -> None:
    """Gives a nomination a place."""
    acting.perform(found, rounds.nominating(found).seat, actor=SYSTEM, at=at, data={})


def ready(found: Matter, at: datetime) -> None:
    """Keeps a nomination ready to move up."""
    acting.perform(found, rounds.nominating(found).ready, actor=SYSTEM, at=at, data={})


def fill(found: Matter, at: datetime, *, but: int = 0) -> int:
    """Gives free places of a round to those who come next; returns to how many. `but` is the nomination
    that is just leaving its place. It stops where nothing decides who is next: somebody has to."""
    run = rounds.running(found)
    moved = 0
    for one in _next(found, run.quota, but):
        seat(one, at)
        moved += 1
    return moved


def _next(found: Matter, quota: int, but: int) -> Iterator[Matter]:
    rows = [one for one in rounds.nominations(found) if one.pk != but]
    taken = sum(one.state in rounds.nominating(one).seated for one in rows)
    waiting = {one.pk: one for one in rows if one.state == rounds.nominating(one).reserve}
    counted = rounds.ranked(found)
    while taken < quota and waiting:
        following = ranking.following(counted, waiting)
        if not following or len(following) > quota - taken:
            return
        for pk in following:
            yield waiting.pop(pk)
        taken += len(following)


def in_states(found: Matter, states: Collection[str]) -> list[Matter]:
    """The nominations of a round that stand in some states."""
    return rounds.nominations(found, states)


def numbers(rows: list[Matter]) -> dict[str, Any]:
    """Which they are, for a refusal."""
    told = "、".join(one.number for one in rows[:_NAMED])
    return {"n": len(rows), "numbers": told}
