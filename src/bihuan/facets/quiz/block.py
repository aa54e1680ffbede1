"""The facets `questions` and `quiz`: which sorts of questions a kind holds; how many are drawn, how often one
may answer, what passes. Every name they speak of exists, and nothing of a kind lets out what is right."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from bihuan.facets.roll.block import DONE, ENTERED, MISSED, effects, rule_of
from bihuan.rules.questions import LETTERS, SORTS
from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import BUILT_IN_ACTORS, Action, Input, Kind, Programme, Verb

FILE = "matters.toml"
PUT, DROP, COPY = "questions.put", "questions.drop", "questions.copy"
OPEN, ANSWER, CLOSE = "quiz.open", "quiz.answer", "quiz.close"
CALL_OFF = "quiz.call_off"
ASKING = (PUT, DROP, COPY)
# What figures may ask of those who should have answered.
SAID = "quiz"
State = Literal["succeeded", "not_yet", "missed"]
STATES: tuple[State, ...] = get_args(State)
# An action's rows hold so many answers.
MOST_ASKED = 50
# The columns of rows, with their types: which must be there, which may.
QUESTION_COLUMNS: tuple[Mapping[str, str], Mapping[str, str]] = (
    {"text": "text", "right": "text"},
    {"sort": "text", "why": "text", "line": "int", **{one.lower(): "text" for one in LETTERS}},
)
ANSWER_COLUMNS: tuple[Mapping[str, str], Mapping[str, str]] = (
    {"question": "int", "answer": "text"},
    {},
)
# What is answered may be left empty as far as the form goes: it is told with all else that is wrong.
_FILLED = ("text", "right", "question")
COLUMNS = {PUT: ("rows", QUESTION_COLUMNS), ANSWER: ("answers", ANSWER_COLUMNS)}
SortName = Literal["one", "several", "yes_no", "number", "words"]
Percent = Annotated[int, Field(ge=1, le=100)]


class QuestionsSpec(Strict):
    """Lets matters of a kind hold questions of these `sorts`, at `most` so many: `one` or `several` of some
    options, `yes_no`, a `number`, `words`. Only who changes them reads what is right."""

    sorts: tuple[SortName, ...] = Field(default=get_args(SortName), min_length=1, max_length=5)
    most: int = Field(default=500, ge=1, le=500)


class QuizSpec(Strict):
    """Makes matters of a kind with `questions` and a `roll` of people short tests. So many questions are
    `drawn` for each answering (a number, or a field of the kind of type int; 0: all). Each person answers
    `attempts` times at most, and passes with `passes` per cent right (numbers, or settings of type int).
    `credit` is a field of type int: the minutes of learning that passing counts for."""

    drawn: Annotated[int, Field(ge=0, le=MOST_ASKED)] | Name = 0
    attempts: Annotated[int, Field(ge=1, le=20)] | Name = 1
    passes: Percent | Name = 60
    credit: Name | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the kind that it asks."""
        return tuple(one for one in (self.drawn, self.credit) if isinstance(one, str))

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings that it asks."""
        return tuple(one for one in (self.attempts, self.passes) if isinstance(one, str))


def uses(kind_id: str, kind: Kind) -> Iterator[tuple[str, str, Action, Verb]]:
    """(where, the action's name, the action, verb) of every verb of these facets."""
    for name, action in kind.actions.items():
        placed = [(f"guards.{n}", one) for n, one in enumerate(action.guards)]
        placed += [(f"effects.{n}", one) for n, one in enumerate(action.effects)]
        for t, turn in enumerate(action.turns):
            placed += [(f"turns.{t}.when.{n}", one) for n, one in enumerate(turn.when)]
            placed += [(f"turns.{t}.effects.{n}", one) for n, one in enumerate(turn.effects)]
        for where, verb in placed:
            if verb.do.startswith(("questions.", "quiz.")):
                yield f"{kind_id}.actions.{name}.{where}", name, action, verb


def doing(kind: Kind, *dos: str) -> list[str]:
    """The actions of a kind with one of these effects."""
    return [
        name
        for name, action in kind.actions.items()
        if any(verb.do in dos for verb in effects(action))
    ]


def _named(programme: Programme, kind_id: str) -> Iterator[Problem]:
    """Rows without the columns that they must have, or with more."""
    for where, _, action, verb in uses(kind_id, programme.kinds[kind_id]):
        if verb.do in COLUMNS:
            key, columns = COLUMNS[verb.do]
            found = action.inputs.get(str(verb.args.get(key)))
            if found is not None and found.type == "rows":
                yield from _columns(f"{where}.with.{key}", found, *columns)


def _columns(
    where: str, found: Input, needed: Mapping[str, str], more: Mapping[str, str]
) -> Iterator[Problem]:
    for name, type_ in {**needed, **more}.items():
        column = found.columns.get(name)
        remedy = f'add {name} = {{ type = "{type_}", required = true }}'
        if column is None and name in needed:
            yield Problem(FILE, where, f"its rows have no column {name!r}", remedy)
        elif column is not None and column.type != type_:
            cause = f"the column {name!r} is of type {column.type}"
            yield Problem(FILE, where, cause, f"make it {type_}")
        elif column is not None and name in _FILLED and not column.required:
            yield Problem(FILE, where, f"the column {name!r} may be left empty", remedy)
    for name in sorted(found.columns.keys() - needed.keys() - more.keys()):
        known = ", ".join((*needed, *more))
        cause = f"nothing becomes of the column {name!r}"
        yield Problem(FILE, where, cause, f"leave it out; known are {known}")


def _of_questions(programme: Programme, kind_id: str, one: QuestionsSpec) -> Iterator[Problem]:
    del one
    yield from _named(programme, kind_id)


def _of_quiz(programme: Programme, kind_id: str, one: QuizSpec) -> Iterator[Problem]:
    """What it cannot run without: questions, a roll of people, numbers that are none."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.quiz"
    if QUESTIONS.of(kind) is None:
        yield Problem(FILE, path, "the kind holds no questions", "add questions = {}")
    rule = rule_of(programme, kind)
    if rule is None:
        yield Problem(FILE, path, "nobody should answer: the kind has no roll", 'add roll = "…"')
    elif rule.of_orgs:
        cause = "the roll holds organisations, and people answer"
        yield Problem(FILE, f"{kind_id}.roll", cause, "name a roster of people")
    for name in one.fields:
        found = kind.fields.get(name)
        if found is None or found.type != "int" or found.apart:
            cause = f"there is no field {name!r} of type int that everybody reads"
            yield Problem(FILE, path, cause, f'add fields.{name} = {{ type = "int" }}')
    for name in one.settings:
        setting = programme.settings.get(name)
        if setting is None or setting.type != "int":
            cause = f"{name!r} is no setting that counts"
            yield Problem(FILE, path, cause, "write a number, or name a setting of type int")


def _questions_meant(
    programme: Programme, kind_id: str, one: QuestionsSpec, around: Around
) -> Iterator[Problem]:
    """Questions that nobody puts; what is right, where everybody would read it."""
    del one, around
    kind = programme.kinds[kind_id]
    if not doing(kind, PUT, COPY):
        remedy = f"add an action with {PUT}"
        yield Problem(FILE, f"{kind_id}.questions", "nobody puts a question", remedy)
    for where, _, action, verb in uses(kind_id, kind):
        if verb.do == PUT:
            yield from _kept(f"{where}.with.rows", "rows", verb, action)


def _kept(where: str, key: str, verb: Verb, action: Action) -> Iterator[Problem]:
    name = str(verb.args.get(key))
    found = action.inputs.get(name)
    if found is not None and not found.private:
        cause = "what is right would stand in the half of the log that everybody reads"
        if key == "answers":
            cause = "what somebody answered could never be erased"
        yield Problem(FILE, where, cause, f"make the input {name} private")
    if found is not None and not found.required:
        yield Problem(FILE, where, f"{name!r} may be left empty", "make the input required")


def _quiz_meant(
    programme: Programme, kind_id: str, one: QuizSpec, around: Around
) -> Iterator[Problem]:
    """Short tests that nobody opens, answers or closes; questions that change while they are answered; a roll
    that says something else; whoever should answer and does not see it."""
    del one, around
    kind, path = programme.kinds[kind_id], f"{kind_id}.quiz"
    for needed, what in ((OPEN, "opens it"), (ANSWER, "answers it"), (CLOSE, "ends it")):
        if not doing(kind, needed):
            yield Problem(FILE, path, f"nobody {what}", f"add an action with {needed}")
    answered = {s for name in doing(kind, ANSWER) for s in kind.sources_of(kind.actions[name])}
    for where, name, action, verb in uses(kind_id, kind):
        if verb.do in ASKING and (both := sorted(answered & {*kind.sources_of(action)})):
            cause = f"in {both[0]!r} questions change while they are answered"
            yield Problem(FILE, where, cause, "let them change only before it is opened")
        if verb.do == ANSWER:
            yield from _kept(f"{where}.with.answers", "answers", verb, action)
            yield from _nobody(f"{kind_id}.actions.{name}.by", action)
    for name in doing(kind, DONE, MISSED):
        cause = f"{DONE} and {MISSED} say who has done it, and the short test does not know it"
        remedy = "leave it to the answers; roll.excuse says who need not"
        yield Problem(FILE, f"{kind_id}.actions.{name}.effects", cause, remedy)
    rule = rule_of(programme, kind)
    if rule is not None and not rule.roles and not programme.takes_part(kind_id):
        cause = "those who should answer do not see it"
        yield Problem(FILE, path, cause, f"name member in the by of the action with {ANSWER}")


def _nobody(where: str, action: Action) -> Iterator[Problem]:
    nobody = sorted({*action.by} & ({*BUILT_IN_ACTORS} - {"assignee", "member", "opener"}))
    if nobody:
        cause = f"{nobody[0]} is no person with an account, who alone answers for themselves"
        yield Problem(FILE, where, cause, "let people take it")


QUESTIONS: Facet[QuestionsSpec] = facets.register(
    Facet("questions", QuestionsSpec, problems=_of_questions, meant=_questions_meant, titled=True)
)


def _asked(one: QuizSpec) -> Iterable[str]:
    return one.settings


QUIZ: Facet[QuizSpec] = facets.register(
    Facet(
        "quiz",
        QuizSpec,
        problems=_of_quiz,
        meant=_quiz_meant,
        settings=_asked,
        said=lambda one: {SAID: (*STATES,)},
        numbers=lambda one: ("minutes",),
    )
)
ENTERED.add(QUIZ.name)
assert {*SORTS} == {*get_args(SortName)}
