"""Paths of the tree as text: ranges, ancestors."""

from bihuan.foundation.orgs.models import Org

AFTER = "\uffff"
STEP = Org.steplen


def bounds(path: str) -> tuple[str, str]:
    """(low, high) such that low <= p < high holds for the paths of the subtree and no others.

    Paths are made of 0-9 and A-Z, so "[" (the next character) closes the range.
    """
    return path, f"{path}["


def ancestors(path: str) -> list[str]:
    """The path itself and all above it, nearest first."""
    return [path[:end] for end in range(len(path), 0, -STEP)]


def covers(above: str, path: str) -> bool:
    """Whether `path` is `above` or lies under it."""
    return path.startswith(above)
