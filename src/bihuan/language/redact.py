"""Personal data in a text: found by form, by its surroundings and by what the house knows; masked,
and always shown to a person before publishing."""

from collections.abc import Iterable
from dataclasses import dataclass

from bihuan.language.personal import known as known_words
from bihuan.language.personal import letters


@dataclass(frozen=True)
class Found:
    """A stretch of text that looks like personal data: [start, end) and what kind."""

    start: int
    end: int
    kind: str
    text: str


def find(text: str, known: Iterable[str] = ()) -> list[Found]:
    """Everything that looks like personal data, in order, without overlaps.

    `known` are names, numbers and addresses to find wherever they stand and however they are
    spelt (the sender's, the office's own people), with blanks or middle dots of any form inside.
    """
    from bihuan.language.personal import names, numbers, places  # noqa: PLC0415 - forty megabytes, a third of every start, and few need it

    plain = letters.plain(text)
    spelt = letters.spelt(plain)
    hits = [
        *known_words.found(plain, spelt, known),
        *numbers.found(plain, spelt),
        *places.found(plain),
        *names.found(plain),
    ]
    return _apart(text, hits)


def find_known(text: str, known: Iterable[str]) -> list[Found]:
    """Only what the house knows, nothing guessed."""
    plain = letters.plain(text)
    return _apart(text, list(known_words.found(plain, letters.spelt(plain), known)))


def find_among(text: str, known: Iterable[str]) -> list[Found]:
    """What the house knows of very many people: a name that is, or stands inside, an ordinary word
    of the text (高峰 of 早高峰) is nobody there."""
    found = find_known(text, known)
    if not found:
        return []
    from bihuan.language.personal import divided  # noqa: PLC0415 - see `find`

    words = divided.Words(letters.plain(text))
    return [one for one in found if one.kind != "name" or not words.cuts(one.start, one.end)]


def _apart(text: str, hits: list[tuple[int, int, str]]) -> list[Found]:
    kept: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if kept and start < kept[-1][1]:
            # What begins within another one ends it later: nothing of either stays.
            first, past, earlier = kept.pop()
            kept.append((first, max(past, end), earlier))
        else:
            kept.append((start, end, kind))
    return [Found(start, end, kind, text[start:end]) for start, end, kind in kept]


def mask(text: str, known: Iterable[str] = ()) -> str:
    """The text with what was found replaced; a surname stays, so that a reply still reads."""
    return masked(text, find(text, known))


def mask_name(name: str) -> str:
    """Somebody's name with nothing but the surname left."""
    from bihuan.language.personal import names  # noqa: PLC0415 - see `find`

    return f"{names.surname(name.strip())}某"


def mask_known(text: str, known: Iterable[str]) -> str:
    """The text with only those words masked that the house knows."""
    return masked(text, find_known(text, known))


def mask_among(text: str, known: Iterable[str]) -> str:
    """The text with only that masked which `find_among` finds."""
    return masked(text, find_among(text, known))


def pieces(text: str, found: Iterable[Found]) -> list[tuple[str, str]]:
    """The whole text in order, cut where something was found: each piece with the kind of what it
    is, '' for what is nothing."""
    out: list[tuple[str, str]] = []
    last = 0
    for hit in found:
        out += [(text[last : hit.start], ""), (hit.text, hit.kind)]
        last = hit.end
    out.append((text[last:], ""))
    return [piece for piece in out if piece[0]]


def masked(text: str, found: Iterable[Found]) -> str:
    """The text with what was found in it replaced."""
    from bihuan.language.personal import names  # noqa: PLC0415 - see `find`

    out: list[str] = []
    last = 0
    for hit in found:
        out.append(text[last : hit.start])
        out.append(f"{names.surname(hit.text)}某" if hit.kind == "name" else "＊＊＊")
        last = hit.end
    out.append(text[last:])
    return "".join(out)
