"""Verbs: each is known, its arguments are right, and what they name exists and fits."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from bihuan.spec import files
from bihuan.spec.arguments import Named
from bihuan.spec.checks.around import Verbs
from bihuan.spec.checks.uses import Use
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

FILE = "matters.toml"
OPENING = "open"


def arguments(uses: Iterable[Use], verbs: Verbs) -> Iterator[Problem]:
    """Every verb is one of the house's, and is given what it takes."""
    for use in uses:
        known = verbs.guards if use.sort == "guard" else verbs.effects
        if use.model is None:
            cause = f"no {use.sort} {use.verb.do!r}"
            yield Problem(FILE, use.path, cause, f"one of {sorted(known)}")
        for where, cause in use.faults:
            remedy = f"see the {use.sort} {use.verb.do} in verbs.md"
            yield Problem(FILE, f"{use.path}.with.{where}".rstrip("."), cause, remedy)
        needed = use.model.facet if use.model is not None else ""
        if needed and needed not in use.kind.blocks:
            cause = f"{use.verb.do} is only for kinds with `{needed}`"
            yield Problem(FILE, use.path, cause, f"give {use.kind_id} the block `{needed} = …`")


def _of_house(programme: Programme) -> Mapping[str, Collection[str]]:
    return {
        "setting": programme.settings,
        **files.nouns(programme),
        "programme": {programme.id, *programme.manifest.needs},
        "above": {name for kind in programme.kinds.values() for name in kind.actions},
    }


def mentions(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """What arguments name exists in the programme."""
    everywhere = _of_house(programme)
    of_files = files.nouns(programme)
    for use in uses:
        # Opening is what every kind has without declaring it; a guard may look back at it.
        actions = [*use.kind.actions, OPENING] if use.sort == "guard" else list(use.kind.actions)
        known = {**everywhere, "clock": programme.clocks, "action": actions, "input": use.inputs}
        for path, one in use.names(
            "setting", "programme", "above", "clock", "action", "input", *of_files
        ):
            noun = one.names.noun
            if one.name not in known[noun]:
                yield Problem(FILE, path, *_missing(noun, str(one.name), known[noun]))


def fitting(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """What arguments name is of this kind, and of a type that the verb can use."""
    for use in uses:
        for path, one in use.names("clock", "input", "setting"):
            yield from _fits(programme, use, path, one)


def _missing(noun: str, name: str, known: Collection[str]) -> tuple[str, str]:
    remedy = "name it in needs" if noun == "programme" else "declare it"
    return f"no {noun} {name!r}", f"{remedy}, or one of {sorted(known)}" if known else remedy


def _fits(programme: Programme, use: Use, path: str, one: Named) -> Iterator[Problem]:
    """An input or a setting of the wrong type, a clock of another kind."""
    name, found = str(one.name), None
    if one.names.noun == "input" and name in use.inputs:
        found = str(use.inputs[name].type)
    elif one.names.noun == "setting" and name in programme.settings:
        found = str(programme.settings[name].type)
    elif one.names.noun == "clock" and name in programme.clocks:
        other = programme.clocks[name].kind
        if other != use.kind_id:
            there = sorted(n for n, one in programme.clocks.items() if one.kind == use.kind_id)
            yield Problem(FILE, path, f"the clock {name!r} is one of {other}", f"one of {there}")
    types = one.names.types
    if found is not None and types and found not in types:
        cause = f"{name!r} is of type {found}, which {use.verb.do} cannot use"
        yield Problem(FILE, path, cause, f"name one of type {' or '.join(types)}")


def above(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """An action that an effect has the house take is one the house may take."""
    for use in uses:
        if use.sort != "effect":
            continue
        for path, one in use.names("above", "action"):
            name = str(one.name)
            kinds = [use.kind] if one.names.noun == "action" else programme.kinds.values()
            found = [kind.actions[name] for kind in kinds if name in kind.actions]
            if found and not any("system" in action.by for action in found):
                cause = f"the house may not take {name!r}"
                yield Problem(FILE, path, cause, "add system to the action's by")
