"""Graphs of states: what can be reached, what leads nowhere."""

from collections.abc import Iterable


def reachable(start: Iterable[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    """All states one can get to from `start`, itself included."""
    onward: dict[str, set[str]] = {}
    for a, b in edges:
        onward.setdefault(a, set()).add(b)
    seen: set[str] = set()
    todo = list(start)
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo.extend(onward.get(state, ()))
    return seen


def unreachable(states: Iterable[str], initial: str, edges: Iterable[tuple[str, str]]) -> set[str]:
    """States no path leads to."""
    return set(states) - reachable([initial], edges)


def dead_ends(
    states: Iterable[str], final: Iterable[str], edges: Iterable[tuple[str, str]]
) -> set[str]:
    """States from which no final state can be reached."""
    back = [(b, a) for a, b in edges]
    return set(states) - reachable(final, back)
