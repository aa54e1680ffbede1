"""What was opened for each of a roster and is not done yet, at an organisation."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.urls import reverse

from bihuan.facets.each.models import EachOf
from bihuan.facets.each.shown import called
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import reading
from bihuan.web import faces
from bihuan.web.faces import Lacking, Missing

MOST = 100


def _lacking(who: Actor, path: str, at: datetime) -> Iterator[Lacking]:
    """By what it was opened under: who has it open, those whose time is over first."""
    del at
    going = EachOf.objects.filter(left=None)
    found = reading.among(who, path, going.values("matter_id"), MOST)
    of = {one.matter_id: one for one in going.filter(matter_id__in=[row.pk for row in found])}
    rows = sorted(
        (row for row in found if row.pk in of),
        key=lambda row: (of[row.pk].parent_id, row.level != "late", row.pk),
    )
    for parent_id, group in groupby(rows, key=lambda row: of[row.pk].parent_id):
        some = list(group)
        ends = [row.due_at for row in some if row.due_at is not None]
        above = matters.by_ids(who, [parent_id])
        yield Lacking(
            "each.lacking",
            len(some),
            (above or some)[0].subject,
            reverse("each:all", args=[parent_id])
            if above
            else reverse("desk:matter", args=[some[0].pk]),
            tuple(
                Missing(
                    called(of[row.pk].person_id, of[row.pk].org_id),
                    reverse("desk:matter", args=[row.pk]),
                    late=row.level == "late",
                )
                for row in some
            ),
            due=min(ends, default=None),
            late=any(row.level == "late" for row in some),
        )


def register() -> None:
    """Registers it."""
    faces.lacks(_lacking)
