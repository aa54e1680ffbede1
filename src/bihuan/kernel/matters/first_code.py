"""The code that a sender gets at the opening."""

import secrets

from django.conf import settings

from bihuan.kernel.matters import access
from bihuan.kernel.matters.models import Matter
from bihuan.lib import codes, keyring


def made(digest: str | None) -> str:
    """A code; the same one for the same request, told by the digest of its key (None: has none)."""
    # From the request's own key: a retried request gets the same code without its being stored.
    label = digest or secrets.token_hex(32)
    return codes.derive(settings.SECRETS["code"].encode(), label)


def again(digest: str, row: Matter, code: str) -> str:
    """The code that a request got the first time, also by a key that is retired since."""
    keys = keyring.every(settings.SECRETS, "code")
    derived = [codes.derive(key.encode(), digest) for key in keys]
    return next((one for one in derived if row.code_index in access.code_indexes(one)), code)
