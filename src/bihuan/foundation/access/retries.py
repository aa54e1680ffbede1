"""Requests that come again without a key of their own: the same words from the same place within ten
minutes are one request.

A row is a digest under our secret and a random key, and is gone within the hour: no event rests on
where somebody was, for the key that stands in its place came from nowhere (ADR 49).
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings

from bihuan.foundation.access.models import Retry
from bihuan.foundation.sql import statements

WINDOW = timedelta(minutes=10)
_TRIES = 3


def key_of(origin: str, content: bytes, at: datetime) -> str:
    """The idempotency key of a request that brought none: the same within WINDOW of the first, for
    any number of processes at once; a fresh one later, or from elsewhere."""
    told = f"retry\0{origin}\0".encode() + hashlib.sha256(content).digest()
    digest = hmac.new(settings.SECRETS["blind"].encode(), told, hashlib.sha256).hexdigest()
    fresh = Retry(digest=digest, key=secrets.token_hex(16), at=at)
    for _ in range(_TRIES):
        mine = statements.insert(Retry, [statements.columns(fresh)], existing=statements.OR_LEAVE)
        if statements.run(mine):
            break
        row = Retry.objects.filter(digest=digest).first()
        if row is None:
            # Forgotten between the two statements.
            continue
        if at - row.at <= WINDOW:
            return row.key
        # It is too old: of several who find it so, the first says what goes on from here.
        if Retry.objects.filter(pk=row.pk, key=row.key).update(key=fresh.key, at=at):
            break
    return fresh.key


def forget(at: datetime) -> None:
    """Deletes what no longer counts."""
    Retry.objects.filter(at__lt=at - WINDOW).delete()
