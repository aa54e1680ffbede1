"""Everything that is wrong with a layout's tags, told at once."""

import difflib
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from docx.oxml.ns import qn

from bihuan.outcomes.publicity.bulletins.papers.layouts import package
from bihuan.outcomes.publicity.bulletins.papers.layouts.allowed import Allowed
from bihuan.outcomes.publicity.bulletins.papers.layouts.faults import (
    MOST_TOLD,
    Fault,
    LayoutError,
)
from bihuan.outcomes.publicity.bulletins.papers.layouts.tagging import (
    GAP,
    Line,
    is_own,
    lines,
    place,
)
from bihuan.spec import tags
from bihuan.spec.tags import Number, Spot

_PARTS = {qn("w:document"): "", qn("w:hdr"): "header", qn("w:ftr"): "footer"}
_BLOCKS = tags.BLOCKS + tags.PAPER_BLOCKS
# A correction is set in the house's own layout: it speaks of other numbers.
_OF_CORRECTIONS = ("corrected", "changes")
_WIDE = re.compile(r"[{｛]\s*｛\s*([^{}｛｝]*)[}｝]*|｛\s*\{\s*([^{}｛｝]*)[}｝]*|｝[}｝]|\}｝")
_HALF = re.compile(r"\{\{\s*([^{}\n]{0,40})|([^{}\n]{0,40})\}\}")
_SINGLE = re.compile(r"\{\s*([\w.:]+)\s*\}")
# A number of the bulletin's kind: with its per cent sign or its counting word.
_TYPED = re.compile(r"\d[\d.,]{0,20}\s{0,3}(?:[%％‰]|件|起|人次)")
_SHOWN = 40
MOST_TAGS = 500


def examine(content: bytes, allowed: Allowed) -> list[str]:
    """The tags of figures, and of blocks in a place of their own, that a layout prints, in order.

    Raises LayoutError with everything that is wrong: see `package.opened`, and an unknown or broken
    tag, one that needs a paragraph of its own, a part that is missing, a number typed by hand.
    """
    faults: list[Fault] = []
    spots: list[Spot] = []
    for name, root in package.opened(content).items():
        if not name.startswith("word/") or name.endswith(".rels"):
            continue
        part = _PARTS.get(root.tag)
        for line in lines(root):
            found = _elsewhere(line) if part is None else _faults(line, part, allowed)
            # Places are looked for in vain when nobody is told of them.
            faults += islice(found, MOST_TOLD - len(faults))
            spots += line.spots if part is not None else ()
            if len(spots) > MOST_TAGS:
                raise LayoutError("layouts.refused", [Fault("many", str(MOST_TAGS))])
    faults += _of_whole([one.text for one in spots])
    if faults:
        raise LayoutError("layouts.refused", list(dict.fromkeys(faults)))
    asked = (one for one in spots if isinstance(one.tag, Number) or tags.block_of(one.text))
    return list(dict.fromkeys(one.text for one in asked))


def _elsewhere(line: Line) -> Iterator[Fault]:
    for spot in line.spots:
        yield Fault("elsewhere", _braced(spot.text), place=place(line, (spot.start, spot.end)))


def _of_whole(there: Sequence[str]) -> Iterator[Fault]:
    for name in tags.PAPER_REQUIRED:
        if name not in there:
            yield Fault("missing", _braced(name))
    for name in (*tags.PAPER_BLOCKS, *dict.fromkeys(filter(tags.block_of, there))):
        if there.count(name) > 1:
            yield Fault("twice", _braced(name))


def _faults(line: Line, part: str, allowed: Allowed) -> Iterator[Fault]:
    for spot in line.spots:
        where = place(line, (spot.start, spot.end), part)
        shown = line.text[spot.start : spot.end].replace(GAP, " ")[:_SHOWN]
        block = tags.block_of(spot.text)
        kind, instead = (
            _of_block(block, line, spot, allowed) if block else _of_tag(line, spot, allowed)
        )
        if kind:
            yield Fault(kind, shown, instead, where)
    yield from _of_rest(line, part, allowed)


def _of_tag(line: Line, spot: Spot, allowed: Allowed) -> tuple[str, str]:
    """What is wrong with one tag, and what to write instead; two empty texts for a good one."""
    tag = spot.tag
    if tag is None or (isinstance(tag, Number) and not _is_known(tag, allowed)):
        return "unknown", _meant(spot.text, allowed)
    if isinstance(tag, Number):
        return ("correction", "") if tag.side == "was" else ("", "")
    if tag.text in _OF_CORRECTIONS:
        return "correction", ""
    if (tag.text == "table" and not allowed.table) or (tag.text == "chart" and not allowed.chart):
        return "nothing", ""
    if tag.text in _BLOCKS and not is_own(line, spot):
        return "own", _braced(tag.text)
    return "", ""


def _of_block(name: str, line: Line, spot: Spot, allowed: Allowed) -> tuple[str, str]:
    if name not in allowed.blocks:
        possible = [one for one, may in sorted(allowed.blocks.items()) if may]
        close = difflib.get_close_matches(name, possible, n=1, cutoff=0.6)
        return "unknown", "、".join(_braced(f"block.{one}") for one in close or possible)
    if not allowed.blocks[name]:
        return "private", ""
    return ("", "") if is_own(line, spot) else ("own", _braced(spot.text))


def _is_known(number: Number, allowed: Allowed) -> bool:
    name = f"{number.programme}.{number.figure}" if number.programme else number.figure
    return name in allowed.figures


def _of_rest(line: Line, part: str, allowed: Allowed) -> Iterator[Fault]:
    """What is wrong beside the tags, in a text as long, so that it stands where it stood."""
    rest = line.text
    for spot in islice(line.spots, MOST_TAGS):
        rest = rest[: spot.start] + GAP * (spot.end - spot.start) + rest[spot.end :]
    for kind, pattern in (("wide", _WIDE), ("unclosed", _HALF), ("single", _SINGLE)):
        for match in pattern.finditer(rest):
            name = next((one for one in match.groups() if one), "").strip()
            instead = _meant(name, allowed)
            if kind == "single" and not instead:
                continue
            where = place(line, match.span(), part)
            yield Fault(kind, match[0].strip()[:_SHOWN], instead, where)
            rest = rest[: match.start()] + GAP * len(match[0]) + rest[match.end() :]
    for match in _TYPED.finditer(rest):
        yield Fault("typed", match[0], place=place(line, match.span(), part))


def _meant(said: str, allowed: Allowed) -> str:
    """The tag somebody most likely meant, or nothing."""
    name, _, side = said.strip().lower().replace("：", ":").partition(":")
    words = (*tags.INLINE, *_BLOCKS, *tags.PAPER_INLINE)
    known = {one: one for one in words if one not in _OF_CORRECTIONS}
    known |= {title: figure for figure, title in allowed.figures.items()}
    known |= {figure: figure for figure in allowed.figures}
    close = difflib.get_close_matches(name.replace(" ", "_"), known, n=1, cutoff=0.6)
    if not close:
        return ""
    found = known[close[0]]
    sides = difflib.get_close_matches(side, ("last", "year_ago"), n=1, cutoff=0.5)
    return _braced(f"{found}:{sides[0]}" if sides and found in allowed.figures else found)


def _braced(name: str) -> str:
    return f"{{{{{name}}}}}"
