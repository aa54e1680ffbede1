"""States and actions: every state is reached and leads to an end, every turn can be taken."""

from collections.abc import Iterable, Iterator

from bihuan.rules import workflow
from bihuan.spec import facets
from bihuan.spec.checks.uses import Use
from bihuan.spec.load import Problem
from bihuan.spec.schema import Action, Kind, Programme, Verb

FILE = "matters.toml"


def named(programme: Programme) -> Iterator[Problem]:
    """States that actions name exist."""
    for kind_id, kind in programme.kinds.items():
        phases = {f"*{state.phase}" for state in kind.states.values()}
        remedy = f"name a state: one of {sorted(kind.states)}"
        for action_id, action in kind.actions.items():
            where = f"{kind_id}.actions.{action_id}"
            for name in action.from_:
                if name not in kind.states and name not in phases:
                    yield Problem(FILE, f"{where}.from", f"no state {name!r}", remedy)
            if action.to is not None and action.to not in kind.states:
                yield Problem(FILE, f"{where}.to", f"no state {action.to!r}", remedy)
            for index, turn in enumerate(action.turns):
                if turn.to is not None and turn.to not in kind.states:
                    path = f"{where}.turns.{index}.to"
                    yield Problem(FILE, path, f"no state {turn.to!r}", remedy)


def graph(programme: Programme) -> Iterator[Problem]:
    """Every state is reached from the first and reaches an end."""
    for kind_id, kind in programme.kinds.items():
        if kind.initial not in kind.states:
            cause = f"no state {kind.initial!r}"
            yield Problem(FILE, f"{kind_id}.initial", cause, "name a state")
            continue
        yield from _graph(kind_id, kind)


def _graph(kind_id: str, kind: Kind) -> Iterator[Problem]:
    where = f"{kind_id}.states"
    edges = kind.edges()
    final = [name for name, state in kind.states.items() if state.phase == "done"]
    if not final:
        yield Problem(FILE, where, "nothing ever ends", "give one state phase done")
    for state in sorted(workflow.unreachable(kind.states, kind.initial, edges)):
        yield Problem(FILE, f"{where}.{state}", "no action leads here", "add one, or remove it")
    for state in sorted(workflow.dead_ends(kind.states, final, edges)):
        cause, remedy = "no end can be reached from here", "add an action that leads on"
        yield Problem(FILE, f"{where}.{state}", cause, remedy)


def openings(programme: Programme) -> Iterator[Problem]:
    """What is opened is not over already; numbers of two kinds can be told apart."""
    seen: dict[str, str] = {}
    for kind_id, kind in programme.kinds.items():
        first = kind.states.get(kind.initial)
        if first is not None and first.phase == "done":
            cause = f"{kind.initial!r} is an end: what is opened would be over already"
            path = f"{kind_id}.initial"
            yield Problem(FILE, path, cause, "begin in a state that is open or waiting")
        other = seen.setdefault(kind.prefix, kind_id)
        if other != kind_id:
            cause = f"{kind.prefix} is the prefix of {other} already"
            yield Problem(FILE, f"{kind_id}.prefix", cause, "choose other letters")


def turns(programme: Programme) -> Iterator[Problem]:
    """Every turn is taken some day: no turn before it is taken whenever it would be, and what it
    asks for can hold."""
    for kind_id, kind in programme.kinds.items():
        for action_id, action in kind.actions.items():
            where = f"{kind_id}.actions.{action_id}"
            yield from _contradiction(f"{where}.guards", kind, action, action.guards)
            for index, turn in enumerate(action.turns):
                path = f"{where}.turns.{index}"
                before = [_asked(action, earlier.when) for earlier in action.turns[:index]]
                if any(earlier <= _asked(action, turn.when) for earlier in before):
                    cause = "this turn is never taken: one before it holds whenever this one does"
                    yield Problem(FILE, path, cause, "put the narrower turn first, or remove it")
                asked = (*action.guards, *turn.when)
                if not list(_contradiction(where, kind, action, action.guards)):
                    yield from _contradiction(f"{path}.when", kind, action, asked)


def _asked(action: Action, when: Iterable[Verb]) -> set[str]:
    """What guards ask for, those left out that always hold."""
    return {repr((one.do, sorted(one.args.items()))) for one in when if not _holds(action, one)}


def _holds(action: Action, one: Verb) -> bool:
    given = action.inputs.get(str(one.args.get("input")))
    return one.do == "input.given" and given is not None and given.required


def _contradiction(
    path: str, kind: Kind, action: Action, asked: Iterable[Verb]
) -> Iterator[Problem]:
    """Guards over one fact that cannot hold together. A fact that the action's own inputs set may
    change between its guards and its turns."""
    wanted: dict[str, set[object]] = {}
    unwanted: dict[str, set[object]] = {}
    set_here = action.sets().values() & kind.fields.keys()
    for one in asked:
        fact, value = str(one.args.get("fact")), one.args.get("value") or None
        if one.do in ("fact.is", "fact.not") and fact not in set_here:
            (wanted if one.do == "fact.is" else unwanted).setdefault(fact, set()).add(value)
    for fact, values in wanted.items():
        if len(values) > 1 or values & unwanted.get(fact, set()):
            cause = f"nothing can be so: {fact!r} would have to be two things at once"
            yield Problem(FILE, path, cause, "drop one of the guards")


def taken(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """What only the house may do, something makes it do."""
    called = {(clock.kind, step.act) for clock in programme.clocks.values() for step in clock.steps}
    called |= {
        (use.kind_id, str(one.name)) for use in uses for _, one in use.names("action")
        if use.sort == "effect"
    }  # fmt: skip
    called |= {
        (kind_id, action)
        for facet, kind_id, block in facets.blocks(programme)
        for action in facet.calls(block)
    }
    above = {str(one.name) for use in uses for _, one in use.names("above", "their_action")}
    for kind_id, kind in programme.kinds.items():
        for action_id, action in kind.actions.items():
            known = (kind_id, action_id) in called or action_id in above
            if set(action.by) == {"system"} and not known:
                path = f"{kind_id}.actions.{action_id}.by"
                cause = "only the house may take it, and nothing makes the house take it"
                remedy = "name it as a clock's act or in an effect, or add a role to by"
                yield Problem(FILE, path, cause, remedy)
