"""The facet `plan`: what the plan of a kind consists of; every name it speaks of exists, and its verbs
stand where they can work."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Action, Input, Kind, Programme, Verb

FILE = "matters.toml"
JOURNAL = "plan.journal"
# The parts of a plan, by the verbs that only it makes sense of.
OF_LINES = ("plan.line", "plan.progress", "plan.drop", "plan.done")
OF_PEOPLE = ("plan.join", "plan.leave", "plan.member")
OF_JOURNAL = (JOURNAL, "plan.remark", "plan.written")
FILLED = "plan.filled"
# What a matter was opened with, beside its fields.
BODY = "body"
EVERY = ("week", "month", "quarter", "half", "year")
# What figures may ask of the journals that were written, and of milestones.
TIMING, OUTCOME = "journal", "milestone"
TIMINGS, OUTCOMES = ("in_time", "late"), ("open", "in_time", "late", "dropped")
# The columns of rows, with their types: which must be there, which may.
LINE_COLUMNS = {"title": "text", "by": "date"}, {"person": "person", "line": "int"}
PROGRESS_COLUMNS: tuple[dict[str, str], dict[str, str]] = ({"line": "int", "percent": "int"}, {})
PEOPLE_COLUMNS = {"person": "person"}, {"part": "text", "lead": "bool"}
COLUMNS = {
    "plan.line": LINE_COLUMNS,
    "plan.progress": PROGRESS_COLUMNS,
    "plan.join": PEOPLE_COLUMNS,
}


class JournalSpec(Strict):
    """A journal: one `every` week, month, quarter, half or year (or a setting of type choice that says
    which), of these `parts`, each an input of the action that writes it; in time until so many days of
    `grace` after the period is over."""

    every: Literal["week", "month", "quarter", "half", "year"] | Name = "week"
    parts: tuple[Name, ...] = Field(min_length=1, max_length=8)
    grace: int = Field(default=3, ge=0, le=31)


class ChapterSpec(Strict):
    """A chapter of the plan as one document. One of these says what stands in it, which nobody types
    again: `fields` of the matter, or `body`, what it was opened with; a part of the `journal`, period by period; the `steps` of some actions,
    each with who, when and what was said; or one of the plan's own (`of`)."""

    id: Name
    fields: tuple[Name, ...] = ()
    journal: Name | None = None
    steps: tuple[Name, ...] = ()
    of: Literal["people", "milestones", "journal"] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = (bool(self.fields), self.journal is not None, bool(self.steps), self.of is not None)
        if sum(given) != 1:
            msg = "give one of fields, journal, steps, of"
            raise ValueError(msg)
        return self


class PlanSpec(Strict):
    """Gives matters of a kind a plan: `milestones` with dates, `people` of a team, of whom there are at
    `most` so many at a time (a number, or a setting of type int), a `journal` that is owed each period.
    `acceptance` is the action by which somebody else accepts what came of it. `chapters` are the parts of
    the whole as one document, in their order; without them it has the parts of the plan."""

    milestones: bool = True
    people: bool = True
    most: Annotated[int, Field(ge=1, le=100)] | Name | None = None
    journal: JournalSpec | None = None
    acceptance: Name | None = None
    chapters: tuple[ChapterSpec, ...] = Field(default=(), max_length=12)

    @model_serializer(mode="wrap")
    def _spread(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Optional: a plan without chapters, or of however many people, keeps its digest.
        found: dict[str, Any] = dump(self)
        return {name: one for name, one in found.items() if name not in ("chapters", "most") or one}


def _verbs(kind_id: str, kind: Kind) -> Iterator[tuple[str, str, Action | None, Verb]]:
    """(where, the action's name, the action, verb) of every verb of plans."""
    for n, verb in enumerate(kind.on_open):
        if verb.do.startswith("plan."):
            yield f"{kind_id}.on_open.{n}", "", None, verb
    for name, action in kind.actions.items():
        placed = [(f"guards.{n}", one) for n, one in enumerate(action.guards)]
        placed += [(f"effects.{n}", one) for n, one in enumerate(action.effects)]
        for t, turn in enumerate(action.turns):
            placed += [(f"turns.{t}.when.{n}", one) for n, one in enumerate(turn.when)]
            placed += [(f"turns.{t}.effects.{n}", one) for n, one in enumerate(turn.effects)]
        for where, verb in placed:
            if verb.do.startswith("plan."):
                yield f"{kind_id}.actions.{name}.{where}", name, action, verb


def _problems(programme: Programme, kind_id: str, one: PlanSpec) -> Iterator[Problem]:
    """Names that are none, verbs of what the plan has not, journals whose parts nobody is asked for."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.plan"
    if one.acceptance is not None and one.acceptance not in kind.actions:
        cause = f"there is no action {one.acceptance!r}"
        yield Problem(FILE, f"{path}.acceptance", cause, f"one of {sorted(kind.actions)}")
    if one.journal is not None and one.journal.every not in EVERY:
        setting = programme.settings.get(one.journal.every)
        if setting is None or setting.type != "choice" or {*setting.choices} - {*EVERY}:
            cause = f"{one.journal.every!r} is no period, nor a setting that chooses one"
            remedy = f"write one of {[*EVERY]}, or name a setting of type choice of these"
            yield Problem(FILE, f"{path}.journal.every", cause, remedy)
    yield from _size(programme, f"{path}.most", one)
    has = {
        "milestones": (one.milestones, OF_LINES),
        "people": (one.people, OF_PEOPLE),
        "journal": (one.journal is not None, OF_JOURNAL),
    }
    yield from _chapters(programme, kind_id, one)
    for where, _, action, verb in _verbs(kind_id, kind):
        for name, (there, verbs) in has.items():
            if verb.do in verbs and not there:
                cause = f"the plan of this kind has no {name}"
                yield Problem(FILE, where, cause, f"declare {name} in its plan, or leave it out")
        if action is None:
            continue
        if verb.do in COLUMNS and "rows" in verb.args:
            yield from _columns(f"{where}.with.rows", verb, action)
        if verb.do == JOURNAL and one.journal is not None:
            yield from _parts(where, one.journal, action)


def _chapters(programme: Programme, kind_id: str, one: PlanSpec) -> Iterator[Problem]:
    """Chapters named twice, and of what there is not."""
    kind = programme.kinds[kind_id]
    ids = [chapter.id for chapter in one.chapters]
    for n, chapter in enumerate(one.chapters):
        path = f"{kind_id}.plan.chapters.{n}"
        if chapter.id in ids[:n]:
            yield Problem(FILE, f"{path}.id", f"{chapter.id!r} is named twice", "name it once")
        yield from _chapter(path, kind, one, chapter)
    for where, _, _, verb in _verbs(kind_id, kind):
        if verb.do == FILLED:
            yield from _asked(f"{where}.with.chapters", kind, one, verb)


def _chapter(path: str, kind: Kind, one: PlanSpec, chapter: ChapterSpec) -> Iterator[Problem]:
    parts = one.journal.parts if one.journal is not None else ()
    has = {"people": one.people, "milestones": one.milestones, "journal": one.journal is not None}
    for name in chapter.fields:
        if name not in (*kind.fields, BODY):
            cause = f"there is no field {name!r}"
            yield Problem(FILE, f"{path}.fields", cause, f"one of {sorted(kind.fields)}")
    if chapter.journal is not None and chapter.journal not in parts:
        cause = f"the journal has no part {chapter.journal!r}"
        yield Problem(FILE, f"{path}.journal", cause, f"one of {sorted(parts)}")
    for name in chapter.steps:
        if name not in kind.actions:
            cause = f"there is no action {name!r}"
            yield Problem(FILE, f"{path}.steps", cause, f"one of {sorted(kind.actions)}")
    if chapter.of is not None and not has[chapter.of]:
        cause = f"the plan of this kind has no {chapter.of}"
        yield Problem(FILE, f"{path}.of", cause, f"declare {chapter.of}, or leave it out")


def _asked(where: str, kind: Kind, one: PlanSpec, verb: Verb) -> Iterator[Problem]:
    """Chapters of which a guard cannot know whether there is something in them."""
    known = {chapter.id: chapter for chapter in one.chapters}
    for name in verb.args.get("chapters", ()):
        chapter = known.get(str(name))
        if chapter is None:
            remedy = f"one of {[*known]}" if known else "declare chapters in its plan"
            yield Problem(FILE, where, f"the plan has no chapter {name!r}", remedy)
            continue
        apart = [
            field for field in chapter.fields if field in kind.fields and kind.fields[field].apart
        ]
        if apart:
            cause = (
                f"{apart[0]!r} of the chapter {name!r} is kept apart, and no guard can ask for it"
            )
            yield Problem(FILE, where, cause, "leave the chapter out, or the field open")


def _size(programme: Programme, path: str, one: PlanSpec) -> Iterator[Problem]:
    """A size of a team that there is not, or that no setting counts."""
    if one.most is not None and not one.people:
        yield Problem(FILE, path, "there is no team", "leave it out, or declare people")
    if isinstance(one.most, str):
        setting = programme.settings.get(one.most)
        if setting is None or setting.type != "int":
            cause = f"{one.most!r} is no setting that counts"
            yield Problem(FILE, path, cause, "write a number, or name one of type int")


def _columns(where: str, verb: Verb, action: Action) -> Iterator[Problem]:
    found = action.inputs.get(str(verb.args["rows"]))
    if found is None or found.type != "rows":
        return
    needed, more = COLUMNS[verb.do]
    for name, type_ in {**needed, **more}.items():
        column = found.columns.get(name)
        if column is None and name in needed:
            remedy = f'add {name} = {{ type = "{type_}", required = true }}'
            yield Problem(FILE, where, f"its rows have no column {name!r}", remedy)
        elif column is not None and column.type != type_:
            cause = f"the column {name!r} is of type {column.type}"
            yield Problem(FILE, where, cause, f"make it {type_}")
    for name in sorted(found.columns.keys() - needed - more.keys()):
        known = ", ".join((*needed, *more))
        cause = f"nothing becomes of the column {name!r}"
        yield Problem(FILE, where, cause, f"leave it out; known are {known}")


def _parts(where: str, journal: JournalSpec, action: Action) -> Iterator[Problem]:
    for name in journal.parts:
        found = action.inputs.get(name)
        if found is None or found.type not in ("text", "longtext"):
            cause = f"nobody is asked for the part {name!r} of the journal"
            remedy = f'add inputs.{name} = {{ type = "longtext", private = true }}'
            yield Problem(FILE, where, cause, remedy)
        elif not found.private:
            cause = f"the part {name!r} would stand in the half of the log that stays"
            yield Problem(FILE, where, cause, f"make the input {name} private")


def _meant(programme: Programme, kind_id: str, one: PlanSpec, around: Around) -> Iterator[Problem]:
    """Plans that nobody can fill, start or end; what only some may read and the plan would show; an
    acceptance by whoever did the work."""
    del around
    kind, path = programme.kinds[kind_id], f"{kind_id}.plan"
    used = list(_verbs(kind_id, kind))
    does = {verb.do for _, _, _, verb in used}
    wanted = [(one.milestones, "plan.line", "a milestone"), (one.people, "plan.join", "a team")]
    wanted += [(one.journal is not None, JOURNAL, "a journal")]
    for there, verb_name, what in wanted:
        if there and verb_name not in does:
            cause = f"nobody can give it {what}"
            yield Problem(FILE, path, cause, f"add an action with {verb_name}")
    if one.journal is not None and "plan.start" not in does:
        cause = "no journal is ever owed: nothing starts the plan"
        yield Problem(FILE, path, cause, "add plan.start to the action with which it begins")
    if "plan.pause" in does and "plan.resume" not in does:
        yield Problem(FILE, path, "a plan that stands still never goes on", "add plan.resume")
    for where, name, action, verb in used:
        yield from _shown_to_all(where, one, action, verb)
        if verb.do == JOURNAL and not any(
            kind.states[state].phase != "done" for state in kind.sources_of(action or _NOBODY)
        ):
            cause = f"{name!r} is taken only when the matter is over"
            yield Problem(FILE, where, cause, "let it be taken while the plan runs")
    yield from _left_out(path, one)
    accepting = kind.actions.get(one.acceptance or "")
    if accepting is not None and not _by_another(accepting):
        cause = "whoever did the work may accept it"
        remedy = "add the guard actor.differs, or plan.member with holds = false"
        yield Problem(FILE, f"{kind_id}.actions.{one.acceptance}.guards", cause, remedy)


def _shown_to_all(
    where: str, one: PlanSpec, action: Action | None, verb: Verb
) -> Iterator[Problem]:
    for name, found in _told(one, action, verb):
        if found.seen_by:
            cause = f"{name!r} is not for everybody, and the plan would show it"
            yield Problem(FILE, where, cause, f"take seen_by from inputs.{name}")
        # The parts of a journal are asked for by name, in old releases too.
        if verb.do != JOURNAL and found.type in WORDED and not found.private:
            cause = f"what is written in {name!r} could never be erased"
            yield Problem(FILE, where, cause, f"make the input {name} private")


def _left_out(path: str, one: PlanSpec) -> Iterator[Problem]:
    """What people write and the document, which has chapters, would not have."""
    if not one.chapters:
        return
    whole = {chapter.of for chapter in one.chapters}
    told = {chapter.journal for chapter in one.chapters}
    parts = one.journal.parts if one.journal is not None and "journal" not in whole else ()
    for name in parts:
        if name not in told:
            cause = f"no chapter has the part {name!r} of the journal"
            yield Problem(FILE, f"{path}.chapters", cause, f'add one with journal = "{name}"')
    for name, there in (("milestones", one.milestones), ("people", one.people)):
        if there and name not in whole:
            cause = f"no chapter has the {name}"
            yield Problem(FILE, f"{path}.chapters", cause, f'add one with of = "{name}"')


# What people write themselves: the plan keeps it where it can be erased, and so must the step's input.
WORDED = ("text", "longtext", "rows")
_NOBODY = Action.model_validate({"from": ["?"], "by": ["system"]})


def _by_another(action: Action) -> bool:
    return any(
        verb.do == "actor.differs" or (verb.do == "plan.member" and verb.args.get("holds") is False)
        for verb in action.guards
    )


def _told(one: PlanSpec, action: Action | None, verb: Verb) -> Iterator[tuple[str, Input]]:
    """The inputs whose values the plan shows to everybody who sees the matter."""
    if action is None:
        return
    named = [str(value) for value in verb.args.values() if isinstance(value, str)]
    if verb.do == JOURNAL and one.journal is not None:
        named += one.journal.parts
    yield from ((name, action.inputs[name]) for name in named if name in action.inputs)


def _said(one: PlanSpec) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    if one.milestones:
        found[OUTCOME] = OUTCOMES
    if one.journal is not None:
        found[TIMING] = TIMINGS
    return found


def _settings(one: PlanSpec) -> list[str]:
    asked = [one.journal.every] if one.journal and one.journal.every not in EVERY else []
    return [*asked, *([one.most] if isinstance(one.most, str) else [])]


PLAN: Facet[PlanSpec] = facets.register(
    Facet(
        "plan",
        PlanSpec,
        problems=_problems,
        meant=_meant,
        words=lambda kind_id, one: (f"chapters.{kind_id}.{each.id}" for each in one.chapters),
        settings=_settings,
        said=_said,
    )
)
