"""Public notices: every name that `notice` speaks of exists."""

from collections.abc import Collection, Iterator

from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme


def problems(programme: Programme) -> Iterator[Problem]:
    """Names in `notice` that are none."""
    for kind_id, kind in programme.kinds.items():
        if kind.notice is None:
            continue
        one = kind.notice
        clocks = [name for name, clock in programme.clocks.items() if clock.kind == kind_id]
        inputs = {name for action in kind.actions.values() for name in action.inputs}
        switches = [name for name, found in programme.settings.items() if found.type == "switch"]
        known: list[tuple[str, tuple[str, ...], Collection[str]]] = [
            ("shown", one.shown, kind.states),
            ("clock", (one.clock,), clocks),
            ("text", (one.text,), inputs),
            ("told", one.told, kind.actions),
            ("objection", (one.objection,), programme.kinds),
            ("object", (one.object,), kind.actions),
            ("named", (one.named,), switches),
        ]
        for key, names, there_are in known:
            for name in names:
                if name not in there_are:
                    path, cause = f"{kind_id}.notice.{key}", f"there is no {name!r}"
                    yield Problem("matters.toml", path, cause, f"one of {sorted(there_are)}")


def objected(programme: Programme) -> Iterator[Problem]:
    """What an objection has the house do, the house may do."""
    for kind_id, kind in programme.kinds.items():
        name = kind.notice.object if kind.notice is not None else ""
        found = kind.actions.get(name)
        if found is not None and "system" not in found.by:
            cause = f"an objection has the house take {name!r}, which it may not"
            path = f"{kind_id}.notice.object"
            yield Problem("matters.toml", path, cause, "add system to the action's by")
