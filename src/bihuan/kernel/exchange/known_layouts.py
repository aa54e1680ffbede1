"""How an organisation's tables were read: what somebody said of a header is not asked again.

A convenience, no record: nothing that was imported depends on it, and every preview shows it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bihuan.foundation.orgs.api import Org
from bihuan.kernel.exchange.models import KnownLayout
from bihuan.language.tabular.picking import Layout, Picked
from bihuan.language.tabular.titles import plain
from bihuan.lib import canonical

# So many shapes of an organisation are kept; the one not said for longest goes.
MOST = 50


@dataclass(frozen=True)
class Recalled:
    """A layout, and whether it is as said last time."""

    layout: Layout
    before: bool


def shape(picked: Picked) -> str:
    """What tables of the same header have in common: its titles, in their order, as they are found
    without anybody saying anything."""
    return canonical.digest(canonical.dumps([plain(one) for one in picked.table.header]))[:40]


def recall(home: Org, found: Picked, layout: Layout) -> Recalled:
    """The layout given, or where nothing was said of header and columns what was said last time."""
    if layout.columns or layout.head is not None:
        return Recalled(layout, before=False)
    row = KnownLayout.objects.filter(org_id=home.pk, shape=shape(found)).first()
    if row is None:
        return Recalled(layout, before=False)
    return Recalled(replace(layout, head=row.head, columns=row.columns), before=True)


def remember(home: Org, found: Picked, used: Picked, layout: Layout, at: datetime) -> None:
    """Keeps what somebody said, where it is more than the words of the header say by themselves."""
    if used.table.head in {one.head for one in found.table.others}:
        # Which of several tables was meant is said of this file: the next one has others.
        return
    titles = {name: used.table.header[index] for name, index in used.table.columns.items()}
    same = found.table.head == used.table.head
    if not layout.columns or (same and found.table.columns == used.table.columns):
        KnownLayout.objects.filter(org_id=home.pk, shape=shape(found)).delete()
        return
    columns = {title: "" for title in used.table.header if title}
    columns |= {title: name for name, title in titles.items()}
    KnownLayout.objects.update_or_create(
        org_id=home.pk,
        shape=shape(found),
        defaults={
            "head": None if same else used.table.head,
            "columns": columns,
            "said_at": at,
        },
    )
    old = KnownLayout.objects.filter(org_id=home.pk).order_by("-said_at", "-pk")[MOST:]
    KnownLayout.objects.filter(pk__in=[one.pk for one in old]).delete()
