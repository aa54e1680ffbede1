"""A short test as it stands, or as a step leaves it: its questions, the numbers that hold, who answered what."""

import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from bihuan.facets.quiz.block import QUESTIONS, QUIZ, QuestionsSpec, QuizSpec
from bihuan.facets.quiz.models import Question, Quiz, QuizAttempt, QuizResult
from bihuan.kernel.matters.parts import left_by
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import ProblemError, RefusedError
from bihuan.rules import questions as rules

RUN = "quiz"
Columns = dict[str, Any]
# Said, not left out: figures tell by how much a number fell where it stands before and after.
NONE: Mapping[str, int] = {"minutes": 0}


def questions_block(step: Step) -> QuestionsSpec:
    """What the kind says of its questions. Raises ProblemError where it says nothing (an old release)."""
    found = QUESTIONS.of(step.kind)
    if found is None:
        raise ProblemError("questions.none")
    return found


def block_of(step: Step) -> QuizSpec:
    """What the kind says of its short tests. Raises ProblemError where it says nothing (an old release)."""
    found = QUIZ.of(step.kind)
    if found is None:
        raise ProblemError("quiz.none")
    return found


def questions(step: Step) -> dict[str, Columns]:
    """The questions by their keys as a step leaves them."""
    return left_by(step, Question)


def question(key: str, columns: Mapping[str, Any]) -> rules.Question:
    """A question as the rules know it."""
    options = tuple(str(one) for one in columns["options"])
    return rules.Question(key, columns["sort"], columns["text"], options, columns["right"])


def run(step: Step) -> Columns | None:
    """The numbers that hold since it was opened; None before."""
    return left_by(step, Quiz).get(RUN)


def going(step: Step) -> Columns:
    """The same of one that goes on. Raises RefusedError of others."""
    found = run(step)
    if found is None:
        raise RefusedError("quiz.not_open")
    if found["closed_at"] is not None:
        raise RefusedError("quiz.closed")
    return found


def number(step: Step, name: int | str) -> int:
    """A number of the block: itself, or what a field or a setting says on this day."""
    if isinstance(name, int):
        return name
    if name in step.kind.fields:
        return int(step.fact(name) or 0)
    return int(step.setting(name).value)


def attempts(step: Step, person_id: int) -> list[Columns]:
    """What somebody answered so far, the first first."""
    rows = QuizAttempt.objects.filter(stream=step.matter.stream, person_id=person_id)
    found = {row.key: row.values() for row in rows}
    for (part, key), columns in step.parts.items():
        if part == QuizAttempt.PART and columns is not None and columns["person_id"] == person_id:
            found[key] = columns
    return sorted(found.values(), key=lambda one: one["n"])


def results(step: Step) -> dict[str, Columns]:
    """What became of those on the roll so far, by their keys there."""
    return left_by(step, QuizResult)


def asked(
    stream: str, opened_at: datetime, keys: Iterable[str], n: int, *, person_id: int, attempt: int
) -> tuple[str, ...]:
    """Which questions somebody is asked in an attempt, and in which order: worked out under the house's key
    whenever it is needed, so that looking writes nothing and nobody foresees it."""
    said = f"quiz {stream} {opened_at.timestamp():.6f} p{person_id} {attempt}"
    seed = hmac.digest(settings.SECRETS["blind"].encode(), said.encode(), "sha256")
    return rules.drawn(keys, n, seed)
