"""What the steps of a matter filled in, and what of it who may read."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bihuan.foundation.access.api import EVERYBODY, SENDER, Actor
from bihuan.kernel.matters import access
from bihuan.kernel.matters.fieldtypes import UNSEEN
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


def _named(value: Any) -> list[int]:
    several = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, int) and not isinstance(one, bool)]


def _of_matters(kind: Kind, given: Mapping[str, Any], action: str) -> dict[str, list[int]]:
    types = ("matter", "matters")
    found = {
        name: value for name, value in given.items() if declared(kind, name, action).type in types
    }
    return {name: _named(value) for name, value in found.items()}


def seen_of(
    reader: Actor, found: Matter, given: Iterable[tuple[str, Mapping[str, Any]]]
) -> set[int]:
    """Which of the matters that values name, by action ('' for a kind's own), a reader sees: one query."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    named = {
        pk
        for action, inputs in given
        for pks in _of_matters(kind, inputs, action).values()
        for pk in pks
    }
    if not named or reader.ref == "system":
        return named
    if reader.person_id is None:
        return set()
    rows = Matter.objects.filter(access.visible(reader), pk__in=named)
    return set(rows.values_list("pk", flat=True))


def seen_only(
    found: Matter, given: Mapping[str, Any], seen: Collection[int], action: str = ""
) -> dict[str, Any]:
    """Values with UNSEEN where they name a matter that is not among those seen: its number is told to
    nobody else."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    told = dict(given)
    for name, pks in _of_matters(kind, given, action).items():
        left = [pk if pk in seen else UNSEEN for pk in pks]
        if left != pks:
            told[name] = left if isinstance(given[name], list) else left[0]
    return told


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
    given = read_by(EVERYBODY, found, event_type, content, ())
    return seen_only(found, given, (), content.get("action", ""))


def for_sender(found: Matter, event_type: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a step that its sender may know."""
    given = read_by(SENDER, found, event_type, content, ())
    return seen_only(found, given, (), content.get("action", ""))


def facts(reader: Actor, found: Matter, *, by: Actor | None = None) -> dict[str, Any]:
    """The facts of a matter that a reader of it may know. What is kept apart is none; a matter that was
    opened before its kind said so may hold some. Of other matters those are named that the reader sees,
    or, of what is for all, `by` whom it is taken out."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    told = {
        name: value
        for name, value in found.facts.items()
        if name not in kind.fields or access.reads(reader, found, kind.fields[name])
    }
    return seen_only(found, told, seen_of(by or reader, found, [("", told)]))
