"""Tags in the words of a paper: `{{about}}` stands for what the matter says, never for typed words.

One of INLINE; `{{value.<name>}}` for a field of the kind or an input of one of its actions, as the last
step that asked for it was told; `{{day.<action>}}` and `{{by.<action>}}` for when, and by whom, an action was taken last;
`{{<part>.<name>}}` for what a part of the matter counts, and `{{<chapter>}}` on a line of its own for all
that a part has to tell, where an app registered it. What it lacks is left out: a line all of whose tags
are empty is not printed. A line that begins with `# ` is a heading.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.press.blocks import Block
from bihuan.spec.registry import Registry
from bihuan.spec.schema import Input, Kind

# What every matter can say.
INLINE = (
    *("number", "date", "issuer", "house", "matter", "kind", "subject", "about", "opener"),
    *("organisation", "unit", "assignee", "state", "opened", "due", "closed", "body"),
)
VALUE, DAY, BY = "value", "day", "by"
# Whether all who read a paper may read what is filled in there.
May = Callable[[Input], bool]
_TAG = re.compile(r"\{\{([^{}]*)\}\}")
_NAME = re.compile(r"([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?")


@dataclass(frozen=True, eq=False)
class Counted:
    """What a part of a matter counts: `names` of a kind that may be asked (none where it has no such part),
    `told` what stands for them, for who issues the paper; '' where it is not told."""

    name: str
    about: str
    names: Callable[[Kind], Iterable[str]]
    told: Callable[[Matter, Actor, datetime], dict[str, str]]


@dataclass(frozen=True, eq=False)
class Chapter:
    """All that a part of a matter has to tell, as blocks: `there` whether a kind has it, `shows` the fields
    and inputs of which it says what was filled in, by name; `told` leaves out those that not all who
    read the paper may read, as it is told."""

    name: str
    about: str
    there: Callable[[Kind], bool]
    shows: Callable[[Kind], Iterable[tuple[str, Input]]]
    told: Callable[[Matter, Actor, datetime, May], Iterable[Block]]


COUNTED: Registry[Counted] = Registry("count on papers")
CHAPTERS: Registry[Chapter] = Registry("chapter of papers")


@dataclass(frozen=True)
class Tag:
    """`{{family.name}}`; of one of INLINE and of a chapter the family is empty."""

    family: str
    name: str

    @property
    def text(self) -> str:
        """What stands between the braces."""
        return f"{self.family}.{self.name}" if self.family else self.name


Piece = str | Tag


def _tag(inside: str) -> Tag | None:
    found = _NAME.fullmatch(inside.strip())
    if found is None:
        return None
    return Tag(found[1], found[2]) if found[2] else Tag("", found[1])


def pieces(line: str) -> list[Piece]:
    """A line as words and tags, in order; what is no tag stays words."""
    found: list[Piece] = []
    end = 0
    for match in _TAG.finditer(line):
        if (tag := _tag(match[1])) is not None:
            found += [line[end : match.start()], tag]
            end = match.end()
    return [one for one in (*found, line[end:]) if one != ""]


def tags(text: str) -> list[Tag]:
    """The tags of a text, each once, in order."""
    found = (one for line in text.splitlines() for one in pieces(line) if isinstance(one, Tag))
    return list(dict.fromkeys(found))


def alone(line: str) -> Tag | None:
    """The tag that has a line to itself, or None."""
    found = pieces(line.strip())
    return found[0] if len(found) == 1 and isinstance(found[0], Tag) else None


def broken(text: str) -> Iterator[tuple[int, str]]:
    """Braces that are no tag: in which line, what stands there."""
    for number, line in enumerate(text.splitlines(), 1):
        rest = _TAG.sub(lambda match: "" if _tag(match[1]) else match[0], line)
        if "{{" in rest or "}}" in rest:
            start = rest.find("{{") if "{{" in rest else rest.find("}}")
            yield number, rest[start : start + 30]
