"""Keys by which the log knows a request that came before."""

from django.conf import settings

from bihuan.foundation.audit.api import earlier
from bihuan.lib import codes, keyring


def event_key(key: str | None, *parts: str) -> str | None:
    """An idempotency key as the log keeps it: bound to who used it and for what."""
    if key is None:
        return None
    keys = keyring.every(settings.SECRETS, "blind")
    digest, *retired = codes.blinds(keys, "|".join([*parts, key]))
    # What was done under a key that was in use then must not be done again.
    return next((one for one in retired if earlier(one) is not None), digest)
