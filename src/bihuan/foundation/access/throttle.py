"""Counting tries, in memory only: nothing about who tried is ever written down.

Each process counts for itself and forgets on restart; with N web processes the effective limit is
N times the one given. That is the price of keeping no table of addresses.
"""

import hashlib
import secrets

from django.core.cache import cache

# New in every process: a digest from one run means nothing in another.
_SALT = secrets.token_bytes(16)
# What one address may do without a token, by what it does: (tries, seconds). Each web process counts for
# itself.
OUTSIDE = {
    "open": (20, 3600),
    "likes": (60, 600),
    "read": (600, 600),
}


def _key(scope: str, who: str) -> str:
    return (
        f"throttle:{scope}:{hashlib.blake2b(who.encode(), key=_SALT, digest_size=16).hexdigest()}"
    )


def too_many(scope: str, who: str, *, limit: int) -> bool:
    """Whether `who` has used up their tries; asking does not count as one."""
    return int(cache.get(_key(scope, who), 0)) >= limit


def count(scope: str, who: str, *, seconds: int) -> int:
    """Counts one try within a window that starts with the first; returns how many so far."""
    key = _key(scope, who)
    if cache.add(key, 1, seconds):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:
        # The window ended between the two calls.
        cache.set(key, 1, seconds)
        return 1


def forget(scope: str, who: str) -> None:
    """Clears the count, after a success."""
    cache.delete(_key(scope, who))
