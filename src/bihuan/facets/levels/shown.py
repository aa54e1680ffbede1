"""The climb of a matter through its pools, as somebody who sees it may read it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.levels.block import LEVELS
from bihuan.facets.levels.models import PoolStay, Stay
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import register as register_models
from bihuan.foundation.orgs.api import standing_org
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import levels
from bihuan.spec.schema import Programme

register_models(Stay, PoolStay)
_DAY, _HOUR = 86_400, 3_600


def shown(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """The stays, the newest first: pool, organisation, from when until when, whole days and hours,
    how it came there and why. None of a kind without pools."""
    del who
    programme = programmes.spec_of(found.release_id)
    one = LEVELS.of(programme.kinds[found.kind])
    if one is None:
        return None
    rows = sorted(Stay.objects.filter(matter_id=found.pk), key=lambda row: -int(row.key))
    return {"stays": [_told(row, one.field, programme, at) for row in rows]}


def _told(row: Stay, field: str, programme: Programme, at: datetime) -> dict[str, Any]:
    seconds = max(int(((row.until or max(at, row.since)) - row.since).total_seconds()), 0)
    key = f"choices.{field}.{row.pool}"
    return {
        "pool": row.pool,
        "label": {locale: told.get(key, key) for locale, told in programme.strings.items()},
        "org": row.org_id,
        "name": standing_org(row.org_id).name,
        "since": row.since,
        "until": row.until,
        "days": seconds // _DAY,
        "hours": seconds % _DAY // _HOUR,
        "how": row.how,
        "why": row.why,
    }


def _pools(programme: Programme) -> list[str]:
    return [pool for _, one in LEVELS.kinds(programme) for pool in one.pools]


def register() -> None:
    """Puts the part on every matter that lies in pools; each pool is a type of organisations."""
    levels.NAMED.add("levels", _pools)
    attach(Attached(name="levels", shown=shown))
