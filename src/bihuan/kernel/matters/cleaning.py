"""Text as it is kept: what nobody sees or means is taken out before it is looked at."""

import unicodedata
from functools import lru_cache

_KEEP = {"\n", "\t"}
# Direction overrides can make a text read as its opposite; joiners belong to emoji and stay.
_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
# Copied from web pages, they hide a word from whoever searches for it, and look like nothing.
_UNSEEN = set("\u00ad\u180e\u200b\u2060\ufeff")
_GONE = _BIDI | _UNSEEN


@lru_cache(maxsize=20_000)
def _stays(char: str) -> bool:
    if char in _KEEP:
        return True
    kind = unicodedata.category(char)
    # Letters newer than this Python are "unassigned" to it, yet they stand in people's names;
    # noncharacters, which the same category holds, never mean anything.
    unassigned = kind == "Cn" and (ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF)
    return kind not in ("Cc", "Cs", "Co") and not unassigned and char not in _GONE


def clean(text: str) -> str:
    """Text as it will be kept: NFC, line ends unified, no control, direction or unseen characters."""
    kept = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if _stays(c))
    # Afterwards: what stood between a letter and its accent is gone now.
    return unicodedata.normalize("NFC", kept).strip()
