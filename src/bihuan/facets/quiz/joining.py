"""Short tests as something to take part in, on a page of their own: whoever is on the roll of one that goes on."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from bihuan.facets.quiz.block import ANSWER, QUIZ, doing
from bihuan.facets.quiz.models import Quiz, QuizAttempt, QuizResult
from bihuan.facets.quiz.shown import kind_of, run_of
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access.api import Actor
from bihuan.kernel.joining import api as joining
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import attached
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, Given
from bihuan.spec.schema import Programme
from bihuan.web import faces
from bihuan.web.faces import Waiting

MOST = 40


def actions(programme: Programme, kind_id: str) -> Collection[str]:
    """The actions of a kind by which somebody answers."""
    kind = programme.kinds[kind_id]
    return doing(kind, ANSWER) if QUIZ.of(kind) is not None else ()


def _open_to(person_id: int) -> Q:
    """The short tests that go on, on whose roll somebody is."""
    mine = Enrolled.objects.filter(person_id=person_id).values("matter_id")
    going = Quiz.objects.filter(closed_at__isnull=True, matter_id__in=mine)
    return Q(pk__in=going.values("matter_id"))


def _mine(who: Actor) -> Q | None:
    return _open_to(who.person_id) if who.person_id is not None else None


def address(found: Matter) -> str:
    """The page on which one answers."""
    return reverse("quiz:answer", args=[found.pk])


def _page(found: Matter, action: str) -> str:
    kind = kind_of(found)
    answers = QUIZ.of(kind) is not None and action in doing(kind, ANSWER)
    return address(found) if answers else ""


def given(found: Matter, who: Actor) -> list[Given]:
    """That somebody passed, or has answered as often as one may."""
    kind = kind_of(found)
    if who.person_id is None or QUIZ.of(kind) is None:
        return []
    row, one = (
        run_of(found),
        QuizResult.objects.filter(stream=found.stream, person_id=who.person_id).first(),
    )
    if row is None or one is None or (one.state != "succeeded" and one.tries < row.attempts):
        return []
    text = f"quiz.given.{one.state}"
    return [Given(text, f"kinds.{found.kind}", frozenset(doing(kind, ANSWER)))]


def _awaited(who: Actor, at: datetime) -> Iterable[Waiting]:
    """The short tests that somebody should answer and has not yet begun."""
    del at
    if who.person_id is None:
        return
    should = Enrolled.objects.filter(person_id=who.person_id, state="should").values("matter_id")
    done = QuizAttempt.objects.filter(person_id=who.person_id).values("matter_id")
    rows = Quiz.objects.filter(closed_at__isnull=True, matter_id__in=should)
    pks = list(rows.exclude(matter_id__in=done).values_list("matter_id", flat=True)[:MOST])
    seen = matters.by_ids(who, pks) if pks else []
    if seen:
        there = address(seen[0]) if len(seen) == 1 else reverse("member:join")
        yield Waiting("quiz.waits", len(seen), there)


def register() -> None:
    """Registers it."""
    joining.register(joining.Way(_mine, actions, _page))
    attached.attach(Attached(given=given))
    faces.awaits(_awaited)
    faces.taken_at(ANSWER, address)
