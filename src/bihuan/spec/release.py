"""A release: the canonical text of a programme and its digest; what changed between two."""

import json
from typing import Any

from bihuan.lib import canonical
from bihuan.spec import facets, files
from bihuan.spec.load import parse
from bihuan.spec.schema import Kind, Programme

# What came to the format later: a programme that does not use it keeps its digest.
_LATER = {
    "kinds": ("doors", "seen_by"),
    "clocks": ("after_pause",),
    "settings": ("at_least", "at_most", "only_from"),
}
_LATER_OF_INPUTS = ("places", "at_least", "at_most", "grains", "columns", "seen_by", "as")


def _drop_unused(found: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        # Nought is a bound like any other number.
        if found[name] is None or found[name] is False or found[name] == []:
            del found[name]


def _drop_empty(found: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if not found.get(name):
            found.pop(name, None)


def _slim(inputs: dict[str, Any]) -> None:
    """Inputs without what they do not use, and so the columns of each."""
    for one in inputs.values():
        _slim(one["columns"])
        for name in _LATER_OF_INPUTS:
            if one[name] in (None, [], {}):
                del one[name]
        if one["sets"] is False:
            del one["sets"]


def _slim_kinds(kinds: dict[str, Any]) -> None:
    for kind in kinds.values():
        for inputs in (kind["fields"], *(one["inputs"] for one in kind["actions"].values())):
            _slim(inputs)
        for action in kind["actions"].values():
            for name in action["inputs"].keys() & kind["fields"].keys():
                _alike(action["inputs"][name])


def _alike(one: dict[str, Any]) -> None:
    """An input with the name of a field. To say nothing meant to set it, before there was a word."""
    if one.get("sets") is True:
        del one["sets"]
    else:
        one.setdefault("sets", False)


def _plain(programme: Programme) -> dict[str, Any]:
    found = programme.model_dump(mode="json", by_alias=True)
    # A later part of the format: programmes without it keep the digest they always had.
    if not found["figures"]:
        del found["figures"]
    for role in found["manifest"]["roles"]:
        if not role["does"]:
            del role["does"]
    for source in found["manifest"]["sources"]:
        _drop_unused(source, ("national",))
    for part, names in _LATER.items():
        for one in found[part].values():
            _drop_unused(one, names)
    _slim_kinds(found["kinds"])
    for figure in found.get("figures", {}).values():
        _drop_unused(figure, ("beside",))
        for where in (figure["among"], figure["part"] or {}, *figure["excluded"]):
            _drop_empty(where, ("ever", "last"))
    return found


def text(programme: Programme) -> str:
    """Canonical JSON. Comments and layout of the TOML do not show in it; facts do."""
    return canonical.dumps(_plain(programme))


def stored(programme: Programme) -> str:
    """The same facts in the order the author gave them, which is the order people see."""
    return json.dumps(_plain(programme), ensure_ascii=False)


def digest(programme: Programme) -> str:
    """SHA-256 of the canonical text."""
    return canonical.digest(text(programme))


def from_text(stored: str) -> Programme:
    """The programme a release holds, without what belongs to apps that are not installed (see
    `unread`). Raises BrokenProgrammeError if it was altered."""
    return parse(json.loads(stored), stored=True)


def unread(stored: str) -> list[str]:
    """What of a stored release no app of this house knows, as paths."""
    raw = json.loads(stored)
    known = {*Programme.model_fields, *(one.part for one in files.registered())}
    found = sorted(raw.keys() - known)
    blocks = {*Kind.model_fields, *(one.name for one in facets.registered())}
    blocks |= {one.alias for one in Kind.model_fields.values() if one.alias}
    for kind_id, kind in raw["kinds"].items():
        found += sorted(f"{kind_id}.{name}" for name in kind.keys() - blocks)
    return found


def _leaves(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        found: dict[str, str] = {}
        for key, item in value.items():
            found |= _leaves(item, f"{path}.{key}" if path else str(key))
        return found
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        found = {}
        for index, item in enumerate(value):
            found |= _leaves(item, f"{path}[{index}]")
        return found
    return {path: canonical.dumps(value)}


def diff(old: Programme, new: Programme) -> list[tuple[str, str | None, str | None]]:
    """Changed facts as (key path, old, new), words included; None where a side has none."""
    before = _leaves(json.loads(text(old)))
    after = _leaves(json.loads(text(new)))
    return [
        (path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]
