"""Windows: where there are any, who waits there, and who is called to which."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bihuan.foundation.access import api as grants
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme

TICKETS = "kiosk"
DAY = timedelta(days=1)
DIGITS = 10_000


@dataclass(frozen=True)
class Hall:
    """An organisation with windows; `kinds` are what its programme opens there."""

    org: Org
    programme: Programme
    kinds: dict[str, str]


def halls(on: date) -> Iterator[Hall]:
    """Every organisation with a desk and a programme that has something for its windows."""
    for org in grants.orgs_with("desk", on):
        for force in programmes.all_in_force(on):
            if not tree.covers(force.org.path, org.path):
                continue
            programme = programmes.held_under(force.release_id, org.path, on).programme
            kinds = {one.at_window: name for name, one in programme.kinds.items() if one.at_window}
            if kinds:
                yield Hall(org, programme, {str(part): name for part, name in kinds.items()})


def hall(pk: int, on: date) -> Hall:
    """The hall of an organisation. Raises LookupError."""
    found = next((one for one in halls(on) if one.org.pk == pk), None)
    if found is None:
        raise LookupError(pk)
    return found


def hall_for(path: str, on: date, part: str) -> Hall | None:
    """Where one goes with a matter of an organisation: its own hall or the nearest above it, else
    the first common one of its city. `part` is what must be done there."""
    rows = [
        one
        for one in halls(on)
        if part in one.kinds and one.org.path[: tree.STEP] == path[: tree.STEP]
    ]
    over = [one for one in rows if tree.covers(one.org.path, path)]
    return max(over, key=lambda one: len(one.org.path)) if over else next(iter(rows), None)


def tickets(one: Hall, at: datetime) -> list[matters.Matter]:
    """Today's tickets that are still in the queue, oldest first; numbers only, so public."""
    rows = matters.through(TICKETS).filter(
        home_path=one.org.path, kind=one.kinds["ticket"], phase="open", opened_at__gt=at - DAY
    )
    return list(rows.order_by("pk")[:200])


def short(ticket: matters.Matter) -> str:
    """What is called: the last four digits. Ten thousand do not wait in one hall."""
    return f"{ticket.pk % DIGITS:04}"
