"""The code that a sender gets at the opening, and finds the matter by: what stands of it in the database
is a keyed digest."""

import secrets

from django.conf import settings

from bihuan.foundation.sql.lookup import Lookup
from bihuan.kernel.matters.models import Matter
from bihuan.lib import codes, keyring

_by_code = Lookup(Matter.objects.filter(code_index="?").exclude(code_index=""), "?")
# The fact of a matter whose query code was renewed: ratings from then on leave the figures.
RENEWED = "code_renewed"


def made(digest: str | None) -> str:
    """A code; the same one for the same request, told by the digest of its key (None: has none)."""
    # From the request's own key: a retried request gets the same code without its being stored.
    label = digest or secrets.token_hex(32)
    return codes.derive(settings.SECRETS["code"].encode(), label)


def again(digest: str, row: Matter, code: str) -> str:
    """The code that a request got the first time, also by a key that is retired since."""
    keys = keyring.every(settings.SECRETS, "code")
    derived = [codes.derive(key.encode(), digest) for key in keys]
    return next((one for one in derived if row.code_index in code_indexes(one)), code)


def code_index(code: str) -> str:
    """What stands in the database for a query code; the code itself does not."""
    return code_indexes(code)[0]


def code_indexes(code: str) -> list[str]:
    """The same by the key in use and by those retired: codes of before go on working."""
    return codes.blinds(keyring.every(settings.SECRETS, "code"), codes.normalise(code))


def by_code(code: str) -> Matter:
    """A sender's matter by its query code. Raises LookupError.

    One indexed look-up of a keyed digest: a wrong code takes as long as a right one.
    """
    for index in code_indexes(code):
        found = next(iter(_by_code(index)), None)
        if found is not None:
            return found
    raise LookupError(code)
