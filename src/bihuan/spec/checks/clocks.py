"""Clocks: each is started, has a limit, and does what it says when its time has come."""

from collections.abc import Iterable, Iterator

from bihuan.spec import fieldtypes
from bihuan.spec.checks.uses import Use, effects_of
from bihuan.spec.load import Problem
from bihuan.spec.schema import ClockSpec, Kind, Programme, Step

FILE = "clocks.toml"
Effects = list[tuple[str, str]]


def problems(programme: Programme) -> Iterator[Problem]:
    """Clocks without a kind or a limit; steps that name what is not there."""
    for clock_id, clock in programme.clocks.items():
        kind = programme.kinds.get(clock.kind)
        if kind is None:
            cause = f"no kind {clock.kind!r}"
            yield Problem(FILE, f"{clock_id}.kind", cause, "name a kind")
            continue
        yield from _limit(programme, clock_id, clock, kind)
        yield from _steps(programme, clock_id, clock)
        for step in clock.steps:
            if step.act is not None and step.act not in kind.actions:
                path = f"{clock_id}.steps.{step.id}.act"
                remedy = f"name an action: one of {sorted(kind.actions)}"
                yield Problem(FILE, path, f"no action {step.act!r}", remedy)


def running(programme: Programme, uses: list[Use]) -> Iterator[Problem]:
    """Clocks that never run, steps that do nothing, acts that are refused whenever they come."""
    for clock_id, clock in programme.clocks.items():
        kind = programme.kinds.get(clock.kind)
        if kind is not None:
            yield from _ordered(clock_id, clock, kind)
            yield from _acts(clock_id, clock, kind, effects_of(uses, clock.kind))


def _limit(programme: Programme, clock_id: str, clock: ClockSpec, kind: Kind) -> Iterator[Problem]:
    if clock.setting is None and clock.from_input is None:
        yield Problem(
            FILE,
            clock_id,
            "a clock needs a source of its limit",
            "give setting, from_input, or both: what was ordered goes before the setting",
        )
    for part, name in (("setting", clock.setting), ("after_pause", clock.after_pause)):
        setting = programme.settings.get(name or "")
        if name is not None and (setting is None or setting.type != "limit"):
            cause = f"no setting {name!r} of type limit"
            yield Problem(FILE, f"{clock_id}.{part}", cause, "declare it in settings.toml")


def _ordered(clock_id: str, clock: ClockSpec, kind: Kind) -> Iterator[Problem]:
    if clock.from_input is not None:
        places = (kind.fields, *(action.inputs for action in kind.actions.values()))
        found = [inputs[clock.from_input] for inputs in places if clock.from_input in inputs]
        types = fieldtypes.limiting()
        if not any(one.type in types for one in found):
            cause = f"no field or input {clock.from_input!r} of type {' or '.join(types)}"
            yield Problem(FILE, f"{clock_id}.from_input", cause, "declare it in matters.toml")
    seen: set[str] = set()
    for step in clock.steps:
        where = f"{clock_id}.steps.{step.id}"
        if step.id in seen:
            yield Problem(FILE, where, f"two steps are called {step.id!r}", "rename one")
        seen.add(step.id)
        if step.level == "none" and not step.notify and step.act is None:
            cause = "nothing happens at this step"
            yield Problem(FILE, where, cause, "give it a level, notify or act, or remove it")


def _steps(programme: Programme, clock_id: str, clock: ClockSpec) -> Iterator[Problem]:
    for step in clock.steps:
        where = f"{clock_id}.steps.{step.id}"
        named = step.setting()
        known = programme.settings.get(named) if named else None
        if named and (known is None or known.type != "int"):
            cause = f"no setting {named!r} of type int"
            yield Problem(FILE, f"{where}.at", cause, "declare it in settings.toml")


def _acts(clock_id: str, clock: ClockSpec, kind: Kind, effects: list[Use]) -> Iterator[Problem]:
    started = {
        str(one.name)
        for use in effects
        if use.args is not None and use.args.clocks == "starts"
        for _, one in use.names("clock")
    }
    if clock_id not in started:
        cause = "nothing starts this clock"
        yield Problem(FILE, clock_id, cause, "start it by clock.start, or remove it")
        return
    running = _running(clock_id, kind, effects)
    for step in clock.steps:
        if step.act is not None:
            yield from _act(f"{clock_id}.steps.{step.id}.act", step, kind, running)


def _act(path: str, step: Step, kind: Kind, running: set[str]) -> Iterator[Problem]:
    action = kind.actions.get(str(step.act))
    if action is None:
        return
    if "system" not in action.by:
        cause = f"the house may not take {step.act!r}"
        yield Problem(FILE, path, cause, "add system to the action's by")
    for name, one in action.inputs.items():
        if one.required:
            cause = f"{step.act!r} requires the input {name!r}, which no clock fills in"
            yield Problem(FILE, path, cause, "make it optional, or name another action")
    sources = set(kind.sources_of(action))
    if not sources & running:
        cause = f"{step.act!r} is refused in every state in which this clock runs"
        remedy = f"let it start from one of {sorted(running)}"
        yield Problem(FILE, path, cause, remedy)


def _changes(action_id: str, clock_id: str, effects: Iterable[Use]) -> Effects:
    """(turn or "", what becomes of the clock) of the effects of an action, in order."""
    found: Effects = []
    for use in effects:
        if use.action_id != action_id or use.args is None or not use.args.clocks:
            continue
        if any(one.name == clock_id for _, one in use.names("clock")):
            place = use.path.split(f".actions.{action_id}.", 1)[-1]
            turn = place.split(".")[1] if place.startswith("turns.") else ""
            found.append((turn, use.args.clocks))
    return found


def _running(clock_id: str, kind: Kind, effects: list[Use]) -> set[str]:
    """The states in which the clock may run; what has ended has no clock."""
    opened = _after(
        [
            use.args.clocks
            for use in effects
            if not use.action_id
            and use.args is not None
            and use.args.clocks
            and any(one.name == clock_id for _, one in use.names("clock"))
        ],
        runs=False,
    )
    found = {(kind.initial, opened)}
    todo = list(found)
    while todo:
        state, runs = todo.pop()
        for action_id, action in kind.actions.items():
            if state not in kind.sources_of(action):
                continue
            changes = _changes(action_id, clock_id, effects)
            for turn, to in [
                ("", action.to),
                *((str(n), t.to) for n, t in enumerate(action.turns)),
            ]:
                after = _after([does for of, does in changes if of in ("", turn)], runs=runs)
                target = to or action.to or state
                ended = target in kind.states and kind.states[target].phase == "done"
                # Coming to an end stops every clock, those the step itself started among them.
                reached = (target, after and not (ended and target != state))
                if reached not in found:
                    found.add(reached)
                    todo.append(reached)
    return {state for state, runs in found if runs}


def _after(changes: list[str], *, runs: bool) -> bool:
    for one in changes:
        runs = one in ("starts", "goes_on")
    return runs
