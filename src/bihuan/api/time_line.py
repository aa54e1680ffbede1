"""One line of a matter's time line, as the interface gives it."""

from datetime import datetime
from typing import Any

from ninja import Schema

from bihuan.kernel.matters.api import Entry, Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.values.api import Tongue, all_told


class EntryOut(Schema):
    """One line of the time line. `told` says its inputs in words, by their types."""

    seq: int
    at: datetime
    who: str
    type: str
    action: str
    inputs: dict[str, Any]
    told: dict[str, str]
    texts: dict[str, Any]
    moved_to: str
    recorded: datetime | None
    done_by: str


def entry(one: Entry, found: Matter, tongue: Tongue) -> dict[str, Any]:
    """One line of the time line of a matter."""
    spec = programmes.spec_of(found.release_id)
    said = all_told(spec, found.kind, one.inputs, tongue, action=one.action)
    return {
        "seq": one.seq,
        "at": one.at,
        "who": one.who,
        "type": one.type,
        "action": one.action,
        "inputs": one.inputs,
        "told": {each.name: each.text for each in said},
        "texts": one.private,
        "moved_to": one.moved_to,
        "recorded": one.recorded,
        "done_by": one.done_by,
    }
