"""What the house publishes of its log and proves to whoever asks: numbers, instants and hashes."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bihuan.foundation.audit import forms, outside, seals, signing, tree
from bihuan.foundation.audit.models import Event
from bihuan.foundation.audit.outside import Head, OutsideError
from bihuan.foundation.sql import statements
from bihuan.lib import merkle

FORMAT = "bihuan proof 1"
Shown = Callable[[list[str]], bool]


class NoProofError(Exception):
    """What was asked for is not sealed yet, or the log is not what was sealed."""


def published(one: Head) -> dict[str, Any]:
    """A seal for everybody: with it, that a log continues this one can be proved for ever."""
    public = signing.public_keys().get(one.key)
    return {**asdict(one), "public_key": public.hex() if public else ""}


def newest() -> Head | None:
    """The newest seal."""
    return seals.newest()


def newest_outside() -> Head | None:
    """The newest seal as it stands beside the secrets. Raises OutsideError."""
    return outside.newest()


def latest(limit: int, *, before: int | None = None) -> list[Head]:
    """Seals, newest first, smaller than `before`."""
    return seals.heads(limit, before=before)


def of_size(size: int) -> Head | None:
    """The seal over so many events."""
    return seals.of_size(size)


def read_anchor(said: Any) -> Head:
    """A published seal that somebody kept. Raises OutsideError."""
    return outside.head(said)


def consistency(old: int, new: int) -> dict[str, Any]:
    """Shows that the log sealed at `new` events begins with the one sealed at `old`.

    Raises NoProofError unless both were sealed.
    """
    first, second = seals.of_size(old), seals.of_size(new)
    if first is None or second is None or old > new:
        raise NoProofError
    try:
        path = merkle.consistency(old, new, tree.Stored())
    except LookupError as error:
        raise NoProofError from error
    was, now = bytes.fromhex(first.root), bytes.fromhex(second.root)
    if not merkle.consistent(old, was, new, now, path):
        raise NoProofError
    hexed = [one.hex() for one in path]
    return {"old": published(first), "new": published(second), "consistency": hexed}


def _half(event: Event, shown: Shown) -> dict[str, Any]:
    """An event's own hash, as far as it may be shown."""
    if event.recorded is None:
        return {"hash": event.hash}
    said: dict[str, Any] = {"rest": forms.rest(statements.columns(event))}
    if event.private is None:
        return {**said, "private_digest": event.private_digest}
    fields = forms.fields(event.private)
    return {
        **said,
        "digests": [one.digest for one in fields],
        "shown": [{**asdict(one), "index": n} for n, one in enumerate(fields) if shown(one.path)],
    }


def of_events(told: list[tuple[Event, Shown]]) -> dict[str, Any]:
    """Shows that events stand in the log as sealed last, each with those of its private fields that
    may be shown. Events not sealed yet are left out. Raises NoProofError when none is."""
    head = seals.newest()
    if head is None:
        raise NoProofError
    stored = tree.Stored()
    found = []
    for event, shown in told:
        if event.pk > head.last_id:
            continue
        index = tree.index_of(event.pk)
        try:
            path = merkle.inclusion(-1 if index is None else index, head.size, stored)
        except (LookupError, ValueError) as error:
            raise NoProofError from error
        here = tree.leaf(event.stream, event.seq, event.hash)
        root = merkle.included(here, index or 0, head.size, path)
        if root is None or root.hex() != head.root:
            raise NoProofError
        found.append(
            {
                "at": tree.place(event.stream, event.seq),
                **_half(event, shown),
                "index": index,
                "path": [one.hex() for one in path],
            }
        )
    if not found:
        raise NoProofError
    return {"format": FORMAT, "log": published(head), "events": found}


__all__ = [
    "FORMAT",
    "Head",
    "NoProofError",
    "OutsideError",
    "consistency",
    "latest",
    "newest",
    "newest_outside",
    "of_events",
    "of_size",
    "published",
    "read_anchor",
]
