"""Finds the table in a sheet: its header of one or two lines, its rows, and what is neither."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Lines = Sequence[Sequence[str]]
# How far down a header is looked for.
REACH = 30
_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]|[(\[【〔].*")
_TOTAL = re.compile(
    r"(本?[页月年]?(合|总|小|共|累)计|总数|总和|total|subtotal|sum)[:\d]*|共\d+[件条行项宗]",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(填[报表制]|制表|审[核批]|复核|校对|统计|打印|导出|报送|上报|单位|负责人|经办人|备注|说明|注)"
    r"(单位|部门|人员?|领导|日期|时间|意见|盖章|签字|签章)?(\(.*?\))?[::]",
)
_PAGE = re.compile(r"第\d+页([,/、共]*\d*页?)?|page\d+(of\d+)?|-\d+-", re.IGNORECASE)
_NUMBER = re.compile(r"[\d.,%]*")


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
    which field stands in which column; `guessed` whether the header is one by its place only."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    columns: Mapping[str, int]
    head: int
    depth: int = 1
    asides: tuple[Aside, ...] = ()
    guessed: bool = False


def plain(title: str) -> str:
    """A header as it is compared: without brackets, blanks, marks, in small letters."""
    text = unicodedata.normalize("NFKC", title).lower().lstrip("\ufeff")
    return re.sub(r"[\s*:;,、。#]+", "", _BRACKETS.sub("", text))


class Names:
    """The words by which fields are known in headers; `second` {field: the field that another
    column of the same words is}: 日期 and 时间 are both a time."""

    def __init__(
        self, names: Mapping[str, Sequence[str]], second: Mapping[str, str] | None = None
    ) -> None:
        self.fields = tuple(names)
        self.second = dict(second or {})
        self._of = {plain(word): name for name, words in names.items() for word in words}

    def field(self, *titles: str) -> str | None:
        """The field that the first known of the titles stands for."""
        for title in titles:
            found = self._of.get(plain(title))
            if found is not None:
                return found
        return None


@dataclass(frozen=True)
class _Head:
    """A line, or it and the next, taken as the header."""

    at: int
    depth: int
    titles: tuple[str, ...]
    columns: Mapping[str, int]

    def score(self, wanted: frozenset[str]) -> tuple[bool, int]:
        return bool(self.columns.keys() & wanted), len(self.columns)


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
    heads = [_head(lines, at, depth, names, chosen) for depth in (1, 2) for at in candidates]
    if not heads:
        return None
    best = max(heads, key=lambda one: one.score(wanted))
    guessed = not best.columns
    if guessed and head is None:
        # Nothing known: the first line that is more than a title.
        at = next((i for i in candidates if _count(lines[i]) > 1), candidates[0])
        best = _head(lines, at, 1, names, chosen)
    return _filled_in(lines, filled, best, guessed=guessed)


def _count(line: Sequence[str]) -> int:
    return sum(bool(c.strip()) for c in line)


def _head(lines: Lines, at: int, depth: int, names: Names, chosen: Mapping[str, str]) -> _Head:
    upper = [" ".join(c.split()) for c in lines[at]]
    two = depth == 2 and at + 1 < len(lines)
    lower = [" ".join(c.split()) for c in lines[at + 1]] if two else []
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    titles, columns, group = [], {}, ""
    for index, (above, below) in enumerate(zip(upper, lower, strict=True)):
        # The name of a group stands over the first of its columns.
        group = above or (group if below else "")
        title = "·".join(part for part in (group, below) if part)
        titles.append(title)
        name = chosen[title] if title in chosen else names.field(group + below, below or group)
        if name is not None and name in columns:
            name = names.second.get(name)
        if name in names.fields and name not in columns:
            columns[name] = index
    return _Head(at, 2 if two else 1, tuple(titles), columns)


def _filled_in(lines: Lines, filled: Sequence[int], head: _Head, *, guessed: bool) -> Table:
    at, depth, width = head.at, head.depth, len(head.titles)
    rows, numbers, asides = [], [], []
    heads = [tuple(plain(c) for c in lines[i]) for i in range(at, min(at + depth, len(lines)))]
    for index in filled:
        line = tuple((list(lines[index]) + [""] * width)[:width])
        if index < at:
            kind = "above"
        elif index < at + depth:
            continue
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
        guessed=guessed,
    )


def _aside(
    line: Sequence[str], heads: Sequence[tuple[str, ...]], columns: Mapping[str, int]
) -> str:
    cells = [c.strip() for c in line if c.strip()]
    bare = "".join(unicodedata.normalize("NFKC", cells[0]).split())
    if tuple(plain(c) for c in line) in heads:
        return "again"
    if _TOTAL.fullmatch(bare) and all(_NUMBER.fullmatch(c) or len(c) < 8 for c in cells[1:]):
        return "total"
    # Notes stand alone in their line; a row of the table has more to say.
    if _NOTE.match(bare) and (
        len(cells) <= 2 or all(":" in unicodedata.normalize("NFKC", c) for c in cells)
    ):
        return "note"
    if len(cells) == 1 and _PAGE.fullmatch(bare):
        return "page"
    if columns and not any(line[i].strip() for i in columns.values() if i < len(line)):
        return "empty"
    return ""
