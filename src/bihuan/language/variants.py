"""One character for all its forms: 臺, 颱 and 檯 are searched as 台, 裏 and 裡 as 里.

From OpenCC's tables of characters (Apache 2.0), not of phrases: a fold that looked at neighbours
would change with where a query was cut out of its text.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

# Japanese forms are left out: 弁 is 辨, 辯 and 瓣 there.
_TABLES = (
    "TSCharacters",
    "STCharacters",
    "TWVariants",
    "TWVariantsRev",
    "HKVariants",
    "HKVariantsRev",
)


def _pairs(name: str) -> Iterator[tuple[str, list[str]]]:
    text = files("opencc").joinpath("dictionary", f"{name}.txt").read_text(encoding="utf-8-sig")
    for line in text.splitlines():
        one, _, others = line.partition("\t")
        yield one, [other for other in others.split() if len(other) == 1 == len(one)]


def _forms(pairs: list[tuple[str, list[str]]]) -> dict[str, set[str]]:
    """The characters that are forms of each other, by one of them."""
    leads: dict[str, str] = {}

    def lead(char: str) -> str:
        while char in leads:
            char = leads[char]
        return char

    for one, others in pairs:
        for other in others:
            if lead(other) != lead(one):
                leads[lead(other)] = lead(one)
    forms: dict[str, set[str]] = {}
    for char in leads:
        forms.setdefault(lead(char), {lead(char)}).add(char)
    return forms


@cache
def table() -> dict[int, str]:
    """For `str.translate`: every character that has another form to the one that stands for all,
    a simplified one where there is one.

    What it leads to leads nowhere else: applying it twice is applying it once.
    """
    read = {name: list(_pairs(name)) for name in _TABLES}
    simplified = Counter(other for _, others in read["TSCharacters"] for other in others[:1])
    for one, others in read["STCharacters"]:
        simplified[one] += len(others)
    folded: dict[int, str] = {}
    for group in _forms([pair for pairs in read.values() for pair in pairs]).values():
        best = max(sorted(group), key=lambda char: simplified[char])
        folded |= {ord(char): best for char in group if char != best}
    return folded
