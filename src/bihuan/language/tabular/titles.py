"""Lines by what their words are: the titles of columns, a total, a note, a page's number."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

Lines = Sequence[Sequence[str]]
# No word for a column is longer; what is written in rows mostly is.
_LONGEST = 30
_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]|[(\[【〔].*")
_TOTAL = re.compile(
    r"(本?[页月年]?(合|总|小|共|累)计|总数|总和|total|subtotal|sum)[:\d]*|共\d+[件条行项宗]",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(填[报表制]|制表|审[核批]|复核|校对|统计|打印|导出|报送|上报|单位|负责人|经办人|备注|说明|注|[Nn]ote)"
    r"(单位|部门|人员?|领导|日期|时间|意见|盖章|签字|签章)?(\(.*?\))?[::]",
)
_PAGE = re.compile(r"第\d+页([,/、共]*\d*页?)?|page\d+(of\d+)?|-\d+-", re.IGNORECASE)
_NUMBER = re.compile(r"[\d.,%]*")


def plain(title: str) -> str:
    """A header as it is compared: without brackets, blanks, marks, in small letters."""
    text = unicodedata.normalize("NFKC", title).lower().lstrip("\ufeff")
    return re.sub(r"[\s*:;,、。#]+", "", _BRACKETS.sub("", text))


_plain_again = lru_cache(maxsize=20_000)(plain)


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

    def knows(self, line: Sequence[str], least: int) -> bool:
        """Whether at least so many cells of a line are such words: asked of every line of a table."""
        found, left = 0, len(line)
        for cell in line:
            if left < least - found:
                return False
            left -= 1
            if cell and len(cell) <= _LONGEST and _plain_again(cell) in self._of:
                found += 1
                if found >= least:
                    return True
        return False


@dataclass(frozen=True)
class Head:
    """A line, or it and the next, taken as the header."""

    at: int
    depth: int
    titles: tuple[str, ...]
    columns: Mapping[str, int]

    def score(self, wanted: frozenset[str]) -> tuple[bool, int]:
        """How well it fits: a wanted field before many fields."""
        return bool(self.columns.keys() & wanted), len(self.columns)


def head_at(lines: Lines, at: int, depth: int, names: Names, chosen: Mapping[str, str]) -> Head:
    """The line taken as a header of one line or two; `chosen` {title: field, or "" for none} goes
    before the words we know."""
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
    return Head(at, 2 if two else 1, tuple(titles), columns)


def count(line: Sequence[str]) -> int:
    """How many cells have anything in them."""
    return sum(bool(c.strip()) for c in line)


def kind_of(line: Sequence[str]) -> str:
    """`total`, `note`, `page` for a line with something in it that is no row by its words, else ''."""
    cells = [c.strip() for c in line if c.strip()]
    bare = "".join(unicodedata.normalize("NFKC", cells[0]).split())
    if _TOTAL.fullmatch(bare) and all(_NUMBER.fullmatch(c) or len(c) < 8 for c in cells[1:]):
        return "total"
    # Notes stand alone in their line; a row of the table has more to say.
    if _NOTE.match(bare) and (
        len(cells) <= 2 or all(":" in unicodedata.normalize("NFKC", c) for c in cells)
    ):
        return "note"
    if len(cells) == 1 and _PAGE.fullmatch(bare):
        return "page"
    return ""
