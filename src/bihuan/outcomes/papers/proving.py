"""The code of a paper: in its square and under it, nowhere else. Whoever has it has the paper before them."""

import hmac
import secrets

from django.conf import settings

from bihuan.lib import codes, keyring
from bihuan.outcomes.papers.models import IssuedPaper
from bihuan.outcomes.papers.problems import PaperError

# 25^16 codes: not to be guessed, still to be typed.
LENGTH = 16


def digests(code: str) -> list[str]:
    """What may stand in the database for a code, by the key in use and by retired ones."""
    keys = keyring.every(settings.SECRETS, "blind")
    return codes.blinds(keys, f"paper|{codes.normalise(code)}")


def _derived(secret: str, seed: str) -> str:
    return codes.derive(secret.encode(), f"paper|{seed}", LENGTH)


def new() -> tuple[str, str]:
    """A seed, and the digest of the code that belongs to it."""
    seed = secrets.token_hex(16)
    return seed, digests(_derived(settings.SECRETS["code"], seed))[0]


def code_of(row: IssuedPaper) -> str:
    """The code of a paper, to print it again. Raises PaperError where the key it was made with is gone."""
    for secret in keyring.every(settings.SECRETS, "code"):
        code = _derived(secret, row.seed)
        if any(hmac.compare_digest(one, row.digest) for one in digests(code)):
            return code
    raise PaperError("papers.code_lost", number=row.number)


def held(code: str) -> IssuedPaper:
    """The paper that has a code. Raises LookupError.

    One indexed look-up of a keyed digest, compared once more in constant time: a wrong code takes as
    long as a right one, and no number helps to find one.
    """
    wanted = digests(code)
    row = IssuedPaper.objects.filter(digest__in=wanted).first()
    if row is None or not any(hmac.compare_digest(one, row.digest) for one in wanted):
        raise LookupError
    return row
