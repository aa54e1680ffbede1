"""By what a row of a table is known again: its cells as they are read now, and as they were read before:
by the words of each release there was, and while tables had no columns of a kind's own fields."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from bihuan.foundation.orgs.api import Org
from bihuan.kernel.exchange import declared, headers, own_fields
from bihuan.kernel.exchange.headers import NAMES, SECOND, TEXTS
from bihuan.kernel.exchange.row import Frame, is_moment, wish, without_own
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.opening import opened_before
from bihuan.kernel.programmes import api as programmes
from bihuan.language.tabular import heads
from bihuan.language.tabular.picking import Layout, Picked, pick
from bihuan.lib import canonical
from bihuan.lib.tables import Sheet
from bihuan.spec.schema import Programme


@dataclass(frozen=True)
class Row:
    """A row's number, its cells by column, and its key; equal rows get keys of their own."""

    number: int
    cells: Mapping[str, str]
    key: str


@dataclass(frozen=True)
class Reading:
    """How the table was read before: by whose words, its rows by number, and whether only the fields of
    every message were filled in."""

    frame: Frame
    rows: Mapping[int, Row]
    bare: bool

    def matter(self, number: int) -> Matter | None:
        """What a row became when it was read like this."""
        row = self.rows.get(number)
        if row is None:
            return None
        asked = wish(self.frame, row.number, row.cells)
        opening = without_own(asked) if self.bare else asked.opening
        return opened_before(opening, self.frame.actor, row.key)


def rows(table: heads.Table, home: Org) -> Iterator[Row]:
    """The rows of a table that is read for an organisation."""
    seen: Counter[str] = Counter()
    for row, line in zip(table.numbers, table.rows, strict=True):
        cells = {name: line[index].strip() for name, index in table.columns.items()}
        # A second moment was never part of a row; the hour of a day is what tells two rows apart.
        aside = "hour" in cells and is_moment(cells["hour"])
        known = {name: text for name, text in cells.items() if name != "hour" or not aside}
        digest = canonical.digest(canonical.dumps(known))[:40]
        seen[digest] += 1
        yield Row(row, cells, f"import:{home.pk}:{digest}:{seen[digest]}")


def before(sheets: Sequence[Sheet], layout: Layout, frame: Frame) -> tuple[Reading, ...]:
    """Every other way in which the table was read, or would have been, the latest first."""
    found = []
    for each in (frame, *_frames(frame)):
        names = own_fields.names(each.programme, each.kind)
        whole = _picked(sheets, layout, names)
        if each is not frame:
            found.append(_reading(each, whole, bare=False))
        if whole.table.columns.keys() - NAMES.keys():
            plain = _picked(sheets, layout, headers.names(each.programme, each.kind))
            found.append(_reading(each, plain, bare=True))
    return tuple(one for one in found if one is not None)


def _picked(sheets: Sequence[Sheet], layout: Layout, names: Mapping[str, Sequence[str]]) -> Picked:
    said = {title: name for title, name in layout.columns.items() if not name or name in names}
    return pick(sheets, names, wanted=TEXTS, second=SECOND, layout=replace(layout, columns=said))


def _reading(frame: Frame, picked: Picked, *, bare: bool) -> Reading | None:
    if not TEXTS & picked.table.columns.keys():
        return None
    return Reading(frame, {row.number: row for row in rows(picked.table, frame.home)}, bare)


def _frames(frame: Frame) -> Iterator[Frame]:
    """By the words of every other release of the programme, each way of reading once."""
    day = timezone.localtime(frame.at).date()
    known = [_said(frame.programme, frame.kind)]
    for row in programmes.releases():
        if row.programme != frame.programme.id:
            continue
        one = programmes.held_under(row.pk, frame.home.path, day).programme
        if frame.kind not in one.kinds or (said := _said(one, frame.kind)) in known:
            continue
        known.append(said)
        yield replace(frame, programme=one, reading=declared.of(one, frame.kind))


def _said(programme: Programme, kind: str) -> tuple[Any, ...]:
    """All that a programme says of how a table of a kind is read."""
    called = [
        {key: text for key, text in words.items() if key.startswith("choices.")}
        for words in programme.strings.values()
    ]
    names = own_fields.names(programme, kind)
    return declared.of(programme, kind), names, programme.kinds[kind].fields, called
