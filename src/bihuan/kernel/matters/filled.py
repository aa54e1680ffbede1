"""What the steps of a matter filled in, and what of it who may read."""

from collections.abc import Collection, Mapping
from typing import Any

from bihuan.foundation.access.api import EVERYBODY, SENDER, Actor
from bihuan.kernel.matters import access
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Input, Kind

OPENED = "matter.opened"
_UNDECLARED = Input(type="text")


def declared(kind: Kind, name: str, action: str = "") -> Input:
    """How a kind declares an input of an action, else a field of its own; a text where it does not
    (what an older release called otherwise)."""
    step = kind.actions.get(action)
    found = step.inputs.get(name) if step is not None else None
    return found or kind.fields.get(name) or _UNDECLARED


def _all(content: Mapping[str, Any]) -> dict[str, Any]:
    return {**content.get("inputs", {}), **content.get("private", {}).get("inputs", {})}


def read_by(
    reader: Actor, found: Matter, event_type: str, content: Mapping[str, Any], by: Collection[str]
) -> dict[str, Any]:
    """The inputs of a step, as its event says them, that a reader of the matter may know; `by` is who
    filled them in and who did so in their name."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    # The opening asks for the kind's own fields, whatever its actions are called.
    action = "" if event_type == OPENED else content.get("action", "")
    return {
        name: value
        for name, value in _all(content).items()
        if access.reads(reader, found, declared(kind, name, action), by)
    }


def for_all(found: Matter, event_type: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a step that may be told to whoever is told of the matter at all."""
    return read_by(EVERYBODY, found, event_type, content, ())


def for_sender(found: Matter, event_type: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a step that its sender may know."""
    return read_by(SENDER, found, event_type, content, ())


def facts(reader: Actor, found: Matter) -> dict[str, Any]:
    """The facts of a matter that a reader of it may know. What is kept apart is none; a matter that was
    opened before its kind said so may hold some."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    return {
        name: value
        for name, value in found.facts.items()
        if name not in kind.fields or access.reads(reader, found, kind.fields[name])
    }
