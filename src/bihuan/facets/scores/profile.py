"""How what somebody was given moved from one matter to the next: on their page, for whoever is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.scores.block import SCORES
from bihuan.facets.scores.models import ScoreResult
from bihuan.facets.scores.shown import lines, read_by, results
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.matters import subjects
from bihuan.kernel.matters.api import Matter, Party
from bihuan.kernel.profiles import api as profiles
from bihuan.kernel.programmes import api as programmes

LISTED = 30


def _of_person(found: Person, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """Each closed matter about somebody, oldest last, with its averages beside those of the one before of
    the same kind; as far as the reader sees the matter and is told."""
    del at
    about = Party.objects.filter(person_id=found.pk, role__in=subjects.ROLES)
    closed = ScoreResult.objects.filter(matter_id__in=about.values("matter_id"))
    when = dict(closed.order_by("at").values_list("matter_id", "at"))
    if not when:
        return None
    rows = read_by(who, list(Matter.objects.filter(pk__in=when)))
    by_stream = results(one.stream for one in rows)
    before: dict[tuple[str, str], dict[str, ScoreResult]] = {}
    told = []
    for one in sorted(rows, key=lambda row: when[row.pk]):
        block = SCORES.of(programmes.spec_of(one.release_id).kinds[one.kind])
        now = by_stream[one.stream]
        if block is None:
            continue
        kind = (one.programme, one.kind)
        told.append(
            {
                "matter": one,
                "id": one.pk,
                "number": one.number,
                "subject": one.subject,
                "at": when[one.pk],
                "lines": lines(block, now, before.get(kind, {})),
            }
        )
        before[kind] = now
    return {"given": told[::-1][:LISTED]} if told else None


def register() -> None:
    """Puts the part on the pages of people."""
    profiles.register(profiles.Profile("scores", of_person=_of_person))
