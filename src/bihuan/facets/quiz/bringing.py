"""Questions as a table: looked at first, every row with what would become of it, then put by the kind's own action."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bihuan.facets.quiz import shown
from bihuan.facets.quiz.block import PUT, QUESTIONS, doing
from bihuan.facets.roll.block import effects
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import access
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.language.questions import taken
from bihuan.language.tabular import taking
from bihuan.language.tabular.picking import Layout
from bihuan.language.tabular.taking import Form, Line, Result
from bihuan.rules.questions import LETTERS, AnswerError
from bihuan.spec.schema import MOST_ROWS

MOST = 500
NAMES: Mapping[str, Sequence[str]] = {
    "text": ("题干", "题目", "试题", "问题", "内容", "question", "text"),
    "right": ("正确答案", "答案", "标准答案", "参考答案", "answer", "right"),
    "sort": ("题型", "类型", "试题类型", "type", "sort"),
    "why": ("解析", "答案解析", "说明", "依据", "出处", "explanation", "why"),
    **{
        one.lower(): (f"选项{one}", one, f"答案{one}", f"{one}选项", f"option {one.lower()}")
        for one in LETTERS
    },
}
WANTED = ("text", "right")
FORM = Form(NAMES, WANTED, MOST)


def putting(found: Matter, who: Actor) -> tuple[str, str, frozenset[str]]:
    """By which action the reader puts questions now, its input, and the columns this has. Raises LookupError where
    they may not."""
    programme, kind = programmes.spec_of(found.release_id), shown.kind_of(found)
    for name in doing(kind, PUT) if QUESTIONS.of(kind) is not None else ():
        action = kind.actions[name]
        if found.state not in kind.sources_of(action):
            continue
        if access.may_act(who, found, action, programme):
            given = next(str(one.args["rows"]) for one in effects(action) if one.do == PUT)
            return name, given, frozenset(action.inputs[given].columns)
    raise LookupError(found.pk)


def known(found: Matter) -> set[str]:
    """The questions that a matter holds by now, by their words."""
    return {"".join(one.text.split()) for one in shown.questions_of(found)}


def looked(
    content: bytes, name: str, layout: Layout, columns: frozenset[str], there: Collection[str]
) -> tuple[Result, list[dict[str, str]]]:
    """What each row of a table would become, and the rows that are questions. Raises TableError."""
    rows: list[dict[str, str]] = []
    words = {*there}

    def line(number: int, cells: Mapping[str, str]) -> Line:
        return _line(number, cells, columns, words, rows)

    return taking.take(content, name, FORM, line, layout=layout), rows


def _line(
    number: int,
    cells: Mapping[str, str],
    columns: frozenset[str],
    known: set[str],
    rows: list[dict[str, str]],
) -> Line:
    """What a row becomes; what is a question is added to `rows`."""
    name = cells.get("text", "")[:60]
    try:
        one = taken(cells)
    except AnswerError as error:
        return Line(number, "bad", name, error.key, error.values)
    kept = {key: text for key, text in cells.items() if key in columns and text}
    # What the table calls the sort need not be what a programme's rows may say.
    if "sort" in columns:
        kept["sort"] = one.sort
    if not one.options:
        kept = {key: text for key, text in kept.items() if key.upper() not in LETTERS}
    rows.append(kept)
    plain = "".join(one.text.split())
    status = "changed" if plain in known else "new"
    known.add(plain)
    return Line(number, status, name)


def put(found: Matter, rows: Sequence[Mapping[str, str]], who: Actor, at: datetime) -> None:
    """Puts the questions, so many in a step as its rows hold. Put again they take their own place. Raises what
    the action refuses."""
    action, given, _ = putting(found, who)
    for first in range(0, len(rows), MOST_ROWS):
        lot = [dict(one) for one in rows[first : first + MOST_ROWS]]
        # From a table: nobody typed them here.
        matters.act(found.pk, action, actor=who, at=at, data={given: lot}, own=(given,))
