"""The verbs of questions: putting some, as rows or from another matter that holds them; taking one off."""

from typing import Annotated, Any, ClassVar

from pydantic import Field

from bihuan.facets.quiz import sight, standing
from bihuan.facets.quiz.block import COPY, DROP, PUT
from bihuan.facets.quiz.models import Question
from bihuan.facets.quiz.standing import Columns
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.language.questions import taken
from bihuan.lib.problems import InputError, RefusedError
from bihuan.rules import questions as rules
from bihuan.rules.questions import AnswerError
from bihuan.spec.arguments import Args, MatterInput, Names

RowsInput = Annotated[str, Names("input", ("rows",))]
IntInput = Annotated[str, Names("input", ("int",))]


class OfQuestions(Args):
    """Arguments of a verb that only a kind with questions can use."""

    facet: ClassVar[str] = "questions"


class Put(OfQuestions):
    shown: ClassVar[tuple[str, ...]] = ("rows",)
    rows: RowsInput = Field(
        examples=["questions"], description="an input of type rows, with the columns said above"
    )


class Drop(OfQuestions):
    line: IntInput = Field(examples=["line"], description="an input with the number of a question")


class Copy(OfQuestions):
    bank: MatterInput = Field(
        examples=["bank"], description="an input of type matter: the one that holds the questions"
    )


def _plain(text: str) -> str:
    return "".join(text.split())


def put(step: Step, args: Put) -> None:
    """Puts questions from rows with the columns `text`, `right`, and where wanted `sort`, options `a` to `h`, `why`
    and `line`. One with a `line`, or with the words of one there is, takes its place. Letters stand for options
    that are right, | between words each of which is. The sort, left out, follows from the rest.

    Refuses rows that are no question, a sort that the kind does not hold, and more than it holds.
    """
    block, there = standing.questions_block(step), standing.questions(step)
    known = {_plain(one["text"]): key for key, one in there.items()}
    last = max((one["n"] for one in there.values()), default=0)
    bad: dict[str, tuple[str, dict[str, Any]]] = {}
    found: dict[str, Columns] = {}
    for n, row in enumerate(step.inputs.get(args.rows) or []):
        cells = {name: str(one) for name, one in row.items() if one is not None}
        try:
            one = taken(cells)
        except AnswerError as error:
            bad[f"{args.rows}.{n}.{_cell(error)}"] = (error.key, error.values)
            continue
        if one.sort not in block.sorts:
            bad[f"{args.rows}.{n}.text"] = ("questions.sort_not_here", {"sort": one.sort})
            continue
        line = row.get("line")
        key = f"{line}" if line else known.get(_plain(one.text), "")
        if line and key not in there:
            bad[f"{args.rows}.{n}.line"] = ("questions.no_line", {"line": line})
            continue
        if not key:
            last += 1
            key = known[_plain(one.text)] = f"{last}"
        found[key] = _columns(int(key), one, cells.get("why", ""))
    if bad:
        told = ("input.rows_bad", {"count": len(bad)})
        raise InputError({args.rows: told, **bad})
    if len(there.keys() | found.keys()) > block.most:
        raise RefusedError("questions.too_many", most=block.most)
    for key, columns in found.items():
        step.parts[(Question.PART, key)] = columns


def _cell(error: AnswerError) -> str:
    """The column to blame for what is no question."""
    if error.key == "questions.no_sort":
        return "sort"
    return "text" if error.key in ("questions.no_text", "questions.too_long") else "right"


def _columns(n: int, one: rules.Question, why: str) -> Columns:
    named = {"sort": one.sort, "text": one.text, "options": [*one.options], "right": one.right}
    return {"n": n, **named, "why": why.strip(), "sources": []}


def drop(step: Step, args: Drop) -> None:
    """Takes a question off by its number; the numbers of the others stay.

    Refuses a number that none has.
    """
    line = step.inputs.get(args.line)
    if f"{line}" not in standing.questions(step):
        raise InputError({args.line: ("questions.no_line", {"line": line})})
    step.parts[(Question.PART, f"{line}")] = None


def copy(step: Step, args: Copy) -> None:
    """Puts the questions of another matter: a bank that whoever acts sees, or a short test whose questions they
    change themselves. Those with the words of one there is are left out; what is changed there later changes
    nothing here. What is right in them stays with who keeps them there until the test is closed.

    Refuses a matter without questions, or whose questions are not to be read, and more than the kind holds.
    """
    block, there = standing.questions_block(step), standing.questions(step)
    pk = step.inputs.get(args.bank)
    try:
        bank = matters.matter(step.actor, int(str(pk)))
    except (LookupError, ValueError):
        raise InputError({args.bank: ("questions.no_bank", {})}) from None
    if not sight.may_copy(bank, step.actor):
        raise InputError({args.bank: ("questions.not_yours", {"number": bank.number})})
    rows = list(Question.objects.filter(stream=bank.stream).exclude(right="").order_by("n"))
    if not rows:
        raise InputError({args.bank: ("questions.bank_empty", {"number": bank.number})})
    known = {_plain(one["text"]) for one in there.values()}
    fresh = [one for one in rows if _plain(one.text) not in known and one.sort in block.sorts]
    if len(there) + len(fresh) > block.most:
        raise RefusedError("questions.too_many", most=block.most)
    last = max((one["n"] for one in there.values()), default=0)
    for n, one in enumerate(fresh, last + 1):
        step.parts[(Question.PART, f"{n}")] = {
            **one.values(),
            "n": n,
            "sources": [*one.sources, bank.pk],
        }


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(PUT, Put, put)
    verbs.effect(DROP, Drop, drop)
    verbs.effect(COPY, Copy, copy)
