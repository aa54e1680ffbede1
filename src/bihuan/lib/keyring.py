"""The keys of an installation by purpose: one that writes, and those retired that still read.

A flat mapping: `seal` is the key in use, `seal.<id>` one that was in use before.
"""

import hashlib
from collections.abc import Mapping

Keys = Mapping[str, str]


def key_id(key: str) -> str:
    """By which a key is named without being told."""
    return hashlib.sha256(f"bihuan key {key}".encode()).hexdigest()[:8]


def every(keys: Keys, purpose: str) -> list[str]:
    """The key in use, then the retired ones."""
    retired = sorted(name for name in keys if name.startswith(f"{purpose}."))
    return [keys[purpose], *(keys[name] for name in retired)]


def named(keys: Keys, purpose: str, wanted: str) -> str | None:
    """The key of this id, in use or retired; None where nobody has it."""
    return next((key for key in every(keys, purpose) if key_id(key) == wanted), None)


def rotated(keys: Keys, purpose: str, fresh: str) -> dict[str, str]:
    """The same keys with a fresh one in use for a purpose and the one before retired."""
    before = keys[purpose]
    return {**keys, purpose: fresh, f"{purpose}.{key_id(before)}": before}
