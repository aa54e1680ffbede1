"""The kernel's verbs: what a guard and an effect are, and how they are found by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes.api import registry
from bihuan.lib.problems import RefusedError
from bihuan.spec.arguments import Args
from bihuan.spec.checks.told import refusal_key
from bihuan.spec.schema import Action, Verb


@dataclass(frozen=True)
class Refusal:
    """Why a guard says no: a message key and what fills it."""

    key: str
    values: dict[str, Any]


A = TypeVar("A", bound=Args)
Guard = Callable[[Step, Any], Refusal | None]
Effect = Callable[[Step, Any], None]
_GUARDS: dict[str, tuple[type[Args], Guard]] = {}
_EFFECTS: dict[str, tuple[type[Args], Effect]] = {}


def guard(name: str, args: type[A], run: Callable[[Step, A], Refusal | None]) -> None:
    """Registers a guard: returns why not, or None."""
    registry.guard(name, args)
    _GUARDS[name] = (args, run)


def effect(name: str, args: type[A], run: Callable[[Step, A], None]) -> None:
    """Registers an effect: notes changes on the step."""
    registry.effect(name, args)
    _EFFECTS[name] = (args, run)


# Arguments by the identity of the programme's own verb, which is held along so that it stays one:
# programmes are kept in memory, and the same few verbs run at every step.
_READ: dict[int, tuple[Verb, Args]] = {}


def _arguments(use: Verb, args: type[Args]) -> Args:
    known = _READ.get(id(use))
    if known is None or known[0] is not use:
        known = (use, args.model_validate(use.args))
        _READ[id(use)] = known
    return known[1]


def refusal(step: Step, uses: tuple[Verb, ...]) -> Refusal | None:
    """The first guard that says no, or None."""
    for use in uses:
        if use.do not in _GUARDS:
            return Refusal("guard.verb_missing", {"verb": use.do})
        args, run = _GUARDS[use.do]
        found = run(step, _arguments(use, args))
        if found is not None:
            return _in_own_words(step, use, found)
    return None


def _in_own_words(step: Step, use: Verb, found: Refusal) -> Refusal:
    """A refusal with what the programme itself says of it, by locale, where it says anything."""
    key = refusal_key(step.matter.kind, step.action, use)
    strings = step.programme.strings
    own = {locale: words[key] for locale, words in strings.items() if key in words}
    return Refusal(found.key, {**found.values, "own": own}) if own else found


def apply(step: Step, uses: tuple[Verb, ...]) -> None:
    """Runs effects in the order the programme gives them. Raises RefusedError where the app that
    brought one is not installed any more: half a step is none."""
    for use in uses:
        if use.do not in _EFFECTS:
            raise RefusedError("guard.verb_missing", verb=use.do)
        args, run = _EFFECTS[use.do]
        run(step, _arguments(use, args))


def beside(action: Action | None) -> bool:
    """Whether an action has an effect that stands beside those that others had meanwhile."""
    uses = action.effects if action is not None else ()
    return any(one.do in _EFFECTS and _EFFECTS[one.do][0].beside for one in uses)


def alone(action: Action | None) -> set[str]:
    """The effects of an action that do not stand beside the very same that others had meanwhile."""
    uses = action.effects if action is not None else ()
    return {one.do for one in uses if one.do in _EFFECTS and _EFFECTS[one.do][0].alone}


def documented() -> list[tuple[str, str, str]]:
    """(kind, name, first paragraph of its documentation) of every verb, for the handbook."""
    rows = [("guard", name, _said(run)) for name, (_, run) in _GUARDS.items()]
    rows += [("effect", name, _said(run)) for name, (_, run) in _EFFECTS.items()]
    return sorted(rows)


def _said(run: Guard | Effect) -> str:
    return " ".join((run.__doc__ or "").partition("\n\n")[0].split())
