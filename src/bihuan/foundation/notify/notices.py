"""Notices in people's inboxes, and the proof that who was to be told was told.

An event that tells somebody names them: `told` in its data is a list of [text, people]. The notices
that follow from it are keyed by it, so that one that is gone, altered or made up is found. What is
told for no event's sake (a desk without a clerk) has a key of its own and cannot be proved.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from bihuan.foundation.audit.api import Chained, Event, Finding
from bihuan.foundation.notify.models import Notice
from bihuan.foundation.sql import statements

# SQLite takes some thirty thousand values in one statement.
_AT_ONCE = 2000
_CHUNK = 300
_OF_EVENT = re.compile(r"([a-z_]+:\d{1,18})#(\d{1,9}):(.+)", re.DOTALL)
_DO = "tell them what it was; find out who could write to the database"
Told = list[tuple[str, list[int]]]
Due = dict[tuple[int, str], tuple[str, datetime]]


def tell(
    people: Sequence[int], text: str, *, key: str, at: datetime, ref: str = "", **values: Any
) -> None:
    """Puts a notice in each person's inbox, once for each key."""
    told = {"key": key, "text": text, "values": values, "ref": ref, "at": at}
    rows = [{"person_id": person, **told} for person in people]
    for first in range(0, len(rows), _AT_ONCE):
        some = rows[first : first + _AT_ONCE]
        statements.send(statements.insert(Notice, some, existing=statements.OR_LEAVE))


def told(people: Sequence[int], text: str) -> dict[str, Any]:
    """What the data of an event says of whom it tells; nothing where there is nobody."""
    return {"told": [[text, list(people)]]} if people else {}


def _key(stream: str, seq: int, text: str) -> str:
    return f"{stream}#{seq}:{text}"


def tell_told(
    row: Chained, data: dict[str, Any], *, at: datetime, ref: str = "", **values: Any
) -> None:
    """Puts the notices in inboxes that the newest event of a row says; `at` is the event's instant."""
    for text, people in data.get("told", []):
        key = _key(row.stream, row.version, text)
        tell(people, text, key=key, at=at, ref=ref, **values)


def _due(event: Event) -> Due:
    try:
        said: Told = json.loads(event.data).get("told", [])
        return {
            (int(person), _key(event.stream, event.seq, text)): (text, event.at)
            for text, people in said
            for person in people
        }
    except (ValueError, TypeError, AttributeError):
        # Altered beyond reading; its hash says so.
        return {}


def misled() -> Iterator[Finding]:
    """Notices that are not what their events told: gone, altered, or told by none."""
    proved = 0
    telling = Event.objects.filter(data__contains='"told"').order_by("pk").iterator()
    while group := list(islice(telling, _CHUNK)):
        due: Due = {}
        for event in group:
            due |= _due(event)
        # With their people: that is what the table is found by.
        found = Notice.objects.filter(
            person_id__in={person for person, _ in due}, key__in={key for _, key in due}
        )
        there = {(one.person_id, one.key): one for one in found}
        proved += len(there.keys() & due.keys())
        for (person, key), (text, at) in due.items():
            one = there.get((person, key))
            if one is None:
                yield Finding(f"notice {key}", f"person:{person} was told it, and it is gone", _DO)
            elif (one.text, one.at) != (text, at):
                yield Finding(f"notice {key}", f"what person:{person} was told was altered", _DO)
    if _keyed_by_events().count() != proved:
        yield from _made_up()


def _keyed_by_events() -> "QuerySet[Notice]":
    # Those of before that was so end in a word of their own.
    return Notice.objects.filter(key__contains="#").filter(key__contains=":notice.")


def _made_up() -> Iterator[Finding]:
    rows = _keyed_by_events().order_by("pk").iterator()
    while group := list(islice(rows, _CHUNK)):
        places = {one.key: _OF_EVENT.fullmatch(one.key) for one in group}
        at = {(m[1], int(m[2])) for m in places.values() if m}
        events = Event.objects.filter(stream__in={one for one, _ in at}) if at else ()
        due: Due = {}
        for event in events:
            if (event.stream, event.seq) in at:
                due |= _due(event)
        for one in group:
            if (one.person_id, one.key) not in due:
                yield Finding(
                    f"notice {one.key}",
                    f"person:{one.person_id} has it, and no event told it",
                    "find out who could write to the database; tell them that it is not ours",
                )
