"""The chapters of a plan: what stands in each, taken from what the matter holds already."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bihuan.facets.plan.block import BODY, PLAN, ChapterSpec
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Entry, Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.values import api as values
from bihuan.spec.schema import Input, Kind, Programme


@dataclass(frozen=True)
class Held:
    """What a matter holds for the chapters of its plan, as far as its reader may know it: its own
    `values`, the `steps` of its time line, and the plan as it is `told`."""

    values: Mapping[str, Any]
    steps: Sequence[Entry]
    told: Mapping[str, Any]


def held(found: Matter, who: Actor, told: Mapping[str, Any]) -> Held:
    """What there is to fill chapters with. A constant number of queries."""
    entries = matters.timeline(found, who)
    body = entries[0].private.get(BODY, "") if entries else ""
    return Held({**values.held(found, who, entries), BODY: body}, entries, told)


def of(found: Matter) -> Sequence[ChapterSpec]:
    """The chapters of a matter's plan; none where the kind declares none."""
    block = PLAN.of(programmes.spec_of(found.release_id).kinds[found.kind])
    return block.chapters if block is not None else ()


def shows(kind: Kind) -> Iterator[tuple[str, Input]]:
    """The fields, and the inputs of steps, of which the whole plan as a document says what was filled in."""
    block = PLAN.of(kind)
    if block is None:
        return
    steps = [name for chapter in block.chapters for name in chapter.steps]
    named = [name for chapter in block.chapters for name in chapter.fields]
    if not block.chapters:
        steps, named = [block.acceptance] if block.acceptance else [], [*kind.fields]
    yield from ((name, kind.fields[name]) for name in named if name in kind.fields)
    for step in steps:
        if step in kind.actions:
            yield from kind.actions[step].inputs.items()


def written(chapter: ChapterSpec, one: Held) -> Iterator[tuple[Mapping[str, Any], str]]:
    """(entry, text) of each journal with something in the part that a chapter has, the first first."""
    journal = one.told["journal"]
    for entry in reversed(journal["entries"] if journal is not None else []):
        for part in entry["parts"]:
            if part["part"] == chapter.journal:
                yield entry, part["text"]


def taken(chapter: ChapterSpec, one: Held) -> list[Entry]:
    """The steps that a chapter has."""
    return [entry for entry in one.steps if entry.action in chapter.steps]


def given(chapter: ChapterSpec, one: Held) -> dict[str, Any]:
    """The fields that a chapter has, of which something is said."""
    told = {name: one.values.get(name) for name in chapter.fields}
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def counted(found: Matter, who: Actor, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How much stands in each chapter: entries, or fields `of` how many."""
    one, spec = held(found, who, told), programmes.spec_of(found.release_id)
    return [
        {
            "id": chapter.id,
            "label": label(spec, found.kind, chapter.id),
            "count": _count(chapter, one),
            "of": len(chapter.fields) or None,
        }
        for chapter in of(found)
    ]


def _count(chapter: ChapterSpec, one: Held) -> int:
    if chapter.fields:
        return len(given(chapter, one))
    if chapter.steps:
        return len(taken(chapter, one))
    if chapter.journal is not None:
        return sum(1 for _ in written(chapter, one))
    if chapter.of == "journal":
        journal = one.told["journal"]
        return int(journal["written"]) if journal is not None else 0
    return len(one.told[chapter.of or "people"])


def label(spec: Programme, kind: str, name: str) -> dict[str, str]:
    """What a chapter is called, by locale."""
    key = f"chapters.{kind}.{name}"
    return {locale: told.get(key, key) for locale, told in spec.strings.items()}
