"""The facet `gathering`: when it is, who must be there for it to count, how one signs in, what its minutes
consist of; every name it speaks of exists, and its verbs stand where they can work."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from bihuan.facets.gathering.series import EVERY, Holidays
from bihuan.facets.roll.block import DONE, EXCUSE, MISSED, SAYING, TAKE, effects, rule_of
from bihuan.kernel.people.api import ROSTERS
from bihuan.kernel.people.declared import RosterName
from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import BUILT_IN_ACTORS, Action, Input, Kind, Programme, Verb

FILE = "matters.toml"
ANNOUNCE, MOVE, CALL_OFF = "gathering.announce", "gathering.move", "gathering.call_off"
BEGIN, HOLD, REPEAT = "gathering.begin", "gathering.hold", "gathering.repeat"
MARK, UNMARK, SIGN = "gathering.mark", "gathering.unmark", "gathering.sign"
OWN_EXCUSE, ACCEPT, DECLINE = "gathering.excuse", "gathering.accept", "gathering.decline"
GUESTS, MAKE_UP, CORRECT = "gathering.guests", "gathering.make_up", "gathering.correct"
AGENDA, MINUTE, SIGN_MINUTES = "gathering.agenda", "gathering.minute", "gathering.sign_minutes"
# What figures may ask of those who should have come.
SAID = "attendance"
# And of the lines of their agenda: that there is one.
ON_AGENDA, THERE = "agenda", "there"
State = Literal["asked", "came", "excused", "absent", "made_up", "guest"]
STATES: tuple[State, ...] = get_args(State)
# Into these an entry may be corrected once the list is closed.
Corrected = Literal["came", "excused", "absent"]
CORRECTED: tuple[Corrected, ...] = get_args(Corrected)
MINUTES = "minutes"
# The columns of rows, with their types: which must be there, which may.
GUEST_COLUMNS = {"name": "text"}, {"whence": "text", "speaks": "bool"}
AGENDA_COLUMNS = {"title": "text"}, {"line": "int", "person": "person", "outcome": "text"}
COLUMNS: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    GUESTS: GUEST_COLUMNS,
    AGENDA: AGENDA_COLUMNS,
}
# Of these verbs the inputs that hold what somebody wrote: it must be possible to erase them.
WORDED = ("reason", "how", "rows")
# By these somebody speaks for themselves where no input says of whom.
BY_ONESELF = (SIGN, OWN_EXCUSE, MAKE_UP)


class QuorumSpec(Strict):
    """How many must be there: so many per cent (or a setting of type int), more than that where `above`. Of
    those on the roll, or of those of them whom the roster `of` means: who have a vote, say. Not counted
    are those `without`: who is exempt, who was excused, who moved away since the list was taken."""

    percent: int | None = Field(default=None, ge=0, le=100)
    setting: Name | None = None
    above: bool = False
    of: RosterName | None = None
    without: tuple[Literal["exempt", "excused", "moved"], ...] = ("exempt", "moved")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.percent is None) == (self.setting is None):
            msg = "give percent or a setting, and not both"
            raise ValueError(msg)
        return self


class GatheringSpec(Strict):
    """Makes matters of a kind with a `roll` gatherings: on the `day`, from `begins` to `ends`, at the
    `place` (fields of the kind). `excuses` are decided by the `chair`, or hold as they are asked for
    (`auto`). `makeup` is within how many days afterwards one may make up for it. `signin` is a setting of
    type switch: where it is on, those who come may sign in by the code on the chair's screen. `minutes`
    are the parts of the minutes, inputs of the action that writes them. `period` is the period of which
    it counts, by the day it is held. `holidays` is what becomes of days of a series that are not worked.
    Everybody who should come is reminded `remind` days before, at nine in the morning; 0: nobody."""

    day: Name
    begins: Name
    ends: Name
    place: Name | None = None
    quorum: QuorumSpec | None = None
    excuses: Literal["chair", "auto"] = "chair"
    makeup: int | None = Field(default=None, ge=1, le=366)
    signin: Name | None = None
    minutes: tuple[Name, ...] = Field(default=(), max_length=8)
    period: Literal["month", "quarter", "half", "year"] | None = None
    holidays: Holidays = "tell"
    remind: int = Field(default=1, ge=0, le=14)

    @property
    def typed(self) -> tuple[tuple[str, str], ...]:
        """The kind's fields that say when and where, with the type each must be of."""
        found = ((self.day, "date"), (self.begins, "time"), (self.ends, "time"))
        return (*found, (self.place, "text")) if self.place is not None else found

    @property
    def fields(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(name for name, _ in self.typed)


def uses(kind_id: str, kind: Kind) -> Iterator[tuple[str, str, Action | None, Verb]]:
    """(where, the action's name, the action, verb) of every verb of gatherings."""
    for n, verb in enumerate(kind.on_open):
        if verb.do.startswith("gathering."):
            yield f"{kind_id}.on_open.{n}", "", None, verb
    for name, action in kind.actions.items():
        placed = [(f"guards.{n}", one) for n, one in enumerate(action.guards)]
        placed += [(f"effects.{n}", one) for n, one in enumerate(action.effects)]
        for t, turn in enumerate(action.turns):
            placed += [(f"turns.{t}.when.{n}", one) for n, one in enumerate(turn.when)]
            placed += [(f"turns.{t}.effects.{n}", one) for n, one in enumerate(turn.effects)]
        for where, verb in placed:
            if verb.do.startswith("gathering."):
                yield f"{kind_id}.actions.{name}.{where}", name, action, verb


def doing(kind: Kind, *dos: str, of_others: bool | None = None) -> list[str]:
    """The actions of a kind with one of these effects; `of_others`: of those by which somebody speaks for
    others, or (false) for themselves."""
    return [
        name
        for name, action in kind.actions.items()
        if any(
            verb.do in dos and (of_others is None or ("who" in verb.args) == of_others)
            for verb in effects(action)
        )
    ]


def _problems(programme: Programme, kind_id: str, one: GatheringSpec) -> Iterator[Problem]:
    """Fields, rosters and settings that are none; parts and columns that nobody is asked for."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.gathering"
    rule = rule_of(programme, kind)
    if rule is None:
        cause, remedy = "nobody should come: the kind has no roll", 'add roll = "<roster>"'
        yield Problem(FILE, path, cause, remedy)
    elif rule.of_orgs:
        cause = "the roll holds organisations, and people come"
        yield Problem(FILE, f"{kind_id}.roll", cause, "name a roster of people")
    yield from _fields(path, kind, one)
    yield from _settings(programme, path, one)
    for where, _, action, verb in uses(kind_id, kind):
        if action is None:
            continue
        if verb.do in COLUMNS and "rows" in verb.args:
            yield from _columns(where, verb, action)
        if verb.do == MINUTE:
            yield from _parts(where, one, action)
        if verb.do == REPEAT:
            yield from _every(where, verb, action)
        if verb.do == CORRECT:
            yield from _states(where, verb, action)


def _fields(path: str, kind: Kind, one: GatheringSpec) -> Iterator[Problem]:
    for name, type_ in one.typed:
        found = kind.fields.get(name)
        if found is None or found.type != type_:
            cause = f"there is no field {name!r} of type {type_}"
            yield Problem(FILE, path, cause, f'add fields.{name} = {{ type = "{type_}" }}')
            continue
        if found.apart:
            cause = f"{name!r} is kept apart, and everybody who should come must know it"
            yield Problem(FILE, path, cause, f"take private and seen_by from fields.{name}")
        if type_ != "text" and not found.required:
            cause = f"{name!r} may be left empty"
            yield Problem(FILE, path, cause, f"make fields.{name} required")


def _settings(programme: Programme, path: str, one: GatheringSpec) -> Iterator[Problem]:
    if one.signin is not None:
        setting = programme.settings.get(one.signin)
        if setting is None or setting.type != "switch":
            cause = f"{one.signin!r} is no setting that switches"
            yield Problem(FILE, f"{path}.signin", cause, "name one of type switch")
    quorum = one.quorum
    if quorum is None:
        return
    if quorum.setting is not None:
        setting = programme.settings.get(quorum.setting)
        if setting is None or setting.type != "int":
            cause = f"{quorum.setting!r} is no setting that counts"
            yield Problem(FILE, f"{path}.quorum.setting", cause, "write percent, or name an int")
    known = ROSTERS.of(programme)
    if quorum.of is not None and (quorum.of not in known or known[quorum.of].of_orgs):
        cause = f"there is no roster {quorum.of!r} of people"
        yield Problem(FILE, f"{path}.quorum.of", cause, f"one of {sorted(known)}")


def _columns(where: str, verb: Verb, action: Action) -> Iterator[Problem]:
    found = action.inputs.get(str(verb.args["rows"]))
    if found is None or found.type != "rows":
        return
    needed, more = COLUMNS[verb.do]
    for name, type_ in {**needed, **more}.items():
        column = found.columns.get(name)
        if column is None and name in needed:
            remedy = f'add {name} = {{ type = "{type_}", required = true }}'
            yield Problem(FILE, f"{where}.with.rows", f"its rows have no column {name!r}", remedy)
        elif column is not None and column.type != type_:
            cause = f"the column {name!r} is of type {column.type}"
            yield Problem(FILE, f"{where}.with.rows", cause, f"make it {type_}")
    for name in sorted(found.columns.keys() - needed.keys() - more.keys()):
        cause = f"nothing becomes of the column {name!r}"
        known = ", ".join((*needed, *more))
        yield Problem(FILE, f"{where}.with.rows", cause, f"leave it out; known are {known}")


def _parts(where: str, one: GatheringSpec, action: Action) -> Iterator[Problem]:
    if not one.minutes:
        remedy = "declare minutes = [...] in its gathering, or leave it out"
        yield Problem(FILE, where, "the minutes of this kind have no parts", remedy)
    for name in one.minutes:
        found = action.inputs.get(name)
        if found is None or found.type not in ("text", "longtext"):
            cause = f"nobody is asked for the part {name!r} of the minutes"
            remedy = f'add inputs.{name} = {{ type = "longtext", private = true }}'
            yield Problem(FILE, where, cause, remedy)
        elif not found.private:
            cause = f"the part {name!r} would stand in the half of the log that stays"
            yield Problem(FILE, where, cause, f"make the input {name} private")


def _every(where: str, verb: Verb, action: Action) -> Iterator[Problem]:
    found = action.inputs.get(str(verb.args.get("every")))
    if found is not None and (strange := sorted({*found.choices} - {*EVERY})):
        cause = f"its choices {strange} are no rule of a series"
        yield Problem(FILE, f"{where}.with.every", cause, f"some of {[*EVERY]}")


def _states(where: str, verb: Verb, action: Action) -> Iterator[Problem]:
    found = action.inputs.get(str(verb.args.get("state")))
    if found is not None and (strange := sorted({*found.choices} - {*CORRECTED})):
        cause = f"an entry is not corrected into {strange}"
        yield Problem(FILE, f"{where}.with.state", cause, f"some of {[*CORRECTED]}")


def _meant(
    programme: Programme, kind_id: str, one: GatheringSpec, around: Around
) -> Iterator[Problem]:
    """Gatherings that nobody announces, marks or holds; times that move and nobody is told; excuses that
    nobody decides; a roll that says something else; words that could not be erased."""
    del around
    kind, path = programme.kinds[kind_id], f"{kind_id}.gathering"
    does = {verb.do for _, _, _, verb in uses(kind_id, kind)}
    for needed, what in ((ANNOUNCE, "announces it"), (MARK, "keeps the list"), (HOLD, "ends it")):
        if needed not in does:
            yield Problem(FILE, path, f"nobody {what}", f"add an action with {needed}")
    if OWN_EXCUSE in does and one.excuses == "chair" and not {ACCEPT, DECLINE} <= does:
        remedy = f"add actions with {ACCEPT} and {DECLINE}, or excuses = 'auto'"
        yield Problem(FILE, path, "nobody decides on excuses", remedy)
    for there, wanted, key in (
        (one.signin is not None, SIGN, "signin"),
        (one.makeup is not None, MAKE_UP, "makeup"),
        (bool(one.minutes), MINUTE, MINUTES),
    ):
        if there != (wanted in does):
            cause = f"{key} and {wanted} belong together, and one of them is missing"
            yield Problem(FILE, path, cause, f"declare both, or neither: {key} = …, {wanted}")
    rule = rule_of(programme, kind)
    # Whoever is on the roll because it is about them sees it as such.
    seen = programme.takes_part(kind_id) or "subject" in kind.seen_by
    if rule is not None and not rule.roles and not seen:
        cause = "those who should come do not see it"
        remedy = "name member in the by of what they do themselves, or in seen_by"
        yield Problem(FILE, path, cause, remedy)
    yield from _times(kind_id, kind, one)
    yield from _roll(kind_id, kind)
    for where, name, action, verb in uses(kind_id, kind):
        if action is not None:
            yield from _written(where, verb, action)
            yield from _nobody(f"{kind_id}.actions.{name}.by", verb, action)
    if REPEAT in does:
        yield from _repeated(path, kind)


def _times(kind_id: str, kind: Kind, one: GatheringSpec) -> Iterator[Problem]:
    for name, action in kind.actions.items():
        touched = sorted({*action.sets().values()} & {*one.fields})
        if touched and not any(verb.do == MOVE for verb in effects(action)):
            cause = f"{touched[0]!r} is changed, and those who should come are not told"
            where = f"{kind_id}.actions.{name}.effects"
            yield Problem(FILE, where, cause, f"add {MOVE}")


def _roll(kind_id: str, kind: Kind) -> Iterator[Problem]:
    for name, action in kind.actions.items():
        for verb in effects(action):
            if verb.do in (DONE, EXCUSE, MISSED):
                cause = f"{verb.do} says who came, and the list of the gathering does not know it"
                where = f"{kind_id}.actions.{name}.effects"
                yield Problem(FILE, where, cause, f"use {MARK}, {OWN_EXCUSE} or {UNMARK}")
        dos = [verb.do for verb in effects(action)]
        if ANNOUNCE in dos and TAKE in dos and dos.index(ANNOUNCE) < dos.index(TAKE):
            cause = "it is announced before it is known who should come"
            where = f"{kind_id}.actions.{name}.effects"
            yield Problem(FILE, where, cause, f"put {TAKE} before {ANNOUNCE}")


def _written(where: str, verb: Verb, action: Action) -> Iterator[Problem]:
    for key in WORDED:
        name = str(verb.args.get(key, ""))
        found: Input | None = action.inputs.get(name)
        if found is not None and not found.private:
            cause = f"what is written in {name!r} could never be erased"
            yield Problem(FILE, f"{where}.with.{key}", cause, f"make the input {name} private")
        if found is not None and found.seen_by:
            cause = f"{name!r} is not for everybody, and the gathering would show it"
            yield Problem(FILE, f"{where}.with.{key}", cause, f"take seen_by from inputs.{name}")


def _nobody(where: str, verb: Verb, action: Action) -> Iterator[Problem]:
    nobody = sorted({*action.by} & ({*BUILT_IN_ACTORS} - {"assignee", "member", "opener"}))
    if verb.do in BY_ONESELF and "who" not in verb.args and nobody:
        cause = f"{nobody[0]} is no person with an account, who alone speaks for themselves"
        yield Problem(FILE, where, cause, "let people take it, or name them by `who`")


def _repeated(path: str, kind: Kind) -> Iterator[Problem]:
    for name, found in kind.fields.items():
        if found.required and found.apart:
            cause = f"those of a series would lack {name!r}, which is kept apart"
            yield Problem(FILE, path, cause, f"leave {REPEAT} out, or the field open")


def _asked(one: GatheringSpec) -> Iterable[str]:
    named = (one.signin, one.quorum.setting if one.quorum is not None else None)
    return [name for name in named if name is not None]


_OF_OTHERS = (MARK, UNMARK, ACCEPT, DECLINE, CORRECT, OWN_EXCUSE, MAKE_UP)
SAYING.update(dict.fromkeys(_OF_OTHERS, ("who", "but")))
GATHERING: Facet[GatheringSpec] = facets.register(
    Facet(
        "gathering",
        GatheringSpec,
        problems=_problems,
        titled=True,
        meant=_meant,
        settings=_asked,
        said=lambda one: {SAID: (*STATES,), ON_AGENDA: (THERE,)},
        numbers=lambda one: ("minutes",),
    )
)
