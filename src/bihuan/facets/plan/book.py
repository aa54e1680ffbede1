"""The whole plan of a matter as one document: what it is, who, by when, every journal, what came of it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from bihuan.facets.plan import chapters
from bihuan.facets.plan.block import BODY, PLAN, ChapterSpec
from bihuan.facets.plan.chapters import Held
from bihuan.facets.plan.shown import shown
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Entry, Matter
from bihuan.kernel.matters.filled import declared
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.values import api as values
from bihuan.outcomes.papers.api import CHAPTERS, Chapter, May
from bihuan.outcomes.press.blocks import Block, Imprint, Run
from bihuan.outcomes.publicity.bulletins.papers.paper import Line, Paper
from bihuan.spec.schema import Input, Kind
from bihuan.web import fields, words
from bihuan.web.templatetags.bihuan import own_words


def _anything(one: Input) -> bool:
    del one
    return True


def composed(found: Matter, who: Actor, at: datetime) -> Paper:
    """The document, in the reader's language, as far as they see the matter. Raises LookupError of a
    matter without a plan."""
    spec = programmes.spec_of(found.release_id)
    day = timezone.localtime(at).date()
    title = words.text("plan.book", subject=found.subject)
    return Paper(
        head=found.unit.name,
        number=found.number,
        title=title,
        lines=tuple(Line("", part, fixed=True) for part in _parts(found, who, at, _anything)),
        definitions_title="",
        definitions=(),
        horizon="",
        date=words.text("plan.made_on", day=f"{day}", state=words.of(spec, _state(found))),
        chart={},
        imprint=Imprint(title, found.unit.name, at, words.locale()),
    )


def whole(found: Matter, who: Actor, at: datetime, may: May) -> list[Block]:
    """Everything under the title that `may` be told, in the reader's language. Raises LookupError of a
    matter without a plan."""
    return [block for part in _parts(found, who, at, may) for block in part]


def _parts(found: Matter, who: Actor, at: datetime, may: May) -> list[tuple[Block, ...]]:
    """The same by chapters: those that the kind declares, or else the parts of a plan."""
    told = shown(found, who, at)
    if told is None:
        raise LookupError(found.pk)
    if chapters.of(found):
        return list(_chaptered(found, who, told, may))
    entries = matters.timeline(found, who)
    own = (_people(told), _milestones(told), _journal(told))
    parts = (_facts(found, who, entries, may), *own, _acceptance(found, entries, may))
    return [tuple(part) for part in parts]


def register() -> None:
    """Gives papers of kinds with a plan its chapters."""
    about = "the whole plan: its chapters, or facts, team, milestones, journals, acceptance"
    CHAPTERS.add("plan", Chapter("plan", about, _planned, chapters.shows, whole))


def _planned(kind: Kind) -> bool:
    return PLAN.of(kind) is not None


def _chaptered(
    found: Matter, who: Actor, told: Mapping[str, Any], may: May
) -> Iterator[tuple[Block, ...]]:
    """The chapters that the kind declares, each under its number."""
    spec, one = programmes.spec_of(found.release_id), chapters.held(found, who, told)
    numbers = words.text("plan.chapter.numbers").split()
    for n, chapter in enumerate(chapters.of(found)):
        name = words.of(spec, f"chapters.{found.kind}.{chapter.id}")
        title = words.text("plan.chapter.nth", n=numbers[n], name=name)
        inside = list(_inside(found, chapter, one, may)) or _said(words.text("plan.chapter.empty"))
        yield (Block("heading", (Run(title),)), *inside)


def _inside(found: Matter, chapter: ChapterSpec, one: Held, may: May) -> Iterator[Block]:
    spec = programmes.spec_of(found.release_id)
    if chapter.fields:
        given = chapters.given(chapter, one)
        body = str(given.pop(BODY, ""))
        for value in fields.told(spec, found.kind, _read(found, given, may)):
            yield from _said(_row(value.label, value.text))
        yield from _said(body)
    elif chapter.steps:
        for entry in chapters.taken(chapter, one):
            yield from _step(found, entry, may)
    elif chapter.journal is not None:
        for written, text in chapters.written(chapter, one):
            yield from _said(_row(_period(one.told["journal"]["every"], written), text))
    else:
        own = {"people": _people, "milestones": _milestones, "journal": _journal}
        # The first of each is its heading, which the chapter has already.
        yield from list(own[chapter.of or "people"](one.told))[1:]


def _period(every: str, entry: Mapping[str, Any]) -> str:
    return words.text(f"plan.period.{every}", year=entry["year"], n=entry["n"])


def _read(found: Matter, given: Mapping[str, Any], may: May, action: str = "") -> dict[str, Any]:
    """Of what was filled in what may be told."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    return {name: value for name, value in given.items() if may(declared(kind, name, action))}


def _step(found: Matter, entry: Entry, may: May) -> Iterator[Block]:
    """Somebody's step: who, when, what was said."""
    spec = programmes.spec_of(found.release_id)
    day = timezone.localtime(entry.at).date()
    action = words.of(spec, f"events.{found.kind}.{entry.action}")
    yield from _said(words.text("plan.accepted_by", action=action, name=entry.who, day=f"{day}"))
    said = _read(found, entry.inputs, may, entry.action)
    for value in fields.told(spec, found.kind, said, action=entry.action):
        yield from _said(_row(value.label, value.text))


def _state(found: Matter) -> str:
    return f"states.{found.kind}.{found.state}"


def _heading(key: str) -> Block:
    return Block("heading", (Run(words.text(key)),))


def _said(text: str) -> Iterator[Block]:
    yield from (Block("paragraph", (Run(line),)) for line in text.splitlines() if line.strip())


def _table(*rows: tuple[str, ...]) -> Block:
    return Block("table", rows=tuple(tuple(Run(cell) for cell in row) for row in rows))


def _row(label: str, text: str) -> str:
    return words.text("plan.line_of", label=label, text=text)


def _facts(found: Matter, who: Actor, entries: list[Entry], may: May) -> Iterator[Block]:
    yield _heading("plan.chapter.facts")
    body = str(entries[0].private.get("body", "")) if entries else ""
    yield from _said(_row(words.text("desk.home"), found.home.name))
    yield from _said(_row(words.text("desk.unit"), found.unit.name))
    yield from _said(body)
    held = _read(found, values.held(found, who, entries), may)
    for one in fields.told(programmes.spec_of(found.release_id), found.kind, held):
        yield from _said(_row(one.label, one.text))


def _people(told: Mapping[str, Any]) -> Iterator[Block]:
    if not told["people"]:
        return
    yield _heading("plan.people")
    head = tuple(words.text(f"plan.column.{name}") for name in ("name", "part", "since", "until"))
    yield _table(
        head,
        *(
            (
                one["person"]["name"],
                _part(one),
                f"{one['since']}",
                _day(one["until"]),
            )
            for one in told["people"]
        ),
    )


def _part(one: Mapping[str, Any]) -> str:
    if not one["lead"]:
        return str(one["part"])
    return words.text("plan.lead_and", part=one["part"]) if one["part"] else words.text("plan.lead")


def _day(value: date | None) -> str:
    return f"{value}" if value else ""


def _milestones(told: Mapping[str, Any]) -> Iterator[Block]:
    if not told["milestones"]:
        return
    yield _heading("plan.milestones")
    names = ("title", "due", "person", "percent", "state")
    rows = []
    for one in told["milestones"]:
        due = _day(one["due"])
        if one["moved"]:
            due = words.text("plan.moved_short", due=due, first=_day(one["first"]))
        state = "overdue" if one["overdue"] else one["state"]
        person = one["person"]["name"] if one["person"] else ""
        said = words.text(f"plan.state.{state}")
        rows.append((one["title"], due, person, f"{one['percent']}%", said))
    yield _table(tuple(words.text(f"plan.column.{name}") for name in names), *rows)
    for one in told["milestones"]:
        if one["why"]:
            yield from _said(words.text("plan.dropped_why", title=one["title"], why=one["why"]))


def _journal(told: Mapping[str, Any]) -> Iterator[Block]:
    journal = told["journal"]
    if journal is None:
        return
    yield _heading("plan.journal.title")
    counts = {name: journal[name] for name in ("owed", "written", "late", "missed")}
    yield from _said(words.text("plan.journal.counts", **counts))
    entries = {one["period"]: one for one in journal["entries"]}
    for square in journal["periods"]:
        period = _period(journal["every"], square)
        state = words.text(f"plan.square.{square['state']}")
        yield Block(
            "heading", (Run(words.text("plan.chapter.period", period=period, state=state)),)
        )
        entry = entries.get(square["period"])
        for part in entry["parts"] if entry else ():
            yield from _said(_row(own_words(part["label"]), part["text"]))
        for remark in entry["remarks"] if entry else ():
            said = words.text("plan.remark_of", name=remark["by"]["name"])
            yield from _said(_row(said, remark["text"]))


def _acceptance(found: Matter, entries: list[Entry], may: May) -> Iterator[Block]:
    spec = programmes.spec_of(found.release_id)
    block = PLAN.of(spec.kinds[found.kind])
    wanted = block.acceptance if block else None
    if wanted is None:
        return
    yield _heading("plan.chapter.acceptance")
    steps = [one for one in entries if one.action == wanted]
    if not steps:
        yield from _said(words.text("plan.not_accepted", state=words.of(spec, _state(found))))
    for one in steps:
        yield from _step(found, one, may)
