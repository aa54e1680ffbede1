"""Several tables in one sheet, one below the other: where the one that is read ends, and which others
there are. What is no row of it is never read as one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bihuan.language.tabular.titles import Head, Lines, Names, count, head_at, kind_of

# Of a line that may be a header whose words nobody knows.
_WORD, _WORDS = 12, 3


@dataclass(frozen=True)
class Block:
    """Another table of the sheet: its header's line from 1, what stands above it, how many rows.
    `sure` where its words are known; else the line is read as a row and only looks like a header."""

    head: int
    title: str
    rows: int
    sure: bool = True


@dataclass(frozen=True)
class Part:
    """What of a sheet the table is that was asked for: lines from `begin` to before `end`, of which
    `again` repeat its header and `between` are titles above such repetitions."""

    begin: int
    end: int
    again: frozenset[int]
    between: frozenset[int]
    others: tuple[Block, ...]


@dataclass
class _Found:
    head: Head
    titles: tuple[int, ...]
    again: list[Head]
    between: list[int]

    @property
    def begin(self) -> int:
        return self.titles[0] if self.titles else self.head.at

    @property
    def last(self) -> Head:
        return self.again[-1] if self.again else self.head

    def headers(self) -> set[int]:
        found = (self.head, *self.again)
        return {i for one in found for i in range(one.at, one.at + one.depth)}


def part_of(
    lines: Lines, filled: Sequence[int], names: Names, chosen: Mapping[str, str], best: Head
) -> Part:
    """The part of the sheet that belongs to the header `best`; `filled` are the lines with anything
    in them."""
    held = set(filled)
    found: list[_Found] = []
    for head in _heads(lines, filled, names, chosen, best):
        before = found[-1] if found else None
        if before and head.at != best.at and _continues(before.last, head):
            before.between += _titles(lines, held, head.at, before.last, apart=True)
            before.again.append(head)
        else:
            last = before.last if before else None
            found.append(_Found(head, _titles(lines, held, head.at, last, apart=False), [], []))
    place = next(n for n, one in enumerate(found) if one.head.at == best.at)
    ends = [one.begin for one in found[1:]] + [len(lines)]
    mine = found[place]
    others = [
        Block(one.head.at + 1, _title(lines, one.titles), _rows(lines, filled, one, end))
        for one, end in zip(found, ends, strict=True)
        if one is not mine
    ]
    rows = [i for i in filled if best.at + best.depth <= i < ends[place]]
    own = mine.headers() | set(mine.between)
    others += _alike(lines, held, [i for i in rows if i not in own])
    return Part(
        begin=mine.begin if place else 0,
        end=ends[place],
        again=frozenset(mine.headers()),
        between=frozenset(mine.between),
        others=tuple(sorted(others, key=lambda one: one.head)),
    )


def _heads(
    lines: Lines, filled: Sequence[int], names: Names, chosen: Mapping[str, str], best: Head
) -> Iterator[Head]:
    """Every line that is a header by its words, and `best`, from above."""
    after = 0
    for at in filled:
        if at < after:
            continue
        one = best if at == best.at else _known(lines, at, names, chosen, best)
        if one is not None:
            after = at + one.depth
            yield one


def _known(
    lines: Lines, at: int, names: Names, chosen: Mapping[str, str], best: Head
) -> Head | None:
    below = at + 1 < len(lines) and at + 1 != best.at and names.knows(lines[at + 1], 2)
    if not below and not names.knows(lines[at], 2):
        return None
    one = head_at(lines, at, 1, names, chosen)
    if below:
        two = head_at(lines, at, 2, names, chosen)
        lower = head_at(lines, at + 1, 1, names, chosen)
        # As with the header itself: two lines only where no single one says as much.
        if len(two.columns) > max(len(one.columns), len(lower.columns)):
            one = two
    known, titles = len(one.columns), sum(map(bool, one.titles))
    return one if known >= _WORDS or (known == 2 and titles < 2 * known) else None


def _continues(before: Head, head: Head) -> bool:
    """Whether the same columns go on: a header again on every page, or in another language."""
    return head.columns == before.columns or head.at == before.at + before.depth


def _titles(
    lines: Lines, held: set[int], at: int, before: Head | None, *, apart: bool
) -> tuple[int, ...]:
    """The lines above a header that say what the table is; with `apart` only those that nothing
    else adjoins, since a row of one cell may stand above a header that is repeated."""
    floor = before.at + before.depth if before else 0
    found: list[int] = []
    index = at - 1
    while index >= floor and index not in held:
        index -= 1
    gap = index < at - 1
    while index >= floor and index in held and _is_title(lines[index], gap=gap):
        found.insert(0, index)
        index -= 1
    if (apart or gap) and index >= floor and index in held:
        return ()
    return tuple(found)


def _is_title(line: Sequence[str], *, gap: bool) -> bool:
    kind = kind_of(line)
    return (kind == "note" and not gap) or (not kind and count(line) == 1)


def _title(lines: Lines, titles: Sequence[int]) -> str:
    texts = (" ".join(c.strip() for c in lines[i] if c.strip()) for i in titles)
    return next(texts, "")[:60]


def _rows(lines: Lines, filled: Sequence[int], one: _Found, end: int) -> int:
    aside = one.headers() | set(one.between)
    within = (i for i in filled if one.head.at < i < end and i not in aside)
    return sum(not kind_of(lines[i]) for i in within)


def _alike(lines: Lines, held: set[int], rows: Sequence[int]) -> list[Block]:
    """Rows that begin anew after an empty line and look like a header of words nobody knows."""
    found = []
    last = None
    for index in rows:
        line = lines[index]
        below = lines[index + 1] if index + 1 in held else ()
        above = index - 1
        while above in held and count(lines[above]) == 1:
            above -= 1
        fresh = above not in held and last is not None
        last = index
        if fresh and _are_words(line) and count(below) > 1 and not _are_words(below):
            title = _title(lines, range(above + 1, index))
            found.append(Block(index + 1, title, 0, sure=False))
    return found


def _are_words(line: Sequence[str]) -> bool:
    cells = [c.strip() for c in line if c.strip()]
    return (
        len(cells) >= _WORDS
        and len(set(cells)) == len(cells)
        and all(len(c) <= _WORD and not any(map(str.isdigit, c)) for c in cells)
    )
