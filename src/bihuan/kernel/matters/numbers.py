"""Numbers of matters as people write them: MY2026-000025, and shorter MY25, 000025, 25."""

import re

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import access
from bihuan.kernel.matters.models import Matter

_SHORT = re.compile(r"([A-Z]*)([0-9]{1,9})\Z")


def number_pk(text: str) -> int | None:
    """The id behind a whole number such as MY2026-000017, or None."""
    head, dash, tail = text.strip().upper().rpartition("-")
    if dash and tail.isdecimal() and head[:1].isalpha() and len(tail) < 19:
        return int(tail)
    return None


def meant(actor: Actor, text: str) -> Matter | None:
    """The matter whose number this is, whole or short; None when it is no number or nobody's to see."""
    typed = text.strip().upper()
    short = _SHORT.match(typed)
    pk = int(short[2]) if short else number_pk(typed)
    if pk is None:
        return None
    try:
        found = access.matter(actor, pk)
    except LookupError:
        return None
    fits = found.number.startswith(short[1]) if short else found.number == typed
    return found if fits else None
