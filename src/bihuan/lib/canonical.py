"""One byte-exact text for a value, so that its digest means something."""

import hashlib
import json
from datetime import date, datetime
from typing import Any


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    msg = f"no canonical form for {type(value).__name__}"
    raise TypeError(msg)


def instant(value: datetime) -> str:
    """ISO 8601 in UTC with microseconds, so that one instant has one spelling."""
    offset = value.utcoffset()
    if offset is None:
        msg = "a naive datetime has no instant"
        raise ValueError(msg)
    shifted = (value - offset).replace(tzinfo=None)
    return shifted.isoformat(timespec="microseconds") + "Z"


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def dumps(value: Any) -> str:
    """JSON with sorted keys and no blanks; dates and aware datetimes as ISO text."""
    return _JSON.encode(value)


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
