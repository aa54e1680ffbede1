"""Tags in a bulletin's words: `{{received}}` stands for a figure, never for a typed number.

`{{figure}}`, `{{programme.figure}}`, either with `:last` (the period before), `:year_ago` (the same
period a year ago) or `:was` (what the bulletin now corrected had said); `{{unit}}`, `{{period}}` and
`{{corrected}}` inside a line; `{{table}}`, `{{chart}}` and `{{changes}}`, and every block that an app
registered (`spec/bulletin_blocks.py`), on a line of their own.
A layout, the Word file a bulletin's paper is set in, has besides `{{number}}`, `{{title}}` and
`{{date}}` inside a line, `{{text}}` and `{{definitions}}` on a line of their own, and
`{{block.<name>}}` for a registered block where it is wanted instead of among the words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bihuan.spec.bulletin_blocks import BULLETIN_BLOCKS

Side = Literal["", "last", "year_ago", "was"]

INLINE = ("unit", "period", "corrected")
BLOCKS = ("table", "chart", "changes")
PAPER_INLINE = ("number", "title", "date")
PAPER_BLOCKS = ("text", "definitions")
PAPER_REQUIRED = ("number", "title", "text", "date", "definitions")
# One way to match only: what is typed between braces may be long.
_TAG = re.compile(r"\{\{([^{}]*)\}\}")
_PLACED = re.compile(r"block\.([a-z][a-z0-9_]*)")
_NAME = re.compile(r"(?:([a-z][a-z0-9_]*)\.)?([a-z][a-z0-9_]*)(?::(last|year_ago|was))?")


@dataclass(frozen=True)
class Number:
    """A place where a figure is printed. `programme` is empty for the bulletin's own."""

    text: str
    programme: str
    figure: str
    side: Side


@dataclass(frozen=True)
class Word:
    """A place where a name, a table or a chart is put: one of INLINE or BLOCKS, or a block
    that an app registered."""

    text: str


Piece = str | Number | Word


@dataclass(frozen=True)
class Spot:
    """Where doubled braces stand in a text; `tag` is None when what is between them is no tag."""

    start: int
    end: int
    text: str
    tag: Number | Word | None


@dataclass(frozen=True)
class Fault:
    """A broken tag: in which line, counted from 1, what stands there, what is wrong with it."""

    line: int
    text: str
    kind: Literal["unclosed", "unknown", "block"]


def own_line() -> tuple[str, ...]:
    """Names of what stands on a line of its own in a bulletin's words."""
    return (*BLOCKS, *sorted(BULLETIN_BLOCKS))


def _tag(text: str, names: tuple[str, ...] = ()) -> Number | Word | None:
    if text in (names or (*INLINE, *own_line())):
        return Word(text)
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    side: Side = next((s for s in ("last", "year_ago", "was") if s == found[3]), "")
    return Number(text, found[1] or "", found[2], side)


def block_of(text: str) -> str:
    """The block that a tag of a layout puts in its place; '' for any other tag."""
    found = _PLACED.fullmatch(text)
    return found[1] if found is not None else ""


def spots(text: str) -> Iterator[Spot]:
    """Every pair of doubled braces in a layout's text, in order."""
    names = INLINE + BLOCKS + PAPER_INLINE + PAPER_BLOCKS
    for match in _TAG.finditer(text):
        inside = match[1].strip()
        tag = Word(inside) if block_of(inside) else _tag(inside, names)
        yield Spot(match.start(), match.end(), inside, tag)


def pieces(text: str) -> list[Piece]:
    """The text as runs of words and tags. What is no tag stays as it is: ask `faults` first."""
    found: list[Piece] = []
    end = 0
    for match in _TAG.finditer(text):
        tag = _tag(match[1].strip())
        if tag is not None:
            found += [text[end : match.start()], tag]
            end = match.end()
    return [one for one in (*found, text[end:]) if one != ""]


def numbers(text: str) -> list[Number]:
    """The figures a text speaks of, each once, in order."""
    return list(dict.fromkeys(one for one in pieces(text) if isinstance(one, Number)))


def blocks(text: str) -> list[str]:
    """The registered blocks a text speaks of, each once, in order."""
    found = (one.text for one in pieces(text) if isinstance(one, Word))
    return list(dict.fromkeys(name for name in found if name in BULLETIN_BLOCKS))


def faults(text: str) -> Iterator[Fault]:
    """Every broken tag of a text."""
    for line, words in enumerate(text.splitlines(), 1):
        for match in _TAG.finditer(words):
            if _tag(match[1].strip()) is None:
                yield Fault(line, match[0], "unknown")
            elif match[1].strip() in own_line() and words.strip() != match[0]:
                yield Fault(line, match[0], "block")
        rest = _TAG.sub("", words)
        if "{{" in rest or "}}" in rest:
            start = rest.find("{{") if "{{" in rest else rest.find("}}")
            yield Fault(line, rest[start : start + 20], "unclosed")
