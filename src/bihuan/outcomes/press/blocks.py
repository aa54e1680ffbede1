"""What stands on a printed thing, and what it says of itself: the same for screen, Word and PDF."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CHINESE = "zh-CN"
_LANGUAGES = {"en": "en-US"}


@dataclass(frozen=True)
class Imprint:
    """`author` is the organisation, `at` the time of issue, or of the draft."""

    title: str
    author: str
    at: datetime
    locale: str = "zh-Hans"

    @property
    def language(self) -> str:
        """As BCP 47 has it."""
        return _LANGUAGES.get(self.locale, CHINESE)


@dataclass(frozen=True)
class Run:
    """Some words, or one number with the tag it stands for; `wrote` is the tag of either as it
    stands in the text they come from, empty for what somebody typed."""

    text: str
    tag: str = ""
    wrote: str = ""


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, a table (first row: its head) or the chart."""

    kind: Literal["heading", "paragraph", "table", "chart"]
    runs: tuple[Run, ...] = ()
    rows: tuple[tuple[Run, ...], ...] = ()

    @property
    def text(self) -> str:
        """Its words in one."""
        return "".join(run.text for run in self.runs)
