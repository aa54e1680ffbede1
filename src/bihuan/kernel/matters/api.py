"""The public door of matters: every write and every look goes through here."""

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.access import (
    matter,
    may_act,
    may_order,
    sees,
    visible,
)
from bihuan.kernel.matters.acting import Offered, act, offered, open_and_act
from bihuan.kernel.matters.asked import Opened, Opening
from bihuan.kernel.matters.cleaning import clean
from bihuan.kernel.matters.hanging import hangs, orders
from bihuan.kernel.matters.models import Matter, OldCode, Party
from bihuan.kernel.matters.noting import note
from bihuan.kernel.matters.numbers import number_pk
from bihuan.kernel.matters.opening import open_matter, open_under, open_under_each
from bihuan.kernel.matters.query_code import by_code
from bihuan.kernel.matters.reading import (
    Entry,
    Filter,
    Page,
    by_ids,
    count,
    counts,
    matters,
    numbered,
    of_kind,
    of_streams,
    open_children,
    stood_for,
    through,
    timeline,
)
from bihuan.kernel.matters.searched import searched
from bihuan.kernel.matters.sweep import recalculate, sweep

__all__ = [
    "Entry",
    "Filter",
    "Matter",
    "Offered",
    "Opened",
    "Opening",
    "Page",
    "Party",
    "act",
    "by_code",
    "by_ids",
    "clean",
    "count",
    "counts",
    "hangs",
    "matter",
    "matters",
    "may_act",
    "may_order",
    "note",
    "number_pk",
    "numbered",
    "of_kind",
    "of_streams",
    "offered",
    "open_and_act",
    "open_children",
    "open_matter",
    "open_under",
    "open_under_each",
    "orders",
    "recalculate",
    "searched",
    "sees",
    "stood_for",
    "sweep",
    "through",
    "timeline",
    "visible",
]

register(Matter, Party, OldCode)
