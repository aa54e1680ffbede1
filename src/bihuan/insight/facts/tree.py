"""The organisation tree through time: one row for each place an organisation ever had."""

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from bihuan.foundation.orgs.api import tree

PLACES = pa.schema(
    [
        ("org", pa.int64()),
        ("path", pa.string()),
        ("since", pa.int64()),
        ("name", pa.string()),
        ("now", pa.bool_()),
        ("above", pa.list_(pa.int64())),
    ]
)


@dataclass
class _Place:
    org: int
    path: str
    since: int
    name: str
    above: list[int]
    now: bool = True


def places(events: pa.Table) -> pa.Table:
    """Every (organisation, path) there was, from the events of organisations in their order.

    `above` are the ids from the root down to the organisation itself, as they stood at that path;
    `name` the last name it bore there; `since` the event that put it there; `now` marks the tree as
    it is. An organisation that returns to a path it had has one row for both times.
    """
    names: dict[int, str] = {}
    latest: dict[int, _Place] = {}
    owner: dict[str, int] = {}
    found: dict[tuple[int, str], _Place] = {}
    for row in events.to_pylist():
        org = int(row["stream"].partition(":")[2])
        told: dict[str, Any] = json.loads(row["data"]).get("set", {})
        names[org] = told.get("name", names.get(org, ""))
        here = latest.get(org)
        path = told.get("path", here.path if here else "")
        if here is None or path != here.path:
            if here is not None:
                here.now = False
                if owner.get(here.path) == org:
                    del owner[here.path]
            owner[path] = org
            above = [owner[p] for p in reversed(tree.ancestors(path)) if p in owner]
            since = found[org, path].since if (org, path) in found else row["id"]
            found[org, path] = latest[org] = _Place(org, path, since, names[org], above)
        else:
            here.name = names[org]
    rows = list(found.values())
    return pa.table(
        {name: [getattr(one, name) for one in rows] for name in PLACES.names}, schema=PLACES
    )
