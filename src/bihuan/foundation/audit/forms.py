"""What an event's hash is made of, in both forms; and how a part of one is shown without the rest.

Form 1 (events without `recorded`): one digest over everything. Form 2, of all events written since:

    private_digest = SHA-256 of the digests of all private fields, one a line, by their paths
    a field's      = SHA-256 of [SHA-256(salt | path), path, value] as canonical JSON
    rest           = SHA-256 of [2, seq, type, at, recorded, actor, done_by, data, key, prev]
    hash           = SHA-256 of [rest, private_digest]

so that a sender can be shown their own words and the answer, with digests for all that is not
theirs to see, and reckon the hash themselves. `data` carries a salt of its own: whoever is shown a
hash must not be able to find by trying who handled it. See docs/adr/0029.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.lib import canonical

SALT = "salt"


@dataclass(frozen=True)
class Field:
    """One private value of an event, with what shows that it is the event's."""

    salt: str
    path: list[str]
    value: Any

    @property
    def digest(self) -> str:
        """How it stands in its event."""
        return canonical.digest(canonical.dumps([self.salt, self.path, self.value]))


def _leaves(path: list[str], value: Any) -> Iterator[tuple[list[str], Any]]:
    if isinstance(value, dict) and value:
        for name in sorted(value):
            yield from _leaves([*path, name], value[name])
    else:
        yield path, value


def fields(private: str) -> list[Field]:
    """The private values of an event, in the order of its digest. Raises ValueError."""
    hidden = json.loads(private)
    if not isinstance(hidden, dict):
        msg = "the private half of an event is an object"
        raise ValueError(msg)  # noqa: TRY004 - stored text that cannot be read, not a caller's mistake
    salt = hidden.pop(SALT, "")
    return [
        Field(canonical.digest(f"{salt}|{canonical.dumps(path)}"), path, value)
        for path, value in _leaves([], hidden)
    ]


def joined(digests: list[str]) -> str:
    """The digest of a private half whose fields have these."""
    return canonical.digest("\n".join(digests))


def private_digest(private: str, recorded: datetime | None) -> str:
    """The digest that a private half must have. Raises ValueError for one that cannot be read."""
    if recorded is None:
        return canonical.digest(private)
    return joined([one.digest for one in fields(private)])


def rest(said: Mapping[str, Any]) -> str:
    """The digest of all that an event of form 2 says openly."""
    names = ("seq", "type", "at", "recorded", "actor", "done_by", "data")
    in_order = [said[name] for name in names]
    return canonical.digest(canonical.dumps([2, *in_order, said["key"] or "", said["prev"]]))


def event_hash(said: Mapping[str, Any]) -> str:
    """The hash that an event must have, from its columns."""
    if said["recorded"] is None:
        names = ("seq", "type", "at", "actor", "data", "private_digest")
        in_order = [said[name] for name in names]
        return canonical.digest(canonical.dumps([*in_order, said["key"] or "", said["prev"]]))
    return canonical.digest(canonical.dumps([rest(said), said["private_digest"]]))
