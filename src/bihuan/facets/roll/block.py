"""The facet `roll`: whose roll a kind takes; that it is taken, and that what is said of those on it fits."""

from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from bihuan.kernel.people.api import ROSTERS
from bihuan.kernel.people.declared import RosterName, RosterSpec
from bihuan.spec import facets
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import BUILT_IN_ACTORS, Action, Kind, Programme, Verb

FILE = "matters.toml"
TAKE, DONE, EXCUSE, MISSED = "roll.take", "roll.done", "roll.excuse", "roll.missed"
JOIN, LEAVE = "roll.join", "roll.leave"
# What figures may ask of those who are on a roll.
SAID = "roll"
State = Literal["should", "done", "excused", "exempt"]
STATES: tuple[State, ...] = get_args(State)
# All of them stand in one event, which must stay readable.
MOST = 5000
# Effects of other facets that say something of those on a roll, with the arguments that name them.
SAYING: dict[str, tuple[str, ...]] = {}
# Facets whose own room tells people what of a roll they have done.
ENTERED: set[str] = set()
# Why facets themselves let somebody off, in words by locale.
REASONS: dict[str, Mapping[str, str]] = {}
_TYPES = {False: ("person", "people"), True: ("org", "orgs")}


def rule_of(programme: Programme, kind: Kind) -> RosterSpec | None:
    """The roster of a kind's roll; None where it takes none."""
    name = ROLL.of(kind)
    return ROSTERS.of(programme).get(name) if name is not None else None


def by_name(action: Action) -> bool:
    """Whether whoever takes an action says something of others on the roll."""
    return any(
        verb.do in (TAKE, EXCUSE, MISSED)
        or (verb.do in (DONE, JOIN, LEAVE) and "input" in verb.args)
        or any(name in verb.args for name in SAYING.get(verb.do, ()))
        for verb in effects(action)
    )


def effects(action: Action) -> list[Verb]:
    """The effects of an action, those of its turns included."""
    return [*action.effects, *(verb for turn in action.turns for verb in turn.effects)]


def joins(kind: Kind) -> bool:
    """Whether people come on the roll of a kind one by one, by signing up, and not by their roster alone."""
    taken = (verb for action in kind.actions.values() for verb in effects(action))
    return any(verb.do == JOIN for verb in (*kind.on_open, *taken))


def places_of(kind: Kind) -> str | None:
    """The field of a kind that says for how many its roll has room; None where it has for all."""
    named = (
        verb.args["places"]
        for action in kind.actions.values()
        for verb in effects(action)
        if verb.do == JOIN and "places" in verb.args
    )
    return next((str(one) for one in named), None)


def _problems(programme: Programme, kind_id: str, block: str) -> Iterator[Problem]:
    """A roster that is none."""
    known = ROSTERS.of(programme)
    if block not in known:
        remedy = f"one of {sorted(known)}" if known else f"declare it in {ROSTERS.name}"
        yield Problem(FILE, f"{kind_id}.roll", f"there is no roster {block!r}", remedy)


def _meant(programme: Programme, kind_id: str, block: str, around: Around) -> Iterator[Problem]:
    """Rolls that nobody takes; inputs that name none of those on it, or tell why they are excused."""
    del around, block
    kind = programme.kinds[kind_id]
    every = [*kind.on_open, *(verb for one in kind.actions.values() for verb in effects(one))]
    if not any(verb.do in (TAKE, JOIN) for verb in every):
        remedy = f"add {TAKE} to an action or to on_open, or {JOIN} to an action"
        yield Problem(FILE, f"{kind_id}.roll", "nobody takes it", remedy)
    rule = rule_of(programme, kind)
    if rule is None:
        return
    for name, action in kind.actions.items():
        path = f"{kind_id}.actions.{name}"
        for verb in effects(action):
            if verb.do in (DONE, EXCUSE, MISSED, JOIN, LEAVE):
                yield from _said(path, action, verb, _TYPES[rule.of_orgs])
            if verb.do == JOIN:
                yield from _signed_up(path, kind, verb, rule)


def _said(path: str, action: Action, verb: Verb, types: tuple[str, ...]) -> Iterator[Problem]:
    name = verb.args.get("input")
    one = action.inputs.get(str(name))
    if one is not None and one.type not in types:
        cause = f"{name!r} is of type {one.type}, and the roll holds {types[1]}"
        yield Problem(FILE, f"{path}.inputs.{name}", cause, f"make it {' or '.join(types)}")
    if one is not None and not one.required:
        cause = f"{verb.do} may be told nobody"
        yield Problem(FILE, f"{path}.inputs.{name}", cause, "make the input required")
    why = action.inputs.get(str(verb.args.get("reason"))) if verb.do == EXCUSE else None
    if why is not None and not why.private:
        cause = "why somebody is excused would stand in the open half of the log"
        where = f"{path}.inputs.{verb.args.get('reason')}"
        yield Problem(FILE, where, cause, "make the input private")
    nobody = sorted({*action.by} & ({*BUILT_IN_ACTORS} - {"assignee", "member", "opener"}))
    if verb.do in (DONE, JOIN, LEAVE) and name is None and nobody:
        cause = f"{nobody[0]} is no person with an account, who alone can be on a roll"
        remedy = "let people take it, or name them by an input"
        yield Problem(FILE, f"{path}.by", cause, remedy)


def _signed_up(path: str, kind: Kind, verb: Verb, rule: RosterSpec) -> Iterator[Problem]:
    """A roll of organisations, which nobody signs up for by themselves; places that are no number."""
    if rule.of_orgs:
        cause = "the roll holds organisations, and people sign up"
        yield Problem(FILE, f"{path}.effects", cause, f"name a roster of people, or use {TAKE}")
    name = verb.args.get("places")
    field = kind.fields.get(str(name))
    if name is not None and (field is None or field.type != "int"):
        fits = sorted(one for one, found in kind.fields.items() if found.type == "int")
        remedy = f"one of {fits}" if fits else 'declare a field of type = "int"'
        yield Problem(FILE, f"{path}.effects", f"{name!r} is no field that counts places", remedy)


ROLL: Facet[str] = facets.register(
    Facet(
        "roll",
        RosterName,
        problems=_problems,
        meant=_meant,
        said=lambda one: {SAID: (*STATES,)},
        titled=True,
    )
)
