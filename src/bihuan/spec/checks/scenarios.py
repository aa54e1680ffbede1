"""Scenarios: what their steps name exists; how they go is for whoever runs them to say."""

from collections.abc import Iterator, Mapping

from bihuan.spec.checks.around import Around
from bihuan.spec.load import Problem
from bihuan.spec.scenarios import FOLDER, Scenario, ScenarioStep
from bihuan.spec.schema import BUILT_IN_ACTORS, Kind, Programme


def cast(programmes: list[Programme]) -> set[str]:
    """Whoever can do something in scenarios of programmes, by the names they go by."""
    roles = {role.id: role.at for one in programmes for role in one.manifest.roles}
    found = {*BUILT_IN_ACTORS, *roles, *(f"{role}2" for role in roles)}
    at_units = [role for role, at in roles.items() if at == "unit"]
    return found | {f"{place}_{role}" for role in at_units for place in ("other", "second")}


def problems(
    programme: Programme, scenarios: Mapping[str, Scenario], around: Around
) -> Iterator[Problem]:
    """Names in scenarios that are none."""
    needed = [one for name in programme.manifest.needs if (one := around.programme(name))]
    everything = [programme, *needed]
    people = cast(everything)
    for name, scenario in scenarios.items():
        file = f"{FOLDER}/{name}.toml"
        for index, step in enumerate(scenario.step):
            path = f"step.{index}"
            yield from _opened(programme, everything, file, path, step)
            there = people | {*scenario.members}
            if step.by and step.by not in there:
                cause = f"there is no {step.by!r}"
                yield Problem(file, f"{path}.by", cause, f"one of {sorted(there)}")
            kinds = [kind for one in everything for kind in one.kinds.values()]
            yield from _named(kinds, file, path, step)


def _opened(
    programme: Programme, known: list[Programme], file: str, path: str, step: ScenarioStep
) -> Iterator[Problem]:
    if step.open is None:
        return
    owner, _, kind = step.open.rpartition(".")
    found = next((one for one in known if one.id == (owner or programme.id)), None)
    if found is None or kind not in found.kinds:
        there = sorted(found.kinds) if found else [one.id for one in known]
        yield Problem(file, f"{path}.open", f"no kind {step.open!r}", f"one of {there}")


def _named(kinds: list[Kind], file: str, path: str, step: ScenarioStep) -> Iterator[Problem]:
    """Actions and states of no kind at all."""
    actions = {name for kind in kinds for name in kind.actions}
    states = {name for kind in kinds for name in kind.states}
    if step.act is not None and step.act not in actions:
        cause = f"no action {step.act!r}"
        yield Problem(file, f"{path}.act", cause, f"one of {sorted(actions)}")
    if step.then.state is not None and step.then.state not in states:
        cause = f"no state {step.then.state!r}"
        yield Problem(file, f"{path}.then.state", cause, f"one of {sorted(states)}")
