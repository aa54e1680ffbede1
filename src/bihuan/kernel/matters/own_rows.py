"""What somebody opened with their account, for their own eyes: as far as they may still see it with its
subject and its state, else that they did."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.foundation.access import own_data
from bihuan.foundation.access.own_data import Code
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters.access import visible
from bihuan.kernel.matters.models import RAISED, Matter, Party
from bihuan.spec.schema import OPENER


def _opened(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    mine = Party.objects.filter(role__in=(OPENER, RAISED), person_id=person_id)
    rows = Matter.objects.filter(pk__in=mine.values("matter_id")).order_by("pk")
    me = access.actor(orgs.person(person_id), timezone.localtime(at).date())
    seen = set(rows.filter(visible(me)).values_list("pk", flat=True))
    for one in rows.iterator():
        yield {
            "number": one.number,
            "kind": Code(one.kind, f"kinds.{one.kind}", one.programme),
            "at": one.opened_at,
            "subject": one.subject if one.pk in seen else "",
            "state": Code(one.state, f"states.{one.kind}.{one.state}", one.programme)
            if one.pk in seen
            else "",
        }


def register() -> None:
    """Registers what is held here."""
    own_data.register("opened", _opened)
