"""What inputs are for the house: it asks which one is the answer, never for an input's name.

| `as` | what it is |
|---|---|
| `answer` | the text that answers whoever the matter came from: looked through before it goes, read by the sender, given to what was merged, offered to be published |
| `draft` | an answer that somebody else has yet to sign: looked through, and read by no sender |
| `grade` | what they think of the answer: read by them, and may be given once |
| `more` | what they add to what they wrote: files may say it instead |
| `told` | what else a sender reads of a step that others took |
"""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from bihuan.spec.schema import Action, As, Kind, Programme

# Releases stored before inputs said it: then the house knew them by these names.
BEFORE: Mapping[str, As] = {
    "reply": "answer",
    "draft": "draft",
    "rating": "grade",
    "competent": "told",
    "conclusion": "told",
    "missing": "told",
    "text": "more",
}


def _says(programme: Programme) -> bool:
    return any(
        one.as_ is not None
        for kind in programme.kinds.values()
        for action in kind.actions.values()
        for one in action.inputs.values()
    )


def inputs_as(programme: Programme, action: Action | None, *asked: As) -> list[str]:
    """The inputs of an action that are any of what is asked for, in its own order."""
    if action is None:
        return []
    if _says(programme):
        return [name for name, one in action.inputs.items() if one.as_ in asked]
    return [name for name in action.inputs if BEFORE.get(name) in asked]


def said(programme: Programme, action: Action) -> frozenset[As]:
    """All that inputs of an action are for the house."""
    return frozenset(one for one in get_args(As) if inputs_as(programme, action, one))


def answers(programme: Programme, kind: Kind) -> frozenset[str]:
    """The inputs of any action of a kind that are an answer."""
    return frozenset(
        name for action in kind.actions.values() for name in inputs_as(programme, action, "answer")
    )


def newest(names: frozenset[str], given: Iterable[Mapping[str, Any]]) -> str:
    """The first answer among what steps filled in, the newest step first; '' where there is none."""
    for inputs in given:
        found = next((inputs[name] for name in inputs if name in names and inputs[name]), None)
        if found:
            return str(found)
    return ""


def told(programme: Programme, kind: Kind) -> frozenset[str]:
    """The inputs of any action of a kind that its sender reads, whoever took it."""
    return frozenset(
        name
        for action in kind.actions.values()
        for name in inputs_as(programme, action, "answer", "grade", "more", "told")
    )


def at_once(programme: Programme, kind: Kind) -> tuple[str, str] | None:
    """The action, and its input, by which what just came is answered at once: it asks for the answer
    and requires nothing else. None where a kind has none."""
    for name, action in kind.actions.items():
        found = inputs_as(programme, action, "answer")
        others = [
            one for one, given in action.inputs.items() if given.required and one not in found[:1]
        ]
        begins = kind.initial in kind.sources_of(action) and {*action.by} & {*kind.staff()}
        if found and begins and not others:
            return name, found[0]
    return None
