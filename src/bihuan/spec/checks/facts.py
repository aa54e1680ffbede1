"""Facts and values: what is asked about is set by something, and can be what it is compared with."""

from collections.abc import Iterable, Iterator
from typing import Any

from bihuan.spec import bounds
from bihuan.spec.checks.uses import Use, effects_of
from bihuan.spec.load import Problem
from bihuan.spec.schema import Input, Kind, Programme

FILE = "matters.toml"
# Of which a programme does not say beforehand what they hold.
_OPEN = object()


def _of_input(one: Input) -> set[Any]:
    if one.type == "choice":
        return set(one.choices)
    return {True, False} if one.type == "bool" else {_OPEN}


def of(kind_id: str, kind: Kind, uses: Iterable[Use]) -> dict[str, set[Any]]:
    """The facts that a matter of a kind may have, each with the values it may have."""
    found: dict[str, set[Any]] = {
        name: _of_input(one) for name, one in kind.fields.items() if not one.apart
    }
    for use in effects_of(uses, kind_id):
        for name in use.args.sets if use.args is not None else ():
            found.setdefault(name, set()).add(_OPEN)
        for _, one in use.names("given_fact"):
            value = getattr(use.args, "value", _OPEN)
            found.setdefault(str(one.name), set()).add(value)
    return found


def problems(programme: Programme, uses: list[Use]) -> Iterator[Problem]:
    """Facts that nothing sets; values that a fact, an input or a setting never has."""
    known = {name: of(name, kind, uses) for name, kind in programme.kinds.items()}
    for use in uses:
        facts = known[use.kind_id]
        for path, one in use.names("fact"):
            if one.name not in facts:
                field = use.kind.fields.get(str(one.name))
                if field is not None and field.apart:
                    cause = f"what is not everybody's is no fact: {one.name!r}"
                    remedy = "drop private and seen_by, or ask for another fact"
                    yield Problem(FILE, path, cause, remedy)
                    continue
                cause = f"nothing ever sets the fact {one.name!r}"
                remedy = f"declare a field, set it by fact.set, or one of {sorted(facts)}"
                yield Problem(FILE, path, cause, remedy)
        for path, one in use.names("value"):
            of_what, name = one.names.of, str(use.beside(one))
            if of_what == "fact":
                yield from _fact(path, name, one.name, facts.get(name, {_OPEN}))
            elif of_what == "input" and name in use.inputs:
                yield from _input(path, name, one.name, use.inputs[name])
            elif of_what == "setting" and name in programme.settings:
                setting = programme.settings[name]
                if not bounds.fits(setting, one.name):
                    cause = f"{name!r} can never be {one.name!r}: it is of type {setting.type}"
                    yield Problem(FILE, path, cause, "compare with a value it can have")


def _fact(path: str, name: str, value: Any, known: set[Any]) -> Iterator[Problem]:
    if _OPEN not in known and value not in known:
        told = sorted(str(one) for one in known if one not in (None, ""))
        cause = f"the fact {name!r} is never {value!r}"
        yield Problem(FILE, path, cause, f"one of {told}")


def _input(path: str, name: str, value: Any, one: Input) -> Iterator[Problem]:
    known = {str(choice) for choice in _of_input(one)}
    if one.type in ("choice", "bool") and str(value) not in known:
        cause = f"there is no choice {value!r} of {name!r}"
        yield Problem(FILE, path, cause, f"one of {sorted(known)}")
