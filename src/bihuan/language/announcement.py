"""The State Council's announcement of holidays, read as a person reads it: which days are off, which
weekends are worked.

国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST = 20_000
_YEAR = re.compile(r"(\d{4})年(?:部分)?(?:节假日|放假)")
_ANY_YEAR = re.compile(r"(?<!〔)(\d{4})年")
_SOURCE = re.compile(r"国务院办公厅关于[^。\n]{0,40}?通知")
_NUMBER = re.compile(r"国办发明电〔\d{4}〕\d+号")
_NAME = re.compile(
    r"(?:^|\s)\s*(?:[一二三四五六七八九十]+[、.．])?\s*([^\s：:，,。；0-9（(]{2,14})[：:]"
)
# A name that only a space parts from its days, as in a list.
_LISTED = re.compile(r"^\s*([\u4e00-\u9fff]{2,8})\s+(?=\d)")
# What is before a name in a list: numbers, marks, pictures.
_NOT_NAMED = re.compile(r"^[^\u4e00-\u9fff]+")
_TAG = re.compile(r"<[^<>\n]{1,200}>")
_GAP = re.compile(
    r"(?<=[年月日第共\d])[ \u3000\u00a0]+(?=[年月日天周\d至到（(])|(?<=[日至到])[ \u3000\u00a0]+(?=[）)\d、，])"
)
_DATED = re.compile(r"(?<!\d)(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?!\d)")
_SHORT = re.compile(
    r"(?<![\d.])(\d{1,2})\.(\d{1,2})(?![\d.])(?=\s*(?:日|（|\(|至|到|、|放|休|上班|[-~—–～]\s*\d))"
)
_RUN_ON = re.compile(r"(放假(?:调休)?|休息)[ \u3000]+(?=\d)")
_PAIRED = str.maketrans({":": "：", ",": "，", ";": "；", "(": "（", ")": "）"})
# A full stop of the other alphabet, behind a word and not between numbers.
_STOP = re.compile(r"(?<=[^\d\s])\.(?!\d)|(?<=[天班休假)）])\.")
_ASIDE = r"(?:\s*[（(]([^）)]*)[）)])?"
_DAY = r"(?:(\d{4})年)?\s*(?:(\d{1,2})月)?\s*(\d{1,2})日" + _ASIDE
_SPAN = re.compile(_DAY + r"(?:\s*(?:至|到|—+|–|-|~|～)\s*" + _DAY + ")?")
_SENTENCE = re.compile(r"\n|(?<=[。；;])")
# The day under a letter is no day off.
_SIGNED = re.compile(
    r"\s*(?:国务院办公厅)?\s*\d{4}年\d{1,2}月\d{1,2}日\s*(?:[（(]此件公开发布[）)])?\s*\Z"
)
_CLAUSE = re.compile(r"[。；;，,](?![^（(]*[）)])")
_COUNT = re.compile(r"(?:共|放假)\s*(\d{1,2})\s*天")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_WEEKDAYS = "一二三四五六日"
# The longest that anybody was ever off.
MOST = 15


@dataclass(frozen=True)
class Doubt:
    """What cannot be right, or was not understood. `kind`: weekday, count, other_year, twice, day,
    unread; the words it is about, and what they come to."""

    kind: str
    text: str
    found: str = ""


@dataclass(frozen=True)
class Announcement:
    """What a text says of one year: days off and days worked, each with the holiday it belongs to."""

    year: int
    source: str
    off: tuple[tuple[date, str], ...]
    work: tuple[tuple[date, str], ...]
    doubts: tuple[Doubt, ...]


def year_of(text: str) -> int | None:
    """The year that a text speaks of, as far as it says."""
    text = _plain(text)
    found = _YEAR.search(text) or _ANY_YEAR.search(text)
    return int(found[1]) if found else None


def read(text: str, year: int) -> Announcement:
    """What a text announces for a year: sentences with a day in them, each 放假 or 上班. Whatever
    has a day and is neither, names a wrong weekday or another number of days is a doubt."""
    reading = _Reading(year)
    text = _plain(text)
    for sentence in _SENTENCE.split(text):
        if not _SIGNED.match(sentence):
            reading.sentence(sentence)
    said = [found[0] for found in (_SOURCE.search(text), _NUMBER.search(text)) if found]
    return Announcement(
        year,
        " ".join(said),
        tuple(sorted(reading.off.items())),
        tuple(sorted(reading.work.items())),
        tuple(reading.doubts),
    )


def _plain(text: str) -> str:
    """A text as the notice has it, of one that was copied from a page, a message or a table."""
    text = unicodedata.normalize("NFKC", _TAG.sub("\n", text[:LONGEST]))
    text = _STOP.sub("。", text.translate(_PAIRED))
    text = _DATED.sub(r"\1年\2月\3日", text)
    text = _RUN_ON.sub(r"\1，", _SHORT.sub(r"\1月\2日", text))
    return "\n".join(_rows(_GAP.sub("", text).split("\n")))


def _rows(lines: list[str]) -> Iterator[str]:
    """Each line; of a table, whose heads say which column is which, as sentences."""
    off: int | None = None
    work: int | None = None
    for line in lines:
        cells = [one.strip() for one in line.split("\t")]
        if len(cells) > 1 and not _SPAN.search(line):
            heads = list(enumerate(cells))
            work = next((n for n, one in heads if "上班" in one or "补班" in one), None)
            off = next((n for n, one in heads if n != work and re.search(r"放假|休", one)), None)
        elif off is not None and len(cells) > off:
            yield f"{cells[0]}：{cells[off]}放假。"
            if work is not None and len(cells) > work and _SPAN.search(cells[work]):
                yield f"{cells[work]}上班。"
        else:
            yield line


class _Reading:
    """What was read so far, sentence by sentence."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.off: dict[date, str] = {}
        self.work: dict[date, str] = {}
        self.doubts: list[Doubt] = []
        self._name = ""
        self._near: tuple[int, int | None] = (year, None)
        # Days that no word has said anything of yet; those of the sentence before, to be counted.
        self._waiting: list[date] = []
        self._last: list[date] = []

    def sentence(self, text: str) -> None:
        """One sentence, which may begin with the holiday that it and those behind it are about."""
        named = _NAME.search(text) or _LISTED.search(text)
        if named:
            self._name = _NOT_NAMED.sub("", named[1])
            self._near = (self.year, None)
            text = text[named.end() :]
        for clause in filter(None, (part.strip() for part in _CLAUSE.split(text))):
            self._clause(clause)
        if self._waiting:
            self._doubt("unread", text)
            self._waiting = []

    def _clause(self, clause: str) -> None:
        self._waiting += self._days(clause)
        if self._waiting and "上班" in clause:
            self._put(self.work, self.off)
        counted = _COUNT.search(clause)
        told = bool(counted and int(counted[1]) == len(self._waiting))
        if self._waiting and (told or re.search(r"放假|休", clause)) and "上班" not in clause:
            self._put(self.off, self.work)
        if counted and self._last and int(counted[1]) != len(self._last):
            self._doubt("count", clause, str(len(self._last)))

    def _put(self, into: dict[date, str], other: dict[date, str]) -> None:
        for day in self._waiting:
            if day in other:
                self._doubt("twice", day.isoformat())
            elif day.year != self.year:
                self._doubt("other_year", day.isoformat())
            else:
                into[day] = self._name
        self._last, self._waiting = self._waiting, []

    def _days(self, clause: str) -> Iterator[date]:
        for found in _SPAN.finditer(clause):
            groups = found.groups()
            first = self._day(groups[:4], found[0])
            last = self._day(groups[4:], found[0]) if groups[6] else first
            if first is None or last is None:
                continue
            length = (last - first).days
            if not 0 <= length < MOST:
                self._doubt("day", found[0])
                continue
            yield from (first + timedelta(days=n) for n in range(length + 1))

    def _day(self, groups: tuple[str | None, ...], text: str) -> date | None:
        year, month, number, aside = groups
        near_year, near_month = self._near
        in_year = int(year) if year else near_year
        in_month = int(month) if month else near_month
        try:
            day = date(in_year, in_month or 0, int(number or 0))
        except ValueError:
            self._doubt("day", text)
            return None
        self._near = (in_year, in_month)
        weekday = _WEEKDAY.search(aside or "")
        if weekday and _WEEKDAYS.index(weekday[1].replace("天", "日")) != day.weekday():
            self._doubt("weekday", text, day.isoformat())
        return day

    def _doubt(self, kind: str, text: str, found: str = "") -> None:
        self.doubts.append(Doubt(kind, text.strip()[:120], found))
