"""The code on the chair's screen: six digits that change each minute, worked out and never kept. Pure."""

import hashlib
import hmac
from datetime import datetime

from bihuan.lib import canonical

DIGITS = 6
MINUTE = 60


def secret(key: str, stream: str, begun: datetime) -> bytes:
    """What the codes of one gathering are made with, from the house's key: another for each, and for one
    that is begun again."""
    label = f"gathering|{stream}|{canonical.instant(begun)}"
    return hmac.new(key.encode(), label.encode(), hashlib.sha256).digest()


def at(of: bytes, instant: datetime) -> str:
    """The code of the minute in which an instant lies."""
    return _of_minute(of, int(instant.timestamp()) // MINUTE)


def left(instant: datetime) -> int:
    """Seconds until the next code is shown, 1 to 60."""
    return MINUTE - int(instant.timestamp()) % MINUTE


def holds(of: bytes, said: str, instant: datetime) -> bool:
    """Whether what somebody typed is the code of this minute, or of the one before: the network takes its
    time. Never of an earlier or a later one."""
    digits = "".join(one for one in said if one.isdecimal() and one.isascii())
    minute = int(instant.timestamp()) // MINUTE
    # Both are compared whatever the first one says, so that time tells nothing.
    fits = [hmac.compare_digest(_of_minute(of, one), digits) for one in (minute, minute - 1)]
    return any(fits)


def _of_minute(of: bytes, minute: int) -> str:
    found = hmac.new(of, minute.to_bytes(8, "big"), hashlib.sha256).digest()
    return f"{int.from_bytes(found[:8], 'big') % 10**DIGITS:0{DIGITS}}"
