"""Wrong names, passwords and codes: counted for all processes together, answered by delays that
grow and end by themselves. Nobody is locked out, and no address is kept.

A row is a digest under a key that changes every day, a count and an instant (ADR 0036).
"""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from bihuan.foundation.access.models import Tries
from bihuan.foundation.sql.lookup import Lookup

# Longer than the longest delay, or who waited it out would begin anew.
FORGOTTEN_AFTER = timedelta(hours=2)


@dataclass(frozen=True)
class Pace:
    """How many wrong tries are free; the next waits `first` seconds, each after it twice as long,
    up to `longest`."""

    free: int
    first: int = 30
    longest: int = 900

    def delay(self, wrong: int) -> int:
        """Seconds to wait after so many wrong tries."""
        over = wrong - self.free
        # Thirty doublings are beyond every `longest`; more would only make great numbers.
        return 0 if over < 0 else min(self.longest, self.first * 2 ** min(over, 30))


# A name is counted with its origin: whoever guesses from elsewhere slows down nobody but themselves.
PACES = {
    "login": Pace(5, 60, 3600),
    "login-from": Pace(40, 60, 900),
    # A code of six digits comes after the right password; who has that is slowed down from everywhere.
    "factor": Pace(5, 60, 3600),
    "factor-of": Pace(20, 60, 3600),
    "passkey": Pace(20, 60, 3600),
    "code": Pace(10),
    "watch": Pace(10),
    "invitation": Pace(10),
    "paper": Pace(10),
    "gathering": Pace(5),
    # Asking counts, right or wrong: each may send somebody a mail.
    "forgotten": Pace(5, 60, 3600),
    "setup": Pace(10),
}
# Where many share one address, its operator says so.
SHARED = ("login-from", "forgotten")
# So many wrong tries of an origin a right password of a name there makes good, once in a while.
MADE_GOOD = 5


def pace(scope: str) -> Pace:
    """The pace of a scope in this house."""
    found = PACES[scope]
    return replace(found, free=found.free * settings.THROTTLE_FACTOR) if scope in SHARED else found


# Asked at every step of a sender: worked out once.
_LOOKUP = Lookup(Tries.objects.filter(digest="@digest"), "@digest")


def _row(digest: str) -> Tries | None:
    return next(iter(_LOOKUP(digest)), None)


def _digest(scope: str, who: str, at: datetime) -> str:
    secret = settings.SECRETS["blind"].encode()
    salt = hmac.new(secret, f"tries:{at.date()}".encode(), hashlib.sha256).digest()
    return hashlib.blake2b(f"{scope}\0{who}".encode(), key=salt, digest_size=16).hexdigest()


def _left(scope: str, row: Tries | None, at: datetime) -> int:
    if row is None or at - row.last > FORGOTTEN_AFTER:
        return 0
    delay = pace(scope).delay(row.wrong)
    # Who asked a moment before the last one counted, and is served after, waits for nothing where nobody does.
    due = row.last + timedelta(seconds=delay)
    return max(0, -int((at - due).total_seconds() // 1)) if delay else 0


def wait(scope: str, who: str, at: datetime) -> int:
    """Seconds until `who` may try again; 0: now. Asking counts nothing."""
    return _left(scope, _row(_digest(scope, who, at)), at)


def failed(scope: str, who: str, at: datetime) -> None:
    """Counts one wrong try."""
    claim(scope, who, at, patient=False)


def claim(scope: str, who: str, at: datetime, *, patient: bool = True) -> int:
    """Counts a try before it is looked at, so that many at once are no more than one after the
    other. Returns the seconds to wait when it may not be made now; then nothing was counted.
    """
    digest = _digest(scope, who, at)
    row = _row(digest)
    left = _left(scope, row, at)
    if left and patient:
        return left
    if row is None:
        try:
            with transaction.atomic():
                Tries.objects.create(digest=digest, wrong=1, last=at)
        except IntegrityError:
            # Two first tries at once: the second counts on the row of the first.
            Tries.objects.filter(digest=digest).update(wrong=F("wrong") + 1, last=at)
        return 0
    wrong = 1 if at - row.last > FORGOTTEN_AFTER else row.wrong + 1
    mine = Tries.objects.filter(digest=digest, wrong=row.wrong, last=row.last)
    if mine.update(wrong=wrong, last=at):
        return 0
    if patient:
        # Somebody counted between the two statements.
        return 1
    Tries.objects.filter(digest=digest).update(wrong=F("wrong") + 1, last=at)
    return 0


def counted(scope: str, who: str, at: datetime) -> int:
    """Counts one wrong try; returns how many there were in a row, each number once."""
    digest = _digest(scope, who, at)
    mine = Tries.objects.filter(digest=digest)
    with transaction.atomic():
        lately = mine.filter(last__gte=at - FORGOTTEN_AFTER)
        # The row is ours until the end: nobody else reads the same number.
        if not lately.update(wrong=F("wrong") + 1, last=at):
            Tries.objects.update_or_create(digest=digest, defaults={"wrong": 1, "last": at})
        return mine.values_list("wrong", flat=True).get()


def make_good(scope: str, who: str, at: datetime) -> None:
    """Lowers the count by MADE_GOOD, to nothing at least."""
    mine = Tries.objects.filter(digest=_digest(scope, who, at))
    mine.filter(wrong__gt=MADE_GOOD).update(wrong=F("wrong") - MADE_GOOD)
    mine.filter(wrong__lte=MADE_GOOD).delete()


def forgive(scope: str, who: str, at: datetime) -> None:
    """Forgets the count, after a success."""
    Tries.objects.filter(digest=_digest(scope, who, at)).delete()


def forget(at: datetime) -> None:
    """Deletes what no longer counts."""
    Tries.objects.filter(last__lt=at - FORGOTTEN_AFTER).delete()
