"""The verbs of scores: giving one's own, the count of paper forms, closing them with what they come to."""

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from bihuan.facets.scores import averages
from bihuan.facets.scores.block import CLOSE, GIVE, ITEM, LEAST, SCORES, SHEET, ScoresSpec
from bihuan.facets.scores.models import Score, ScoreResult, ScoreSheet
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, NotAllowedError, ProblemError, RefusedError
from bihuan.spec.arguments import Args, Names


class OfScores(Args):
    """Arguments of a verb that only a kind with scores can use."""

    facet: ClassVar[str] = "scores"


class Give(OfScores):
    beside: ClassVar[bool] = True


class Sheet(OfScores):
    rows: Annotated[
        str,
        Names("input", ("rows",)),
        Field(
            examples=["counted"],
            description="an input of type rows: a column `item`, and one of type int for each grade",
        ),
    ]


def _block(step: Step) -> ScoresSpec:
    block = SCORES.of(step.kind)
    if block is None:
        raise ProblemError("scores.none")
    if ScoreResult.objects.filter(stream=step.matter.stream).exists():
        raise RefusedError("scores.closed")
    return block


def give(step: Step, args: Give) -> None:
    """Whoever acts gives their grades, by inputs named as the items: each person once, and for good. Nobody
    else is ever shown them.

    Refuses those without an account, a second time, and anything after they were closed.
    """
    del args
    block, person_id = _block(step), step.actor.person_id
    if person_id is None:
        raise NotAllowedError("scores.nobody")
    if Score.objects.filter(stream=step.matter.stream, key=str(person_id)).exists():
        raise RefusedError("scores.once")
    given = {item: str(step.inputs[item]) for item in block.items if step.inputs.get(item)}
    if not given:
        raise RefusedError("scores.empty")
    step.parts[(Score.PART, str(person_id))] = {
        "person_id": person_id,
        "kept": json.dumps(given),
        "at": step.at,
    }


def sheet(step: Step, args: Sheet) -> None:
    """What was counted from forms on paper, which bear no name: of each item how often each grade. Filled in
    again, it takes the place of what was counted before.

    Refuses two rows of one item, and anything after they were closed.
    """
    _block(step)
    rows: list[dict[str, Any]] = step.inputs.get(args.rows) or []
    seen: set[str] = set()
    for n, row in enumerate(rows):
        if row[ITEM] in seen:
            told = ("scores.twice", {"row": n + 1})
            raise InputError({f"{args.rows}.{n}.{ITEM}": told, args.rows: told})
        seen.add(row[ITEM])
    for there in ScoreSheet.objects.filter(stream=step.matter.stream):
        if there.key not in seen:
            step.parts[(ScoreSheet.PART, there.key)] = None
    for row in rows:
        counts = {name: n for name, n in row.items() if name != ITEM and n}
        step.parts[(ScoreSheet.PART, row[ITEM])] = {"counts": counts}


def close(step: Step, args: OfScores) -> None:
    """Nothing can be given any more, and what was given comes to averages, for good. What of them would tell
    what somebody gave is not worked out."""
    del args
    block = _block(step)
    minimum = block.minimum
    least = int(step.setting(minimum).value) if isinstance(minimum, str) else minimum
    given = [*_given(Score.objects.filter(stream=step.matter.stream))]
    sheets = {row.key: row.counts for row in ScoreSheet.objects.filter(stream=step.matter.stream)}
    for item in block.items:
        told = averages.result(item, given, sheets.get(item, {}), block.grades, max(least, LEAST))
        numbers = {"forms": told.forms}
        if told.points is not None:
            numbers["points"] = told.points
        step.parts[(ScoreResult.PART, item)] = {
            "scored": item,
            "numbers": numbers,
            "at": step.at,
        }


def _given(rows: Iterable[Score]) -> Iterable[Mapping[str, str]]:
    return (json.loads(row.kept) for row in rows if row.kept)


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(GIVE, Give, give)
    verbs.effect(SHEET, Sheet, sheet)
    verbs.effect(CLOSE, OfScores, close)
