"""Questions and short tests as somebody who sees their matter may read them: how many questions; who should answer and
what became of them; what the reader answered themselves and what of it was wrong."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from bihuan.facets.quiz import sight, standing
from bihuan.facets.quiz.block import ANSWER, PUT, QUESTIONS, QUIZ, STATES, doing
from bihuan.facets.quiz.events import FORGOTTEN
from bihuan.facets.quiz.models import Question, Quiz, QuizAttempt, QuizResult
from bihuan.facets.roll.block import effects
from bihuan.facets.roll.models import Enrolled
from bihuan.facets.roll.sight import VEILS
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, Part, change
from bihuan.kernel.matters import access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.matters.parts import blanked
from bihuan.kernel.programmes import api as programmes
from bihuan.rules import questions as rules
from bihuan.spec.schema import Action, Kind

# Of fewer that answered, how many passed says too much of each.
FEWEST = 5
# What people wrote, by part, and what is left when it is erased.
_WORDS: dict[type[Part], dict[str, Any]] = {
    Question: {"right": "", "why": ""},
    QuizAttempt: {"answers": {}, "wrong": []},
}


def kind_of(found: Matter) -> Kind:
    """The kind of a matter, as its release has it."""
    return programmes.spec_of(found.release_id).kinds[found.kind]


def run_of(found: Matter) -> Quiz | None:
    """The numbers that hold for a short test; None before it is opened."""
    return Quiz.objects.filter(stream=found.stream, key=standing.RUN).first()


def questions_of(found: Matter) -> list[Question]:
    """The questions of a matter in their order."""
    return list(Question.objects.filter(stream=found.stream).order_by("n"))


def drawn(found: Matter, row: Quiz, person_id: int, attempt: int) -> list[Question]:
    """The questions of an attempt of somebody, in their order."""
    known = {one.key: one for one in questions_of(found)}
    keys = standing.asked(
        found.stream, row.opened_at, known, row.drawn, person_id=person_id, attempt=attempt
    )
    return [known[key] for key in keys]


def questions(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """How many questions there are, by sort; to whoever changes them each with what is right. None of kinds
    without."""
    del at
    if QUESTIONS.of(kind_of(found)) is None:
        return None
    rows = questions_of(found)
    sorts = Counter(row.sort for row in rows)
    keeps = sight.keeps(found, who)
    reads = sight.readable(found, who) if keeps else None
    return {
        "count": len(rows),
        "sorts": [{"sort": name, "count": sorts[name]} for name in rules.SORTS if sorts[name]],
        "keeps": keeps,
        "may_bring": keeps and _may_put(found, who),
        "all": [told(row, right=reads(row)) for row in rows] if reads else [],
    }


def _may_put(found: Matter, who: Actor) -> bool:
    programme, kind = programmes.spec_of(found.release_id), kind_of(found)
    return any(
        found.state in kind.sources_of(kind.actions[name])
        and access.may_act(who, found, kind.actions[name], programme)
        for name in doing(kind, PUT)
    )


def told(row: Question, *, right: bool) -> dict[str, Any]:
    """A question, with what is `right` and why or without."""
    letters = zip(rules.LETTERS, row.options, strict=False)
    return {
        "line": row.n,
        "sort": row.sort,
        "text": row.text,
        "options": [{"letter": letter, "text": text} for letter, text in letters],
        **({"right": row.right, "why": row.why} if right else {"kept": True}),
    }


def shown(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """What everybody who sees it is told: the numbers that hold, how many should answer, did, passed. Of the
    reader what they answered themselves. None of kinds without, and before it is opened."""
    if QUIZ.of(kind_of(found)) is None:
        return None
    row = run_of(found)
    if row is None:
        return None
    keeps = sight.keeps(found, who)
    return {
        "opened": row.opened_at,
        "closed": row.closed_at,
        "drawn": row.drawn or Question.objects.filter(stream=found.stream).count(),
        "attempts": row.attempts,
        "percent": row.percent,
        "credit": row.credit,
        "counts": public(counts(found, at), row, keeps=keeps),
        "mine": mine(found, who, row),
        "keeps": keeps,
    }


def public(told: Mapping[str, int], row: Quiz, *, keeps: bool) -> dict[str, int | None]:
    """Counts as others read them than who organises it: how many passed only once it is closed, and of at least so
    many that it says nothing of one."""
    hidden = not keeps and (row.closed_at is None or told["answered"] < FEWEST)
    return {
        name: None if hidden and name in ("succeeded", "not_yet") else n for name, n in told.items()
    }


def veiled(found: Matter, who: Actor) -> bool:
    """Whether somebody is not told by the roll, either, who passed."""
    if QUIZ.of(kind_of(found)) is None or (row := run_of(found)) is None:
        return False
    results = QuizResult.objects.filter(stream=found.stream).exclude(state="missed")
    few = row.closed_at is None or results.count() < FEWEST
    return few and not sight.keeps(found, who)


def counts(found: Matter, at: datetime) -> dict[str, int]:
    """Of those on the roll how many should, answered, passed, have not passed yet, took no part; how many are
    excused and exempt. Whoever need not and answered nevertheless counts with those who should."""
    barred = access.kept_away(found, timezone.localtime(at).date())
    of_row = QuizResult.objects.filter(stream=found.stream, key=OuterRef("key"))
    there = (
        Enrolled.objects.filter(stream=found.stream)
        .exclude(person_id__in=barred)
        .annotate(became=Subquery(of_row.values("state")[:1]))
        .order_by()
        .values_list("state", "became")
        .annotate(n=Count("pk"))
    )
    told: Counter[str] = Counter()
    for state, became, n in there:
        answered = became is not None and became != "missed"
        if state in ("should", "done") or answered:
            told["should"] += n
            told[became or "missed"] += n
            told["answered"] += n if answered else 0
        else:
            told[state] += n
    return {name: told[name] for name in ("should", "answered", *STATES, "excused", "exempt")}


def mine(found: Matter, who: Actor, row: Quiz) -> dict[str, Any] | None:
    """What the reader answered: how often, how often they still may, their last attempt; whether they know what is
    right, and do not answer. None for who is not on the roll."""
    on_roll = Enrolled.objects.filter(stream=found.stream, key=f"p{who.person_id}").first()
    if on_roll is None:
        return None
    knows = on_roll.reason == sight.KEEPS or sight.knows(found, who)
    every = attempts(found, who.person_id or 0)
    passed = any(one.succeeded for one in every)
    left = 0 if passed or row.closed_at or knows else max(row.attempts - len(every), 0)
    return {
        "tries": len(every),
        "left": left,
        "succeeded": passed,
        "best": max((percent(one) for one in every), default=0),
        "knows": knows,
        "last": reviewed(found, every[-1], right=_closed(row)) if every else None,
    }


def _closed(row: Quiz) -> Callable[[Question], bool]:
    """What would have been right is told once nobody answers any more."""
    return lambda _: row.closed_at is not None


def attempts(found: Matter, person_id: int) -> list[QuizAttempt]:
    """What somebody answered, the first first."""
    rows = QuizAttempt.objects.filter(stream=found.stream, person_id=person_id)
    return list(rows.order_by("n"))


def percent(one: QuizAttempt) -> int:
    """Whole per cent of what was right."""
    return one.right * 100 // one.among if one.among else 0


def reviewed(
    found: Matter, one: QuizAttempt, *, right: Callable[[Question], bool]
) -> dict[str, Any]:
    """An attempt with each question, what was answered and whether that was wrong; what would have been right
    of those of which the reader may know it."""
    known = {row.key: row for row in questions_of(found)}
    lines = [
        {
            **told(known[key], right=right(known[key])),
            "answer": one.answers.get(key, ""),
            "wrong": key in one.wrong,
        }
        for key in one.asked
        if key in known
    ]
    return {
        "n": one.n,
        "right": one.right,
        "among": one.among,
        "percent": percent(one),
        "succeeded": one.succeeded,
        "at": one.at,
        "erased": not one.answers,
        "lines": lines,
    }


def own(kind: Kind, action: Action) -> bool:
    """Who answered, how often and when is told in the part, to those who may know it."""
    return QUIZ.of(kind) is not None and any(verb.do == ANSWER for verb in effects(action))


def unsaid(kind: Kind, action: Action) -> set[str]:
    """Questions stand in the part, with what is right for those who may read it; answers likewise."""
    if QUESTIONS.of(kind) is None:
        return set()
    keys = {PUT: ("rows",), ANSWER: ("answers", "attempt")}
    return {
        str(verb.args[key])
        for verb in effects(action)
        for key in keys.get(verb.do, ())
        if key in verb.args
    }


def forgotten(found: Matter, actor: str, at: datetime) -> None:
    """What somebody answered goes with what else was written, and what was right."""
    parts = blanked(found.stream, _WORDS)
    if parts:
        change(found, Happening(FORGOTTEN, at, actor, set={"changed_at": at}, parts=parts))


def by_question(found: Matter) -> Iterable[dict[str, Any]]:
    """Each question with how often it was asked and how often answered wrong, the hardest first."""
    asked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for one in QuizAttempt.objects.filter(stream=found.stream).only("asked", "wrong"):
        asked.update(one.asked)
        wrong.update(one.wrong)
    lines = [
        {**told(row, right=False), "asked": asked[row.key], "missed": wrong[row.key]}
        for row in questions_of(found)
        if asked[row.key]
    ]
    return sorted(lines, key=lambda one: (-one["missed"] / one["asked"], one["line"]))


def register() -> None:
    """Puts both parts on matters that have them."""
    VEILS.append(veiled)
    attach(Attached(name="questions", shown=questions, unsaid=unsaid, forgotten=forgotten))
    attach(Attached(name="quiz", shown=shown, own=own))
