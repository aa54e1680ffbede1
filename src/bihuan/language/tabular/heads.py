"""Finds the table in a sheet: its header of one or two lines, its rows, and what is neither."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bihuan.language.tabular.blocks import Block, Part, part_of
from bihuan.language.tabular.titles import Head, Lines, Names, count, head_at, kind_of, plain

# How far down a header is looked for.
REACH = 30


@dataclass(frozen=True)
class Aside:
    """A line that is no row, and why: `above` the header, `total`, `note`, `page`, `again` the
    header, `empty` in every column that was understood."""

    row: int
    kind: str
    text: str


@dataclass(frozen=True)
class Table:
    """`header` and `rows` as texts, `numbers` their places in the file from 1. `columns` says
    which field stands in which column; `others` are the further tables of the sheet, of which
    nothing is read; `guessed` whether the header is one by its place only."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    columns: Mapping[str, int]
    head: int
    depth: int = 1
    asides: tuple[Aside, ...] = ()
    others: tuple[Block, ...] = ()
    guessed: bool = False


def table_in(
    lines: Lines,
    names: Names,
    *,
    wanted: frozenset[str] = frozenset(),
    head: int | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Table | None:
    """The table in a sheet, or None where there is nothing at all.

    `head` is the header's line, from 1, where somebody said so; `mapping` {header: field, or
    nothing for none} goes before the words we know. Of several headers the one with most known
    fields is taken, those with a `wanted` one first.
    """
    filled = [i for i, line in enumerate(lines) if any(c.strip() for c in line)]
    candidates = filled[:REACH] if head is None else [i for i in filled if i == head - 1]
    chosen = mapping or {}
    # Two lines only where no single one says as much: the first of equals is taken.
    heads = [head_at(lines, at, depth, names, chosen) for depth in (1, 2) for at in candidates]
    if not heads:
        return None
    best = max(heads, key=lambda one: one.score(wanted))
    guessed = not best.columns
    if guessed and head is None:
        # Nothing known: the first line that is more than a title.
        at = next((i for i in candidates if count(lines[i]) > 1), candidates[0])
        best = head_at(lines, at, 1, names, chosen)
    part = part_of(lines, filled, names, chosen, best)
    return _filled_in(lines, filled, best, part, guessed=guessed)


def _filled_in(
    lines: Lines, filled: Sequence[int], head: Head, part: Part, *, guessed: bool
) -> Table:
    at, depth, width = head.at, head.depth, len(head.titles)
    rows, numbers, asides = [], [], []
    heads = [tuple(plain(c) for c in lines[i]) for i in range(at, min(at + depth, len(lines)))]
    for index in filled:
        # What belongs to another table of the sheet is told as a whole.
        if not part.begin <= index < part.end or at <= index < at + depth:
            continue
        line = tuple((list(lines[index]) + [""] * width)[:width])
        if index < at or index in part.between:
            kind = "above"
        elif index in part.again:
            kind = "again"
        else:
            kind = _aside(lines[index], heads, head.columns)
        if kind:
            text = " ".join(c.strip() for c in lines[index] if c.strip())
            asides.append(Aside(index + 1, kind, text[:60]))
        else:
            rows.append(line)
            numbers.append(index + 1)
    return Table(
        head.titles,
        tuple(rows),
        tuple(numbers),
        head.columns,
        at + 1,
        depth,
        tuple(asides),
        part.others,
        guessed=guessed,
    )


def _aside(
    line: Sequence[str], heads: Sequence[tuple[str, ...]], columns: Mapping[str, int]
) -> str:
    if tuple(plain(c) for c in line) in heads:
        return "again"
    kind = kind_of(line)
    if not kind and columns and not any(line[i].strip() for i in columns.values() if i < len(line)):
        return "empty"
    return kind
