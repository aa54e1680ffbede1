"""The list of members as a spreadsheet: what somebody is shown on its page, who took it out, when."""

from datetime import datetime

from django.utils import timezone

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.kernel.exchange.taken_out import taken_out
from bihuan.kernel.matters.fieldtypes import Cell
from bihuan.kernel.people import api as people
from bihuan.kernel.people.api import Listed, Wanted
from bihuan.kernel.values.api import Tongue

COLUMNS = ("name", "code", "org", "way", "status", "since", "start", "end", "exempt")
MOST = 20_000


def workbook(actor: Actor, wanted: Wanted, tongue: Tongue, *, at: datetime) -> bytes:
    """The bytes of an .xlsx with the members on the day of `at`, `MOST` at most. Membership is
    sensitive: the last line says by whom and when it was taken out, and the log has the same.

    Raises DeniedError for who is shown no list."""
    if not people.roots(actor):
        raise DeniedError("keep")
    on = timezone.localtime(at)
    found = people.listed(actor, wanted, on.date(), most=MOST)
    titles = [tongue.text(f"members.column.{name}") for name in COLUMNS]
    who = tongue.text("members.taken_out", name=actor.name, at=f"{on:%Y-%m-%d %H:%M}")
    return taken_out(
        actor,
        titles,
        _rows(found, tongue),
        name=tongue.text("members.title"),
        said={"kind": wanted.full, "status": wanted.status, "org": wanted.org},
        below=[[who]],
        event="members.exported",
        at=at,
    )


def _rows(found: Listed, tongue: Tongue) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for row, free in found.rows:
        sort = people.sort_of(row.kind)
        if sort is None:
            continue
        programme, name = sort.programme, sort.name
        exempt = tongue.of(programme, f"exempt.{name}.{free.reason}") if free else ""
        rows.append(
            [
                row.person.name,
                row.person.code,
                row.org.name,
                tongue.of(programme, f"memberships.{name}"),
                tongue.of(programme, f"statuses.{name}.{row.status}"),
                row.since or "",
                row.start,
                row.end or "",
                exempt,
            ]
        )
    return rows
