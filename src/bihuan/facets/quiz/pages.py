"""Pages of short tests: answering on one screen, first of all on a phone; for who organises it who has done what,
with the questions that are hardest, and what somebody answered."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.facets.quiz import bringing, shown, sight
from bihuan.facets.quiz.block import ANSWER, MOST_ASKED, QUIZ, doing
from bihuan.facets.quiz.joining import address
from bihuan.facets.quiz.models import Question, Quiz, QuizResult
from bihuan.facets.roll import counting
from bihuan.facets.roll import shown as rolls
from bihuan.facets.roll.block import effects
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.fieldtypes import Cell
from bihuan.kernel.programmes import api as programmes
from bihuan.language.tabular.picking import Picked
from bihuan.language.tabular.taking import STATUSES, MissingColumnsError
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.lib.tables import TableError
from bihuan.rules.questions import SORTS
from bihuan.web import errors, tables, words
from bihuan.web.actor import actor_of

SECTION = "join"
COLUMNS = ("org", "name", "state", "tries", "best", "reason", "at")
# Of what is typed into one answer, and of the number of an attempt.
LONGEST, DIGITS = 400, 3
# What was filled in is to be looked at again; every other refusal shows how it stands.
HTTP_UNPROCESSABLE = 422


def quiz(who: Actor, pk: int) -> tuple[Matter, Quiz]:
    """A short test that somebody sees. Raises LookupError of others."""
    found = matters.matter(who, pk)
    row = shown.run_of(found) if QUIZ.of(shown.kind_of(found)) is not None else None
    if row is None:
        raise LookupError(pk)
    return found, row


def _inputs(found: Matter) -> tuple[str, str, str]:
    """By which action of the kind one answers, and its inputs for the answers and the attempt."""
    kind = shown.kind_of(found)
    for name in doing(kind, ANSWER):
        for verb in effects(kind.actions[name]):
            if verb.do == ANSWER:
                return name, str(verb.args["answers"]), str(verb.args["attempt"])
    raise LookupError(found.pk)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions drawn for the reader, all on one screen; once answered what was wrong, and what is left. What
    was chosen stays when something is refused."""
    who, at = actor_of(request), now()
    found, row = quiz(who, pk)
    mine = shown.mine(found, who, row)
    if mine is None:
        raise LookupError(pk)
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        problems, status = _handed_in(request, found, who, at)
        if not problems:
            return redirect(address(found))
        # Whoever was first, it is told as it stands by now.
        found, row = quiz(who, pk)
        mine = shown.mine(found, who, row) or mine
    # After an attempt its result is what one looks at; the next one begins when it is asked for.
    again = "again" in request.GET or status == HTTP_UNPROCESSABLE
    n = mine["tries"] + 1
    going = mine["left"] > 0 and (not mine["tries"] or again)
    context: dict[str, Any] = {
        "section": SECTION,
        "matter": found,
        "row": row,
        "mine": mine,
        "problem": problems.get("", ""),
        "lines": _asked(request, shown.drawn(found, row, who.person_id or 0, n), problems)
        if going
        else [],
        "attempt": n,
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
    }
    return render(request, "quiz/answer.html", context, status=status)


def _asked(
    request: HttpRequest, some: Sequence[Question], problems: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Each question of the next attempt, with what was chosen and what is wrong with it."""
    return [
        {
            **shown.told(one, right=False),
            "key": one.key,
            "chosen": SORTS[one.sort].chosen,
            "given": request.POST.getlist(f"q{one.key}"),
            "problem": problems.get(one.key, ""),
        }
        for one in some
    ]


def _handed_in(
    request: HttpRequest, found: Matter, who: Actor, at: datetime
) -> tuple[dict[str, str], int]:
    """Takes the step. What is wrong, by question ('' for all of it), and the status that says so."""
    action, answers, attempt = _inputs(found)
    asked = [one for one in request.POST.getlist("asked") if one.isdecimal() and len(one) <= DIGITS]
    keys = [*dict.fromkeys(asked)][:MOST_ASKED]
    rows = [
        {"question": key, "answer": "".join(request.POST.getlist(f"q{key}"))[:LONGEST]}
        for key in keys
    ]
    n = request.POST.get("attempt", "")
    data = {answers: rows, attempt: n if n.isdecimal() and len(n) <= DIGITS else ""}
    try:
        matters.act(
            found.pk,
            action,
            actor=who,
            at=at,
            data=data,
            key=request.POST.get("key") or None,
            # Which attempt it is the page says; what is answered people do.
            own=(attempt,),
        )
    except InputError as error:
        return _by_question(error, answers, keys), HTTP_UNPROCESSABLE
    except (ProblemError, programmes.ProgrammeError) as error:
        return {"": errors.message(error)}, errors.status(error)
    return {}, 200


def _by_question(error: InputError, answers: str, keys: Sequence[str]) -> dict[str, str]:
    """What is wrong with each question, by its key; at the top how many that are, or what else."""
    told: dict[str, str] = {}
    for field, (key, values) in error.fields.items():
        name, _, cell = field.partition(".")
        index = cell.partition(".")[0]
        if name == answers and index.isdecimal() and int(index) < len(keys):
            empty = key == "input.required"
            text = words.text("quiz.unanswered") if empty else words.text(f"error.{key}", **values)
            told[keys[int(index)]] = text
    if told:
        return {**told, "": words.text("quiz.check_again", count=len(told))}
    first = next(iter(error.fields.values()))
    return {"": words.text(f"error.{first[0]}", **first[1])}


def _kept(request: HttpRequest, pk: int) -> tuple[Actor, Matter, Quiz]:
    """A short test that the reader organises. Raises LookupError of others."""
    who = actor_of(request)
    found, row = quiz(who, pk)
    if not sight.keeps(found, who):
        raise LookupError(pk)
    return who, found, row


def lines(found: Matter, who: Actor, row: Quiz, at: datetime) -> list[dict[str, Any]]:
    """Everybody on the roll with what became of them: those who did not pass first."""
    on = timezone.localtime(at).date()
    there = counting.counting(counting.rows(found).values(), found, on)
    results = {one.key: one for one in QuizResult.objects.filter(stream=found.stream)}
    told = rolls.told(found, who, on, there)
    made = [
        _line(one, on_roll.state, results.get(on_roll.key), row)
        for one, on_roll in zip(told, there, strict=True)
    ]
    order = ("missed", "waiting", "not_yet", "excused", "exempt", "succeeded")
    return sorted(made, key=lambda one: order.index(one["state"]))


def _line(
    told: Mapping[str, Any], state: str, result: QuizResult | None, row: Quiz
) -> dict[str, Any]:
    if result is None:
        missed = "missed" if row.closed_at else "waiting"
        state = state if state in ("excused", "exempt") else missed
    else:
        state = result.state
    return {
        "id": told["id"],
        "name": told["name"],
        "org": told["org"]["name"],
        "state": state,
        "tries": result.tries if result else 0,
        "best": result.best if result and result.tries else None,
        "reason": told["reason"],
        "at": result.at if result and result.tries else None,
    }


@login_required
@never_cache
@require_GET
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has passed, not yet, not answered, need not and why; the questions, the hardest first."""
    at = now()
    who, found, row = _kept(request, pk)
    context = {
        "section": "queue",
        "matter": found,
        "row": row,
        "counts": shown.counts(found, at),
        "lines": lines(found, who, row, at),
        "questions": shown.by_question(found),
    }
    return render(request, "quiz/people.html", context)


@login_required
@never_cache
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a spreadsheet, logged by whom it was taken out."""
    at = now()
    who, found, row = _kept(request, pk)
    made: list[list[Cell]] = [
        [
            one["org"],
            one["name"],
            words.text(f"quiz.state.{one['state']}"),
            one["tries"],
            f"{one['best']}%" if one["best"] is not None else "",
            words.choose(one["reason"]) if one["reason"] else "",
            timezone.localtime(one["at"]).date() if one["at"] else "",
        ]
        for one in lines(found, who, row, at)
    ]
    content = exchange.taken_out(
        who,
        [words.text(f"quiz.column.{name}") for name in COLUMNS],
        made,
        name=f"{words.text('quiz.title')} {found.number}",
        said={"matter": found.number, "list": "quiz"},
        at=at,
    )
    return tables.sent(content, f"quiz-{found.number}.xlsx")


@login_required
@never_cache
@require_GET
def person(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """What somebody on the roll answered, each attempt."""
    who, found, row = _kept(request, pk)
    every = shown.attempts(found, person)
    if not every:
        raise LookupError(person)
    reads = sight.readable(found, who) if row.closed_at is None else lambda _: True
    context = {
        "section": "queue",
        "matter": found,
        "row": row,
        "name": standing_person(person).name,
        "attempts": [shown.reviewed(found, one, right=reads) for one in every],
    }
    return render(request, "quiz/person.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest, pk: int) -> HttpResponse:
    """A table of questions for a matter: first what each row would become, then, confirmed, the questions."""
    who, at = actor_of(request), now()
    found = matters.matter(who, pk)
    _, _, columns = bringing.putting(found, who)
    context: dict[str, Any] = {"section": "queue", "matter": found}
    if request.method == "GET":
        return render(request, "quiz/bring.html", context)
    try:
        name, content = tables.content(request)
        context["ticket"] = tables.ticket(name, content)
        layout = tables.layout(request, [*bringing.NAMES])
        result, rows = bringing.looked(content, name, layout, columns, bringing.known(found))
        if request.POST.get("confirm"):
            bringing.put(found, rows, who, at)
            context["done"] = True
    except MissingColumnsError as error:
        context |= {"problem": words.text(f"error.{error.key}", **error.values)}
        return render(request, "quiz/bring.html", context | _choices(error.picked))
    except TableError as error:
        context["problem"] = words.text(f"error.{error.key}", **error.values)
        return render(request, "quiz/bring.html", context)
    except (ProblemError, signing.BadSignature) as error:
        context["problem"] = errors.message(error)
        return render(request, "quiz/bring.html", context)
    context |= {
        **_choices(result.picked),
        "result": result,
        "rows": [
            (one, words.text(f"error.{one.problem}", **one.values) if one.problem else "")
            for one in sorted(result.lines, key=lambda one: one.status != "bad")
        ],
        "counts": {status: result.count(status) for status in STATUSES},
        "good": len(rows),
    }
    return render(request, "quiz/bring.html", context)


def _choices(picked: Picked) -> dict[str, Any]:
    return tables.choices(
        picked, bringing.NAMES, lambda name: words.text(f"questions.column.{name}")
    )
