"""Whose city this is: what belongs to the tree that the site is named after comes first."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bihuan.foundation.identity import api as identity
from bihuan.foundation.orgs.api import Org, orgs_called, root_paths, tree

Row = TypeVar("Row")


def _roots() -> set[str]:
    """The paths of the roots that are called as the site is."""
    name = identity.site().name
    return {
        path
        for path in (root_paths() if name else ())
        if any(found.path == path for found in orgs_called(name, within=path))
    }


def is_ours(org: Org) -> bool:
    """Whether the site's address, hours and hotline are those of an organisation: it is in the site's own
    tree, or there is only one tree."""
    return len(root_paths()) == 1 or org.path[: tree.STEP] in _roots()


def first(rows: Sequence[Row], org: Callable[[Row], Org]) -> list[Row]:
    """The rows in their order, those of the site's own tree before all others. Where no root is called
    as the site is, nothing moves."""
    roots = _roots()
    return sorted(rows, key=lambda row: org(row).path[: tree.STEP] not in roots)
