"""How alike two messages are: cosine over pairs and triples of characters."""

import math
import re
from collections import Counter

from bihuan.language.tokens import fold

# Measured in design/language.md section 3: above the first, a person would call it the same.
SAME = 0.75
ALIKE = 0.45
_NOISE = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """The text without blanks, punctuation, case and width."""
    return _NOISE.sub("", fold(text))


def grams(text: str) -> Counter[str]:
    """Counts of its two- and three-character runs."""
    plain = normalise(text)
    return Counter(plain[i : i + n] for n in (2, 3) for i in range(len(plain) - n + 1))


def cosine(a: Counter[str], b: Counter[str]) -> float:
    """1.0 for the same counts, 0.0 for nothing in common. Sub-linear in repetition."""
    if not a or not b:
        return 0.0
    small, large = (a, b) if len(a) < len(b) else (b, a)
    dot = sum(_weight(n) * _weight(large[g]) for g, n in small.items() if g in large)
    return dot / math.sqrt(_square(a) * _square(b))


def _weight(count: int) -> float:
    return 1 + math.log(count)


def _square(counts: Counter[str]) -> float:
    return sum(_weight(n) ** 2 for n in counts.values())
