"""The matters behind a figure that somebody may see, without a trace of those they may not: how many
lie behind a withheld group would be the group."""

from collections.abc import Callable

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter

# How many are read at once after the first look, and how often, before the reader is asked whether
# to go on: only who may see none of very many learns that they are very many.
MANY, ROUNDS = 2000, 20


def seen_behind(
    who: Actor, ask: Callable[..., list[int]], *, after: int = 0, limit: int = 50
) -> tuple[list[Matter], int | None]:
    """At most `limit` matters that somebody may see, and after which id to go on when they may see
    more. `ask` is `matters_behind` with all of its question but `after` and `limit`."""
    found: list[Matter] = []
    many = limit + 1
    for _ in range(ROUNDS):
        ids = ask(after=after, limit=many)
        found += matters.by_ids(who, ids)
        if len(found) > limit:
            return found[:limit], found[limit - 1].pk
        if len(ids) < many:
            return found, None
        after, many = ids[-1], MANY
    return found, after
