"""A text as words: where each stands, what the dictionary calls it, and what was asked about its
places already.

Words come from jieba's dictionary (`rjieba`).
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import rjieba

from bihuan.language.personal import doing
from bihuan.language.personal.words import ORDINARY


@dataclass(frozen=True)
class Word:
    """A word of a text, its place and what the dictionary calls it."""

    start: int
    end: int
    text: str
    tag: str

    @property
    def ordinary(self) -> bool:
        """Of more than one character, and no person's name in the dictionary."""
        return len(self.text) > 1 and (not self.tag.startswith("nr") or self.text in ORDINARY)


class Words:
    """A text as words, by place."""

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self.every: list[Word] = []
        past = 0
        for text, tag in rjieba.tag(plain, hmm=False):
            self.every.append(Word(past, past + len(text), text, tag))
            past += len(text)
        # What was found out of the places already asked about.
        self.led: dict[int, float] = {}
        self.followed: dict[int, float] = {}
        self._people: dict[int, bool] = {}

    @cached_property
    def _starts(self) -> list[int]:
        return [word.start for word in self.every]

    def at(self, place: int) -> Word:
        """The word that covers a place of the text."""
        return self.every[bisect_right(self._starts, place) - 1]

    def within(self, start: int, end: int) -> list[Word]:
        """The words that touch a stretch."""
        first = bisect_right(self._starts, start) - 1
        past = bisect_right(self._starts, end - 1)
        return self.every[first:past]

    def people(self, end: int) -> bool:
        """Whether what follows a place is done, suffered or had by people only."""
        if end not in self._people:
            self._people[end] = doing.of_people(self.plain, end) or doing.handles(self.plain, end)
        return self._people[end]

    def cuts(self, start: int, end: int) -> bool:
        """Whether a stretch begins or ends inside an ordinary word, or is one."""
        touched = self.within(start, end)
        first, last = touched[0], touched[-1]
        if (first.start < start and first.ordinary) or (last.end > end and last.ordinary):
            return True
        return len(touched) == 1 and first.ordinary and (first.start, first.end) == (start, end)
