"""Who sees what: `seen_by` of a kind and of an input, with duties resolved into roles.

A kind that says nothing is seen by every role of its programme, each where it stands (`at`) and below.
Beside those it names, whoever has a matter in hand sees it, who opened it and whom it is about where the
kind names them, and the sender by their code. An input that says nothing is read by all who see the matter.
"""

from collections.abc import Iterable

from bihuan.spec.duties import doing
from bihuan.spec.schema import BUILT_IN_ACTORS, Kind, Programme


def named(programme: Programme, names: Iterable[str]) -> frozenset[str]:
    """The roles and built-in actors that a `seen_by` means: a duty stands for every role that has it.
    A role goes before a duty of the same name."""
    known = {role.id for role in programme.manifest.roles} | {*BUILT_IN_ACTORS}
    found: set[str] = set()
    for name in names:
        found |= {name} if name in known else doing(programme, name)
    return frozenset(found)


def roles(programme: Programme, kind: Kind) -> frozenset[str]:
    """The roles that see matters of a kind."""
    every = frozenset(role.id for role in programme.manifest.roles)
    return every & named(programme, kind.seen_by) if kind.seen_by else every
