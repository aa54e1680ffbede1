"""One line of a matter's time line, as the interface gives it."""

from datetime import datetime
from typing import Any

from ninja import Schema

from bihuan.kernel.matters.api import Entry


class EntryOut(Schema):
    """One line of the time line."""

    seq: int
    at: datetime
    who: str
    type: str
    action: str
    inputs: dict[str, Any]
    texts: dict[str, Any]
    moved_to: str
    recorded: datetime | None
    done_by: str


def entry(one: Entry) -> dict[str, Any]:
    """One line of a time line."""
    return {
        "seq": one.seq,
        "at": one.at,
        "who": one.who,
        "type": one.type,
        "action": one.action,
        "inputs": one.inputs,
        "texts": one.private,
        "moved_to": one.moved_to,
        "recorded": one.recorded,
        "done_by": one.done_by,
    }
