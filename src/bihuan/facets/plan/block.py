"""The facet `plan`: what the plan of a kind consists of; every name it speaks of exists, and its verbs
stand where they can work."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

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
EVERY = ("week", "month")
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
    """A journal: one `every` week or month (or a setting of type choice that says which), of these
    `parts`, each an input of the action that writes it; in time until so many days of `grace` after
    the period is over."""

    every: Literal["week", "month"] | Name = "week"
    parts: tuple[Name, ...] = Field(min_length=1, max_length=8)
    grace: int = Field(default=3, ge=0, le=31)


class PlanSpec(Strict):
    """Gives matters of a kind a plan: `milestones` with dates, `people` of a team, of whom there are at
    `most` so many at a time (a number, or a setting of type int), a `journal` that is owed each period.
    `acceptance` is the action by which somebody else accepts what came of it."""

    milestones: bool = True
    people: bool = True
    most: Annotated[int, Field(ge=1, le=100)] | Name | None = None
    journal: JournalSpec | None = None
    acceptance: Name | None = None

    @model_serializer(mode="wrap")
    def _spread(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Optional: a block without it keeps its digest.
        found: dict[str, Any] = dump(self)
        return {name: one for name, one in found.items() if name != "most" or one is not None}


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
            cause = f"{one.journal.every!r} is neither week nor month nor a setting that chooses"
            remedy = 'write "week" or "month", or name a setting of type choice of these two'
            yield Problem(FILE, f"{path}.journal.every", cause, remedy)
    yield from _size(programme, f"{path}.most", one)
    has = {
        "milestones": (one.milestones, OF_LINES),
        "people": (one.people, OF_PEOPLE),
        "journal": (one.journal is not None, OF_JOURNAL),
    }
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
        for input_name, found in _told(one, action, verb):
            if found.seen_by:
                cause = f"{input_name!r} is not for everybody, and the plan would show it"
                yield Problem(FILE, where, cause, f"take seen_by from inputs.{input_name}")
        if verb.do == JOURNAL and not any(
            kind.states[state].phase != "done" for state in kind.sources_of(action or _NOBODY)
        ):
            cause = f"{name!r} is taken only when the matter is over"
            yield Problem(FILE, where, cause, "let it be taken while the plan runs")
    accepting = kind.actions.get(one.acceptance or "")
    if accepting is not None and not _by_another(accepting):
        cause = "whoever did the work may accept it"
        remedy = "add the guard actor.differs, or plan.member with holds = false"
        yield Problem(FILE, f"{kind_id}.actions.{one.acceptance}.guards", cause, remedy)


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
        settings=_settings,
        said=_said,
    )
)
