"""Words the house knows to be somebody's: a name, a telephone number, an address, wherever and
however it is written."""

import re
from collections.abc import Iterable, Iterator

from bihuan.language.personal import letters

_SIGNS = rf"[\s{re.escape(letters.DOTS)}\-_.,*/()+|~]"
_BETWEEN = rf"{_SIGNS}{{0,3}}"
_SKIPPED = re.compile(rf"{_SIGNS}+")
# One field holds two numbers or two people, a number its extension; what stands in brackets is said of one.
_APART = re.compile("[、，,;；/]|转|或|[（(][^）)]*[）)]?")
_LANDLINE = re.compile(r"0\d{2,3}[-\s]+(\d{7,8})")
# Letters of words like ours; a Chinese character may stand right beside one.
_LETTER = "[A-Za-z\u00c0-\u024f]"
# Shorter parts of a name, and shorter numbers, are words and numbers of everybody.
_PART = 3
_NUMBER = 5


def _spellings(word: str) -> Iterator[str]:
    plain = letters.one_form(letters.plain(word)).strip()
    if "@" in plain:
        yield plain
        return
    yield from _whole(plain)
    pieces = [one.strip() for one in _APART.split(plain)]
    if len(pieces) > 1:
        for piece in pieces:
            yield from _whole(piece)
    yield from _LANDLINE.findall(plain)


def _whole(plain: str) -> Iterator[str]:
    parts = [part for part in _SKIPPED.split(plain) if part]
    whole = "".join(parts)
    if whole.isascii() and whole.isdigit():
        whole = re.sub(r"^(?:00)?86(?=1\d{10}\Z)", "", whole)
        if len(whole) >= _NUMBER:
            yield whole
        return
    if len(whole) > 1:
        yield whole
    # Of 买买提·吐尔逊 either part alone is him too; of a name in letters, only long ones.
    if len(parts) > 1:
        yield from (part for part in parts if len(part) >= _PART and not part.isdigit())


def _pattern(spellings: Iterable[str]) -> re.Pattern[str] | None:
    forms = []
    for one in sorted(set(spellings), key=lambda s: (-len(s), s)):
        form = _BETWEEN.join(map(re.escape, one))
        # A number or a name in letters is not found inside a longer one.
        edge = r"\d" if one.isdigit() else _LETTER if one.isascii() else ""
        forms.append(f"(?<!{edge}){form}(?!{edge})" if edge else form)
    return re.compile("|".join(forms)) if forms else None


def found(plain: str, spelt: str, words: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of every known word in a text given plain and spelt."""
    # Of very many words only those that stand there at all are sought with what is between.
    folded = letters.one_form(plain)
    together = _SKIPPED.sub("", folded) + "\n" + _SKIPPED.sub("", spelt)
    every = [one for word in words for one in _spellings(word) if _SKIPPED.sub("", one) in together]
    numbers = _pattern(one for one in every if one.isdigit())
    others = _pattern(one for one in every if not one.isdigit())
    if numbers is not None:
        yield from ((m.start(), m.end(), "known") for m in numbers.finditer(spelt))
    if others is not None:
        for match in others.finditer(folded):
            kind = "known" if match.group().isascii() else "name"
            yield match.start(), match.end(), kind
