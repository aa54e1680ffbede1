"""What a paper says of its matter: the programme's words with every tag filled in, as plain data that is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.identity import api as identity
from bihuan.foundation.orgs.api import standing_org, standing_person
from bihuan.kernel.matters import access, subjects
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Entry, Matter, Party
from bihuan.kernel.matters.filled import OPENED
from bihuan.kernel.matters.models import RAISED
from bihuan.kernel.values import api as values
from bihuan.kernel.values.api import Told
from bihuan.outcomes.papers import tags, words
from bihuan.outcomes.papers.declared import PaperSpec, for_all, text_of
from bihuan.outcomes.papers.problems import PaperError
from bihuan.outcomes.papers.tags import BY, CHAPTERS, COUNTED, DAY, VALUE, Chapter, Tag
from bihuan.outcomes.press.blocks import Block, Run
from bihuan.spec.schema import OPENER, Programme


@dataclass(frozen=True)
class Asked:
    """What is printed: a paper of a programme, of a matter, for who issues it, at an instant, in a language."""

    matter: Matter
    programme: Programme
    paper: str
    spec: PaperSpec
    actor: Actor
    at: datetime
    locale: str

    def text(self, part: str) -> str:
        """Words of the paper as the programme has them."""
        return text_of(self.programme, self.paper, part, self.locale)


@dataclass(frozen=True)
class Source:
    """What tags stand for; `number` is the paper's own."""

    asked: Asked
    number: str
    _counted: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def entries(self) -> list[Entry]:
        """The time line, as who issues the paper may read it."""
        return matters.timeline(self.asked.matter, self.asked.actor)

    @cached_property
    def _given(self) -> dict[str, Told]:
        """What every field, and every input that is none, says by now: what the last step that asked for
        it was told, nothing too."""
        asked, tongue = self.asked, words.tongue()
        kind_id = asked.matter.kind
        held = values.held(asked.matter, asked.actor, self.entries)
        found = {one.name: one for one in values.all_told(asked.programme, kind_id, held, tongue)}
        kind = asked.programme.kinds[kind_id]
        for entry in self.entries:
            if entry.type == OPENED or entry.action not in kind.actions:
                continue
            for name in kind.actions[entry.action].inputs.keys() - kind.fields.keys():
                found.pop(name, None)
            for one in values.all_told(
                asked.programme, kind_id, entry.inputs, tongue, action=entry.action
            ):
                if one.name not in kind.fields:
                    found[one.name] = one
        return found

    def told(self, tag: Tag) -> Told | None:
        """The value that a tag stands for; None where it says nothing, or is none of a value."""
        return self._given.get(tag.name) if tag.family == VALUE else None

    def said(self, tag: Tag) -> str:
        """What a tag stands for inside a line; '' where there is nothing."""
        if tag.family == VALUE:
            told = self.told(tag)
            return told.text if told is not None else ""
        if tag.family in (DAY, BY):
            taken = [one for one in self.entries if one.action == tag.name]
            if not taken:
                return ""
            return self._day(taken[-1].at) if tag.family == DAY else taken[-1].who
        if tag.family in COUNTED:
            return self._count(tag)
        return _INLINE[tag.name](self) if not tag.family and tag.name in _INLINE else ""

    def _count(self, tag: Tag) -> str:
        asked = self.asked
        if tag.family not in self._counted:
            told = COUNTED[tag.family].told(asked.matter, asked.actor, asked.at)
            self._counted[tag.family] = told
        return self._counted[tag.family].get(tag.name, "")

    def day(self, at: datetime | None) -> str:
        """A day as papers write it; '' for none."""
        return self._day(at) if at is not None else ""

    def _day(self, at: datetime) -> str:
        return words.day(timezone.localtime(at).date(), self.asked.locale)

    def of(self, key: str) -> str:
        """Words of the programme in the paper's language."""
        return self.asked.programme.strings[self.asked.locale].get(key, "")


def person(ref: str) -> str:
    """The name of who acts under a reference; '' of who is nobody."""
    sort, _, pk = ref.partition(":")
    return standing_person(int(pk)).name if sort == "person" else ""


def about(found: Matter) -> Party | None:
    """Whom a matter is about."""
    return subjects.of(access.parties(found))


def _about(source: Source) -> str:
    party = about(source.asked.matter)
    if party is None:
        return ""
    if party.org_id is not None:
        return standing_org(party.org_id).name
    return standing_person(party.person_id).name if party.person_id is not None else ""


def _opener(source: Source) -> str:
    held = access.parties(source.asked.matter)
    ids = [p.person_id for p in held if p.role in (OPENER, RAISED) and p.person_id is not None]
    return standing_person(ids[0]).name if ids else ""


def _body(source: Source) -> str:
    opened = [one for one in source.entries if one.type == OPENED]
    return str(opened[0].private.get("body", "")) if opened else ""


def _assignee(source: Source) -> str:
    pk = source.asked.matter.assignee_id
    return standing_person(pk).name if pk is not None else ""


_INLINE: dict[str, Callable[[Source], str]] = {
    "number": lambda one: one.number,
    "date": lambda one: one.day(one.asked.at),
    "issuer": lambda one: person(one.asked.actor.ref),
    "house": lambda one: identity.site().name,
    "matter": lambda one: one.asked.matter.number,
    "kind": lambda one: one.of(f"kinds.{one.asked.matter.kind}"),
    "subject": lambda one: one.asked.matter.subject,
    "about": _about,
    "opener": _opener,
    "organisation": lambda one: standing_org(one.asked.matter.home_id).name,
    "unit": lambda one: standing_org(one.asked.matter.unit_id).name,
    "assignee": _assignee,
    "state": lambda one: one.of(f"states.{one.asked.matter.kind}.{one.asked.matter.state}"),
    "opened": lambda one: one.day(one.asked.matter.opened_at),
    "due": lambda one: one.day(one.asked.matter.due_at),
    "body": _body,
    "closed": lambda one: one.day(one.asked.matter.closed_at),
}
assert {*_INLINE} == {*tags.INLINE}


def composed(asked: Asked, number: str) -> dict[str, Any]:
    """All that is printed but for the number and the code, in plain data: the title, the blocks, the lines to
    sign. Said in the language that is in force. Raises PaperError where it lacks what it needs, or says
    nothing."""
    source = Source(asked, number)
    _complete(source)
    blocks: list[Block] = []
    front, books = None, asked.spec.form == "handbook"
    for line in asked.text("text").splitlines():
        if books and front is None and _chapter(line) is not None:
            front = len(blocks)
        blocks += _blocks(line, source)
    spec = asked.spec
    return {
        "form": spec.form,
        "page": spec.size,
        "head": standing_org(asked.matter.home_id).name,
        "title": " ".join(_line(asked.text("title"), source).split())[:200],
        "blocks": [one.plain() for one in blocks],
        # What stands before the first chapter: all that a check of a handbook shows, whose square stands on
        # its cover. On any other sheet it stands beside the words, and the check tells all of them.
        "front": front,
        "signs": [asked.text(f"signs.{name}") for name in spec.signs],
        "seal": spec.seal,
        "date": source.day(asked.at),
    }


def _complete(source: Source) -> None:
    lacking = [one for one in source.asked.spec.needs if not source.said(Tag(VALUE, one))]
    if lacking:
        between = words.tongue().text("site.between")
        names = between.join(source.of(f"fields.{one}") for one in lacking)
        raise PaperError("papers.lacks", names=names)


def _line(line: str, source: Source) -> str:
    """A line with its tags filled in; '' where it has some, and all are empty."""
    found = tags.pieces(line)
    said = [one if isinstance(one, str) else source.said(one) for one in found]
    asked = [text for one, text in zip(found, said, strict=True) if isinstance(one, Tag)]
    return "".join(said) if not asked or any(asked) else ""


def _chapter(line: str) -> Chapter | None:
    tag = tags.alone(line)
    return CHAPTERS.get(tag.name) if tag is not None and not tag.family else None


def _blocks(line: str, source: Source) -> Iterator[Block]:
    chapter, asked, tag = _chapter(line), source.asked, tags.alone(line)
    if chapter is not None:
        may = partial(for_all, asked.programme, asked.spec)
        yield from chapter.told(asked.matter, asked.actor, asked.at, may)
        return
    told = source.told(tag) if tag is not None else None
    if told is not None and told.table is not None:
        rows = (told.table.head, *told.table.rows)
        yield Block("table", rows=tuple(tuple(Run(f"{cell}") for cell in row) for row in rows))
        return
    heading = line.startswith("# ")
    # What people wrote has lines of its own.
    for one in _line(line.removeprefix("# ").strip(), source).splitlines():
        if one.strip():
            yield Block("heading" if heading else "paragraph", (Run(one.strip()),))
