"""What a description says first: short enough for one line of a card."""

import re
import unicodedata

_ENDS = re.compile(r"[。；：;:]|\.(?=\s|\Z)")
_CLAUSES = re.compile(r"(?<=[，,])")
# Columns of a line; a Chinese character takes two.
LINE = 56


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def briefly(text: str) -> str:
    """The beginning of a description, up to its first colon or full stop, which is left out; of one that
    is still longer than a line as many clauses as fit, at least the first."""
    said = _ENDS.split(text.strip(), maxsplit=1)[0]
    kept = ""
    for clause in _CLAUSES.split(said):
        if kept and _columns(kept + clause) > LINE:
            break
        kept += clause
    return kept.strip().rstrip("，,")
