"""Journals that are missing in the plans of an organisation, and milestones past their day."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from bihuan.facets.plan import board
from bihuan.facets.plan.board import Wanted
from bihuan.foundation.access.api import Actor
from bihuan.web import faces
from bihuan.web.faces import Lacking, Missing

MOST = 50


def _lacking(who: Actor, path: str, at: datetime) -> Iterator[Lacking]:
    """The plans there that go on, with who answers first."""
    today = timezone.localtime(at).date()
    for row in board.portfolio(who, Wanted(unit=path), today, most=MOST).rows:
        if row.matter.phase == "done":
            continue
        here = reverse("desk:matter", args=[row.matter.pk])
        names = (Missing(row.lead, here),) if row.lead else ()
        told = (("plan.lacking.journals", row.journal.missed), ("plan.lacking.lines", row.late))
        for label, count in told:
            if count:
                yield Lacking(label, count, row.matter.subject, here, names, late=True)


def register() -> None:
    """Registers it."""
    faces.lacks(_lacking)
