"""Who is missing on the rolls of an organisation, with one press for each to record that they have done it."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from bihuan.facets.roll import counting, shown, sight
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import attached, reading
from bihuan.kernel.programmes import api as programmes
from bihuan.web import faces, words
from bihuan.web.faces import Lacking, Missing

MOST = 12
NAMES = 60


def _lacking(who: Actor, path: str, at: datetime) -> Iterator[Lacking]:
    """The open matters there on whose roll somebody still should."""
    on = timezone.localtime(at).date()
    waiting = Enrolled.objects.filter(state="should").values("matter_id")
    for found in reading.among(who, path, waiting, MOST):
        should = [
            one
            for one in counting.counting(counting.rows(found).values(), found, on)
            if one.state == "should"
        ]
        # Where another room tells who came, it tells what is missing, too.
        if not should or "roll" in attached.covered(
            programmes.spec_of(found.release_id).kinds[found.kind].blocks
        ):
            continue
        mark = shown.mark(found, who, at)
        named, spec = sight.named(found, who), programmes.spec_of(found.release_id)
        here = reverse("desk:matter", args=[found.pk])
        there = reverse("desk:act", args=[found.pk, mark["action"]]) if mark else here
        yield Lacking(
            "roll.lacking_orgs" if should[0].person_id is None else "roll.lacking",
            len(should),
            found.subject,
            f"{here}#roll",
            tuple(
                Missing(
                    one.name,
                    there if mark else "",
                    mark["posted"] if mark else "",
                    str(one.person_id or one.org_id) if mark else "",
                )
                for one in should[:NAMES]
                if named(one)
            ),
            words.of(spec, f"actions.{found.kind}.{mark['action']}") if mark else "",
            found.due_at,
            found.level == "late",
        )


def register() -> None:
    """Registers it."""
    faces.lacks(_lacking)
