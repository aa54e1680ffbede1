"""The interface of short tests: the questions drawn for the caller, and who has done what."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from bihuan.api import base
from bihuan.api.base import ERRORS, Id
from bihuan.facets.quiz import pages, shown, sight
from bihuan.lib.clock import now

router = Router(tags=["quizzes"])


class OptionTold(Schema):
    """An option, by its letter."""

    letter: str
    text: str


class QuestionAsked(Schema):
    """A question that the caller is asked: its number, its sort (one, several, yes_no, number, words), its
    options."""

    line: int
    sort: str
    text: str
    options: list[OptionTold]


class QuizAsked(Schema):
    """The caller's next attempt and the questions drawn for it, none where they have no attempt left; they are
    answered by the kind's own action."""

    attempt: int
    left: int
    succeeded: bool
    best: int
    questions: list[QuestionAsked]


class QuizPerson(Schema):
    """Somebody on the roll: succeeded, not_yet, waiting, missed, excused or exempt; how often they answered, their
    best per cent."""

    id: int
    name: str
    org: str
    state: str
    tries: int
    best: int | None
    at: datetime | None


class QuizPeople(Schema):
    """How many should answer, did, passed, did not; everybody on the roll."""

    counts: dict[str, int]
    people: list[QuizPerson]


@router.get(
    "/{pk}/questions", response={200: QuizAsked, **ERRORS}, operation_id="get_quiz_questions"
)
def get_quiz_questions(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """The questions drawn for the caller's next attempt at a short test, without what is right. Absent for who
    is not on its roll."""
    actor = base.who(request, "matters:read")
    found, row = pages.quiz(actor, pk)
    mine = shown.mine(found, actor, row)
    if mine is None:
        raise LookupError(pk)
    n = mine["tries"] + 1
    drawn = shown.drawn(found, row, actor.person_id or 0, n) if mine["left"] else []
    return {
        "attempt": n,
        "left": mine["left"],
        "succeeded": mine["succeeded"],
        "best": mine["best"],
        "questions": [shown.told(one, right=False) for one in drawn],
    }


@router.get("/{pk}/people", response={200: QuizPeople, **ERRORS}, operation_id="get_quiz_people")
def get_quiz_people(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Who passed a short test, did not yet, took no part. Absent for who does not organise it, be
    it that their token may not act."""
    actor, at = base.who(request, "matters:read"), now()
    found, row = pages.quiz(actor, pk)
    if not sight.keeps(found, actor):
        raise LookupError(pk)
    return {"counts": shown.counts(found, at), "people": pages.lines(found, actor, row, at)}
