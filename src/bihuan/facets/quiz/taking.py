"""The verbs of short tests: opening one, answering it, closing it."""

from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import Field

from bihuan.facets.quiz import sight, standing
from bihuan.facets.quiz.block import ANSWER, CALL_OFF, CLOSE, MOST_ASKED, OPEN
from bihuan.facets.quiz.models import Quiz, QuizAttempt, QuizResult
from bihuan.facets.quiz.standing import Columns
from bihuan.facets.roll import counting
from bihuan.facets.roll.counting import Row
from bihuan.facets.roll.models import Enrolled
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError
from bihuan.rules import questions as rules
from bihuan.rules.questions import AnswerError
from bihuan.spec.arguments import Args, Names

RowsInput = Annotated[str, Names("input", ("rows",))]
IntInput = Annotated[str, Names("input", ("int",))]
OPENED, CALLED_OFF = "notice.quiz_opened", "notice.quiz_called_off"
MOST_CREDIT = 24 * 60


class OfQuiz(Args):
    """Arguments of a verb that only a short test can use."""

    facet: ClassVar[str] = "quiz"


class Open(OfQuiz):
    pass


class Answer(OfQuiz):
    beside: ClassVar[bool] = True
    shown: ClassVar[tuple[str, ...]] = ("answers", "attempt")
    answers: RowsInput = Field(
        examples=["answers"], description="an input of type rows, with the columns said above"
    )
    attempt: IntInput = Field(
        examples=["attempt"],
        description="an input of type int: which of their attempts it is, so that one handed in twice counts once",
    )


class Close(OfQuiz):
    pass


class CallOff(OfQuiz):
    pass


def lacks(step: Step) -> Refusal | None:
    """Why it cannot be opened by now: no questions, or fewer than are drawn, or more than fit on a page."""
    block, there = standing.block_of(step), standing.questions(step)
    wanted = standing.number(step, block.drawn)
    if len(there) < max(wanted, 1):
        return Refusal("guard.quiz_ready", {"there": len(there), "needed": max(wanted, 1)})
    if (wanted or len(there)) > MOST_ASKED:
        return Refusal("guard.quiz_too_long", {"n": wanted or len(there), "most": MOST_ASKED})
    return None


def open_(step: Step, args: Open) -> None:
    """Opens it to those on the roll, and tells them. From now on its questions and its numbers stand: how many are
    drawn, how often one may answer, what passes, what it counts for. Whoever knows what is right need not answer.

    Refuses a second time, before the roll was taken, and with too few questions.
    """
    del args
    block = standing.block_of(step)
    if standing.run(step) is not None:
        raise RefusedError("quiz.opened_already")
    there = counting.of(step)
    if not there:
        raise RefusedError("roll.not_taken")
    lacking = lacks(step)
    if lacking is not None:
        raise RefusedError(lacking.key, **lacking.values)
    credit = standing.number(step, block.credit) if block.credit is not None else 0
    if block.credit is not None and credit > MOST_CREDIT:
        raise RefusedError("quiz.credit_too_much", most=MOST_CREDIT)
    step.parts[(Quiz.PART, standing.RUN)] = {
        "opened_at": step.at,
        "closed_at": None,
        "drawn": standing.number(step, block.drawn),
        "attempts": max(1, standing.number(step, block.attempts)),
        "percent": min(100, max(1, standing.number(step, block.passes))),
        "credit": credit,
    }
    knowing = sight.knowing(step.matter, step.day())
    for row in there.values():
        if row.person_id in knowing and row.state == "should":
            _let_off(step, row)
    people = [
        row.person_id
        for row in there.values()
        if row.state == "should" and row.person_id not in knowing
    ]
    step.tell([pk for pk in people if pk is not None], OPENED)


def _let_off(step: Step, row: Row) -> None:
    """Notes that somebody knows what is right: they neither answer nor have missed it."""
    exempt = replace(row, state="exempt", reason=sight.KEEPS, at=step.at)
    step.parts[(Enrolled.PART, row.key)] = exempt.columns()


def own_row(step: Step) -> Row | None:
    """Whoever acts, as they are on the roll: read by their key, of however many."""
    key = f"p{step.actor.person_id}"
    columns = step.parts.get((Enrolled.PART, key))
    if columns is not None:
        return Row(key, **columns)
    found = Enrolled.objects.filter(stream=step.matter.stream, key=key).first()
    return Row(key, **found.values()) if found is not None else None


def may_answer(step: Step) -> Refusal | None:
    """Why whoever acts cannot answer (again): they know what is right, they passed, or have answered as often as one
    may."""
    found, person_id = standing.going(step), step.actor.person_id
    if person_id is None:
        return Refusal("quiz.nobody", {})
    row = own_row(step)
    if (row is not None and row.reason == sight.KEEPS) or sight.knows(step.matter, step.actor):
        return Refusal("quiz.keeps_questions", {})
    before = standing.attempts(step, person_id)
    if any(one["succeeded"] for one in before):
        return Refusal("quiz.passed_already", {})
    if len(before) >= found["attempts"]:
        return Refusal("quiz.no_more", {"n": found["attempts"]})
    return None


def answer(step: Step, args: Answer) -> None:
    """Whoever acts answers the questions drawn for them: rows with the columns `question` (its number) and `answer`
    (letters of options, yes or no, a number, words). It is marked at once. Who passes has done what they are on the roll for.

    Refuses who is not on the roll, who knows what is right, before it is opened and once it is closed, another attempt than the next,
    questions left out or not drawn, who passed, and more attempts than there are.
    """
    found, person_id = standing.going(step), step.actor.person_id
    if person_id is None:
        raise NotAllowedError("quiz.nobody")
    row = own_row(step)
    if row is None:
        raise RefusedError("roll.you_are_not_on_it")
    before = standing.attempts(step, person_id)
    given = step.inputs.get(args.attempt)
    if isinstance(given, int) and given <= len(before):
        raise RefusedError("quiz.handed_in", n=given)
    refused = may_answer(step)
    if refused is not None:
        raise RefusedError(refused.key, **refused.values)
    n = len(before) + 1
    if given != n:
        raise InputError({args.attempt: ("quiz.other_attempt", {"n": n})})
    known = standing.questions(step)
    keys = standing.asked(
        step.matter.stream,
        found["opened_at"],
        known,
        found["drawn"],
        person_id=person_id,
        attempt=n,
    )
    asked = [standing.question(key, known[key]) for key in keys]
    answers = _read(step, args.answers, asked)
    score = rules.score(asked, answers)
    passed = score.passes(found["percent"])
    step.parts[(QuizAttempt.PART, f"{row.key}.{n}")] = {
        "person_id": person_id,
        "n": n,
        "asked": [*keys],
        "answers": answers,
        "wrong": [*score.wrong],
        "right": score.right,
        "among": score.among,
        "succeeded": passed,
        "at": step.at,
    }
    best = max([score.percent, *(_percent(one) for one in before)])
    _result(step, row, "succeeded" if passed else "not_yet", best=best, tries=n, found=found)
    if passed and row.state != "done":
        roll = replace(row, state="done", reason="", at=step.at)
        step.parts[(Enrolled.PART, row.key)] = roll.columns()


def _percent(one: Columns) -> int:
    return int(one["right"]) * 100 // int(one["among"]) if one["among"] else 0


def _result(step: Step, row: Row, state: str, *, best: int, tries: int, found: Columns) -> None:
    minutes = found["credit"] if state == "succeeded" else 0
    step.parts[(QuizResult.PART, row.key)] = {
        "person_id": row.person_id,
        "state": state,
        "best": best,
        "tries": tries,
        "numbers": {**standing.NONE, "minutes": minutes},
        "at": step.at,
    }


def _read(step: Step, name: str, asked: list[rules.Question]) -> dict[str, str]:
    """What was answered, by the keys of the questions. Raises InputError with every row that cannot be taken."""
    by_key = {one.key: one for one in asked}
    answers: dict[str, str] = {}
    bad: dict[str, tuple[str, dict[str, Any]]] = {}
    for n, row in enumerate(step.inputs.get(name) or []):
        key = f"{row['question']}"
        if key not in by_key or key in answers:
            bad[f"{name}.{n}.question"] = ("quiz.not_asked", {"question": key})
            continue
        try:
            answers[key] = rules.read(by_key[key], str(row.get("answer") or ""))
        except AnswerError as error:
            bad[f"{name}.{n}.answer"] = (error.key, error.values)
            answers[key] = ""
            continue
        if not answers[key]:
            bad[f"{name}.{n}.answer"] = ("input.required", {})
    if not bad and (left := [one for one in asked if not answers.get(one.key)]):
        bad[name] = ("quiz.left_out", {"n": len(left)})
    if bad:
        raise InputError({name: ("input.rows_bad", {"count": len(bad)}), **bad})
    return answers


def close(step: Step, args: Close) -> None:
    """Closes it: nobody answers any more, and those on the roll who should and never did have missed it, but for
    whoever knows what is right by now.

    Refuses before it was opened and a second time.
    """
    del args
    found, results = standing.going(step), standing.results(step)
    knowing = sight.knowing(step.matter, step.day())
    for row in counting.of(step).values():
        if row.state != "should" or row.key in results:
            continue
        if row.person_id in knowing:
            _let_off(step, row)
        else:
            _result(step, row, "missed", best=0, tries=0, found=found)
    step.parts[(Quiz.PART, standing.RUN)] = {**found, "closed_at": step.at}


def call_off(step: Step, args: CallOff) -> None:
    """Calls it off while it is answered, as where a question was wrong: nothing that was answered has a result, nobody
    has passed or missed it, and those on the roll are told.

    Refuses before it was opened and once it is closed.
    """
    del args
    standing.going(step)
    step.parts[(Quiz.PART, standing.RUN)] = None
    results = standing.results(step)
    for key in results:
        step.parts[(QuizResult.PART, key)] = None
    told = []
    for row in counting.of(step).values():
        if row.state == "done" and row.key in results:
            again = replace(row, state="should", at=step.at)
            step.parts[(Enrolled.PART, row.key)] = again.columns()
        if row.state in ("should", "done"):
            told.append(row.person_id)
    step.tell([pk for pk in told if pk is not None], CALLED_OFF)


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(OPEN, Open, open_)
    verbs.effect(ANSWER, Answer, answer)
    verbs.effect(CLOSE, Close, close)
    verbs.effect(CALL_OFF, CallOff, call_off)
