"""A list that somebody takes out as a spreadsheet: made, and noted who did so, when, how many rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bihuan.foundation.access import doings
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.exchange.export import sheet
from bihuan.kernel.matters.fieldtypes import Cell


def taken_out(
    actor: Actor,
    titles: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    name: str,
    said: Mapping[str, str],
    at: datetime,
    below: Sequence[Sequence[Cell]] = (),
    event: str = "list.exported",
) -> bytes:
    """The bytes of an .xlsx with one sheet called `name`, which says that the actor's organisation made it
    at `at`; lines that stand `below` are no rows. The log has the `event`: by whom, how many rows, and
    `said`, what the list was narrowed to (ids, never what was searched for)."""
    some = list(rows)
    made = sheet(titles, [*some, *below], name=name, author=author_of(actor), at=at)
    doings.done(actor, event, at, {"rows": len(some), "filter": dict(said)})
    return made


def author_of(actor: Actor) -> str:
    """The organisation somebody works for: of their posts, or else their grants, the highest."""
    places = sorted(actor.posts or [at for _, at, _ in actor.held], key=len)
    return next((org.name for org in orgs.orgs_at(places[:1])), "")
