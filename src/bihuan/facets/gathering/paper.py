"""What papers may say of a gathering: its numbers, the quorum; and all of it as one chapter."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from bihuan.facets.gathering.block import GATHERING
from bihuan.facets.gathering.shown import shown
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.papers.api import CHAPTERS, COUNTED, Chapter, Counted, May
from bihuan.outcomes.press.blocks import Block, Run
from bihuan.spec.schema import Input, Kind
from bihuan.web import words
from bihuan.web.templatetags.bihuan import own_words

_COUNTS = ("should", "came", "excused", "absent", "made_up", "exempt", "guest")
_QUORUM = ("there", "among", "percent")


def _counts(kind: Kind) -> Iterable[str]:
    if GATHERING.of(kind) is None:
        return ()
    return (*_COUNTS, *_QUORUM, "from", "to", "place", "chair", "recorder")


def _on_paper(found: Matter, who: Actor, at: datetime) -> dict[str, str]:
    """Its numbers; when and where it was; who signed its minutes. What is not known yet is left out."""
    told = shown(found, who, at)
    if told is None:
        return {}
    quorum = told["quorum"] or {}
    found_ = {name: f"{told['counts'][name]}" for name in _COUNTS}
    found_ |= {name: f"{quorum[name]}" for name in _QUORUM if name in quorum}
    signed = {one["as"]: one["person"]["name"] for one in told["signatures"]}
    times = {"from": told["held_from"] or told["begins"], "to": told["held_to"] or told["ends"]}
    found_ |= {name: _clock(one) for name, one in times.items()}
    return found_ | signed | ({"place": told["place"]} if told["place"] else {})


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _there(kind: Kind) -> bool:
    return GATHERING.of(kind) is not None


def _shows(kind: Kind) -> Iterator[tuple[str, Input]]:
    """The inputs of which the chapter says what was filled in: the parts of the minutes."""
    block = GATHERING.of(kind)
    for name in block.minutes if block is not None else ():
        for action in kind.actions.values():
            if name in action.inputs:
                yield name, action.inputs[name]
                break


def _told(found: Matter, who: Actor, at: datetime, may: May) -> Iterator[Block]:
    """When and where, how many, the quorum; the agenda; the minutes; who signed; what was corrected."""
    told = shown(found, who, at)
    if told is None:
        raise LookupError(found.pk)
    inputs = dict(_shows(_kind(found)))
    yield _said(words.text("gathering.paper_when", **_when(told)))
    counts = {name: told["counts"][name] for name in _COUNTS}
    yield _said(words.text("gathering.paper_counts", **counts))
    if told["quorum"]:
        yield _said(_quorum(told["quorum"]))
    yield from _agenda(told)
    for one in (told["minutes"] or {"parts": []})["parts"]:
        if one["text"] and may(inputs[one["part"]]):
            yield Block("heading", (Run(own_words(one["label"])),))
            yield from (_said(line) for line in one["text"].splitlines() if line.strip())
    for one in told["signatures"]:
        key = f"gathering.signed_{one['as']}"
        day = timezone.localtime(one["at"]).date().isoformat()
        yield _said(words.text(key, name=one["person"]["name"], day=day))
    if told["mends"]:
        yield _said(words.text("gathering.paper_mends", count=len(told["mends"])))


def _kind(found: Matter) -> Kind:
    return programmes.spec_of(found.release_id).kinds[found.kind]


def _when(told: Mapping[str, Any]) -> dict[str, Any]:
    since, until = told["held_from"] or told["begins"], told["held_to"] or told["ends"]
    end = f"{timezone.localtime(until):%H:%M}"
    return {"begins": _clock(since), "ends": end, "place": str(told["place"])}


def _quorum(one: Mapping[str, Any]) -> str:
    key = "gathering.quorum_met" if one["enough"] else "gathering.quorum_missed"
    return words.text(key, there=one["there"], among=one["among"], percent=one["percent"])


def _agenda(told: Mapping[str, Any]) -> Iterator[Block]:
    """The lines that are no matter of the house: who reads a paper need not see those."""
    lines = [
        one for one in told["agenda"] if one["title"] and not one["matter"] and not one["hidden"]
    ]
    if not lines:
        return
    yield Block("heading", (Run(words.text("gathering.agenda")),))
    for one in lines:
        yield _said(f"{one['line']}. {one['title']}")
        if one["outcome"]:
            yield _said(one["outcome"])


def _said(text: str) -> Block:
    return Block("paragraph", (Run(text),))


def register() -> None:
    """Gives papers of gatherings their tags."""
    about = (
        "how many should have come, came, were excused, absent; the quorum; when, where, who signed"
    )
    COUNTED.add("gathering", Counted("gathering", about, _counts, _on_paper))
    about = "the whole of it: numbers, agenda, minutes, signatures"
    CHAPTERS.add("gathering", Chapter("gathering", about, _there, _shows, _told))
