"""A list of matters as a spreadsheet: which rows, which columns, in whose words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from django.utils import timezone

from bihuan.foundation.access.api import EVERYBODY, Actor
from bihuan.kernel.exchange.taken_out import taken_out
from bihuan.kernel.matters import filled
from bihuan.kernel.matters.fieldtypes import Cell
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.reading import Filter, matters
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.values import api as values
from bihuan.kernel.values.api import Tongue

# What a face gives in one answer, and rows of one query: a list by due date moves while it is read.
MAX_ROWS = 5000
_ID = re.compile(r"[a-z0-9_.-]{1,40}")
COLUMNS = (
    *("number", "subject", "kind", "category", "channel", "state", "level"),
    *("home", "unit", "assignee", "opened", "due", "closed"),
)
# Fields that have a column in every list.
_ELSEWHERE = ("category", "channel")


def _rows(actor: Actor, wanted: Filter) -> Iterator[Matter]:
    # Whichever page was being looked at, the list is given out from its beginning.
    wanted, seen = replace(wanted, before=None, page=1), set[int]()
    while True:
        page = matters(actor, wanted, MAX_ROWS)
        yield from (row for row in page.rows if row.pk not in seen)
        seen |= {row.pk for row in page.rows}
        if not page.more:
            return
        # What is searched for comes newest first, whatever order was asked.
        if wanted.order == "due" and not wanted.text:
            wanted = replace(wanted, page=wanted.page + 1)
        else:
            wanted = replace(wanted, before=page.rows[-1].pk)


def _when(instant: datetime | None) -> str:
    return f"{timezone.localtime(instant):%Y-%m-%d %H:%M}" if instant else ""


def _cells(matter: Matter, tongue: Tongue) -> list[str]:
    spec = programmes.spec_of(matter.release_id)

    def choice(name: str, value: str) -> str:
        return tongue.of(spec, f"choices.{name}.{value}") if value else ""

    return [
        matter.number,
        matter.subject,
        tongue.of(spec, f"kinds.{matter.kind}"),
        choice("category", matter.category),
        choice("channel", matter.channel),
        tongue.of(spec, f"states.{matter.kind}.{matter.state}"),
        tongue.text(f"list.levels.{matter.level}"),
        matter.home.name,
        matter.unit.name,
        matter.assignee.name if matter.assignee else "",
        _when(matter.opened_at),
        _when(matter.due_at),
        _when(matter.closed_at),
    ]


def _own(found: Sequence[Matter], tongue: Tongue) -> dict[str, str]:
    """The fields of the one kind that all are of, with what they are called: those of its newest
    release first. Those kept apart, and those with a column of their own, are none."""
    if len({(one.programme, one.kind) for one in found}) != 1:
        return {}
    columns: dict[str, str] = {}
    for release in sorted({one.release_id for one in found}, reverse=True):
        spec = programmes.spec_of(release)
        for name, one in spec.kinds[found[0].kind].fields.items():
            if not one.apart and name not in _ELSEWHERE:
                columns.setdefault(name, tongue.of(spec, f"fields.{name}"))
    return columns


def _own_cells(actor: Actor, matter: Matter, own: Iterable[str], tongue: Tongue) -> Iterator[Cell]:
    spec = programmes.spec_of(matter.release_id)
    facts = filled.facts(EVERYBODY, matter, by=actor)
    for name in own:
        value = facts.get(name, "")
        blank = value in ("", None, [])
        yield "" if blank else values.cell(spec, matter.kind, name, value, tongue)


def workbook(
    actor: Actor, wanted: Filter, tongue: Tongue, *, limit: int, at: datetime
) -> tuple[bytes, int]:
    """The matters a list shows, as the bytes of an .xlsx, and how many they are (`limit` at most).
    That they were taken out is noted: who, when, how many, by which filter; not what was searched.

    Where all are of one kind, its own fields follow, each as what it is: a number, an amount in yuan,
    a date. It says that the actor's organisation made it at `at`. Times are local, to the minute. There is
    nothing of the vault in it: no name, phone or address of a sender.
    """
    found = list(islice(_rows(actor, wanted), limit))
    own = _own(found, tongue)
    rows = [[*_cells(one, tongue), *_own_cells(actor, one, own, tongue)] for one in found]
    titles = [*(tongue.text(f"list.{name}") for name in COLUMNS), *own.values()]
    name = tongue.text("list.title")
    return taken_out(actor, titles, rows, name=name, said=_said(wanted), at=at), len(rows)


def _said(wanted: Filter) -> dict[str, str]:
    # A text that is searched for may be somebody's name; so may what is typed where an id belongs.
    names = ("scope", "programme", "kind", "state", "phase", "category", "channel", "level")
    asked = {name: str(getattr(wanted, name) or "") for name in names}
    return {name: value for name, value in asked.items() if _ID.fullmatch(value)}
