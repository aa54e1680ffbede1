"""Fields and inputs: choices, what senders are asked, what a step writes back on the matter."""

from collections.abc import Iterator

from bihuan.spec import facets
from bihuan.spec.load import Problem
from bihuan.spec.schema import Input, Kind, Programme

FILE = "matters.toml"


def problems(programme: Programme) -> Iterator[Problem]:
    """Choices that there are not; fields that nobody could fill in."""
    for kind_id, kind in programme.kinds.items():
        for name, one in kind.fields.items():
            where = f"{kind_id}.fields.{name}"
            yield from _choices(where, one)
            if one.later and one.required:
                cause = "nobody could open a matter: required, and not asked"
                yield Problem(FILE, f"{where}.later", cause, "drop required or later")
        for action_id, action in kind.actions.items():
            for name, one in action.inputs.items():
                where = f"{kind_id}.actions.{action_id}.inputs.{name}"
                yield from _choices(where, one)
                if one.later or one.senders:
                    cause = "later and senders belong to fields that are filled in when opening"
                    yield Problem(FILE, where, cause, "drop them")


def kept(programme: Programme) -> Iterator[Problem]:
    """Fields that nothing fills in, or that a step would fill with what does not fit."""
    for kind_id, kind in programme.kinds.items():
        yield from _later(kind_id, kind)
        for name, one in kind.fields.items():
            yield from _twice(f"{kind_id}.fields.{name}", one)
            if one.senders and "sender" not in kind.opened_by:
                cause = "no sender opens this kind, so none is ever asked"
                remedy = "drop senders, or add sender to opened_by"
                yield Problem(FILE, f"{kind_id}.fields.{name}.senders", cause, remedy)
        for action_id, action in kind.actions.items():
            for name, one in action.inputs.items():
                path = f"{kind_id}.actions.{action_id}.inputs.{name}"
                yield from _twice(path, one)
                if name in kind.fields:
                    yield from _written_back(path, name, one, kind.fields[name])


def _twice(where: str, one: Input) -> Iterator[Problem]:
    for choice in sorted({c for c in one.choices if one.choices.count(c) > 1}):
        yield Problem(FILE, f"{where}.choices", f"{choice!r} is named twice", "name it once")


def _choices(where: str, one: Input) -> Iterator[Problem]:
    if (one.type == "choice") != bool(one.choices):
        cause = "choices belong to the type choice"
        yield Problem(FILE, where, cause, "give or drop choices")
    for choice in sorted(set(one.senders) - set(one.choices)):
        remedy = "name choices of the field"
        yield Problem(FILE, f"{where}.senders", f"no choice {choice!r}", remedy)


def _later(kind_id: str, kind: Kind) -> Iterator[Problem]:
    """A field that comes later is filled in by some step, or set by the house."""
    given = {name for action in kind.actions.values() for name in action.inputs}
    for facet in facets.registered():
        if (block := facet.of(kind)) is not None:
            given.update(facet.sets(block))
    for name, one in kind.fields.items():
        if one.later and one.type != "bool" and name not in given:
            cause = "it comes later, and no action fills it in"
            remedy = "add an input of this name to an action, or drop later"
            yield Problem(FILE, f"{kind_id}.fields.{name}.later", cause, remedy)


def _written_back(path: str, name: str, one: Input, field: Input) -> Iterator[Problem]:
    """An input named like a field of the kind sets that field."""
    if one.type != field.type:
        cause = f"it sets the field {name!r}, which is of type {field.type}"
        yield Problem(FILE, f"{path}.type", cause, "give both one type, or rename the input")
    elif extra := sorted(set(one.choices) - set(field.choices)):
        cause = f"it sets the field {name!r}, which has no choice {', '.join(extra)}"
        yield Problem(FILE, f"{path}.choices", cause, f"one of {sorted(field.choices)}")
    if one.private and not field.private:
        cause = f"what is private here would stand open in the field {name!r}"
        yield Problem(FILE, f"{path}.private", cause, "make both private, or rename the input")
