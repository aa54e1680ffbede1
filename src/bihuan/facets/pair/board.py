"""Who goes with whom in a round, in rows that a reader may read: who keeps the round all of it, everybody
else how many there are and the pairs whose matters they see."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bihuan.facets.pair import cards
from bihuan.facets.pair.block import (
    CONFIRM,
    EDITS,
    GATHER,
    PAIR,
    STATES,
    SUGGEST,
    PairSpec,
    effects,
)
from bihuan.facets.pair.models import PairBar, PairLink, PairOf, PairRun, PairSide
from bihuan.facets.pair.standing import FREE, RUN, least_of
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_org
from bihuan.kernel.matters import access
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme

_KEEPS = (*EDITS, GATHER, SUGGEST, CONFIRM)
LISTS = ("suggested", "stands", "alone", "unsaid", "out", "exempt", "gone", "apart")
ByLocale = dict[str, str]


@dataclass
class Board:
    """A round with what hangs on it, read at once."""

    found: Matter
    programme: Programme
    block: PairSpec
    reader: Actor
    on: date
    keeps: bool
    sides: dict[str, PairSide] = field(default_factory=dict)
    links: list[PairLink] = field(default_factory=list)
    bars: list[PairBar] = field(default_factory=list)
    run: PairRun | None = None
    opened: dict[str, Matter] = field(default_factory=dict)
    said: frozenset[str] = frozenset()

    def counts(self) -> dict[str, int]:
        """How many there are: in all, in each state, in pairs, of whom nothing is known yet."""
        told = Counter(one.state for one in self.sides.values())
        paired = {key for link in self.links for key in (link.first, link.second)}
        asked = [key for key, one in self.sides.items() if one.state in (*FREE, "paired")]
        return {
            "all": len(self.sides),
            "among": len(asked),
            "pairs": len(self.links),
            "with_somebody": sum(key in paired for key in asked),
            "stands": sum(one.stands for one in self.links),
            "suggested": sum(not one.stands for one in self.links),
            "opened": len(self.opened),
            "ended": sum(one.phase == "done" for one in self.opened.values()),
            "unsaid": len(self.unsaid()),
            "apart": len(self.bars),
            **{state: told[state] for state in STATES if state != "paired"},
            "alone": len(self.alone()),
        }

    def unsaid(self) -> list[str]:
        """Who has not said yet what they can and need."""
        if not least_of(self.block, self.found.facts):
            return []
        asked = (key for key, one in self.sides.items() if one.state in FREE)
        return [key for key in asked if key not in self.said]

    def alone(self) -> list[str]:
        """Who might be paired and has nobody."""
        paired = {key for link in self.links for key in (link.first, link.second)}
        free = (key for key, one in self.sides.items() if one.state in FREE)
        return [key for key in free if key not in paired]


def keeps(found: Matter, who: Actor, programme: Programme) -> bool:
    """Whether somebody keeps a round: may take a step by which it is gathered, solved or changed."""
    return any(
        any(verb.do in _KEEPS for verb in effects(action))
        and access.may_act(who, found, action, programme)
        for action in programme.kinds[found.kind].actions.values()
    )


def kept_by(who: Actor, rows: Iterable[PairOf]) -> set[int | None]:
    """Which of the rounds that some pairs come from somebody keeps."""
    parents = Matter.objects.filter(pk__in={row.parent_id for row in rows if row.parent_id})
    return {one.pk for one in parents if keeps(one, who, programmes.spec_of(one.release_id))}


def board(found: Matter, who: Actor, on: date) -> Board | None:
    """A round as somebody who sees it may read it on a day; None of a kind that pairs nobody."""
    programme = programmes.spec_of(found.release_id)
    block = PAIR.of(programme.kinds[found.kind])
    if block is None:
        return None
    sides = {row.key: row for row in PairSide.objects.filter(stream=found.stream).order_by("pk")}
    links = list(PairLink.objects.filter(stream=found.stream).order_by("pk"))
    of = {row.both: row.matter_id for row in PairOf.objects.filter(parent_id=found.pk)}
    rows = Matter.objects.in_bulk(list(of.values()))
    return Board(
        found,
        programme,
        block,
        who,
        on,
        keeps(found, who, programme),
        sides,
        links,
        list(PairBar.objects.filter(stream=found.stream).order_by("pk")),
        PairRun.objects.filter(stream=found.stream, key=RUN).first(),
        {both: rows[pk] for both, pk in of.items() if pk in rows},
        frozenset(cards.cards(programme.id, sides.keys())),
    )


def seen(told: Board, who: Actor) -> list[PairLink]:
    """The pairs that a reader may read: all to who keeps the round, to others those whose matter they
    see."""
    if told.keeps:
        return told.links
    access.know_parties(list(told.opened.values()))
    return [
        link
        for link in told.links
        if (one := told.opened.get(link.key)) is not None and matters.sees(who, one)
    ]


def labels(programme: Programme, said: Iterable[str]) -> list[ByLocale]:
    """Skills by locale; own words as they are."""
    return [
        dict.fromkeys(programme.strings, one[1:])
        if one.startswith("=")
        else called(programme, f"skills.{one}")
        for one in said
    ]


def called(programme: Programme, key: str) -> ByLocale:
    """What a programme calls something, by locale."""
    return {locale: text.get(key, key) for locale, text in programme.strings.items()}


def side(told: Board, key: str) -> dict[str, Any]:
    """Somebody in it: key, id, name, where they belong."""
    row = told.sides[key]
    org = standing_org(row.org_id)
    return {
        "key": key,
        "id": row.person_id or row.org_id,
        "name": cards.name_of(key),
        "org": {"id": org.pk, "name": org.name},
        "state": row.state,
    }


def rules(why: Mapping[str, int]) -> list[dict[str, Any]]:
    """Rules with how many each keeps away."""
    return [{"rule": rule, "count": count} for rule, count in why.items()]


def link(told: Board, row: PairLink) -> dict[str, Any]:
    """A pair: who, what each gives the other, what shaped it, by whose hand, and its matter. What they
    give each other is for `cards.reads_pair`; what shaped it, and why a hand put them together, who keeps
    the round reads alone."""
    one, two = told.opened.get(row.key), (row.first, row.second)
    reads = cards.reads_pair(told.reader, two, told.programme, told.on, keeps=told.keeps)
    return {
        "pair": row.key,
        "one": side(told, row.first),
        "other": side(told, row.second),
        "gives": labels(told.programme, row.gives) if reads else [],
        "takes": labels(told.programme, row.takes) if reads else [],
        "instead": rules(row.instead) if told.keeps else [],
        "by_hand": row.by_hand,
        "fixed": row.fixed,
        "breaks": list(row.breaks) if told.keeps else [],
        "reason": row.reason if told.keeps else "",
        "stands": row.stands,
        "why": row.why or None,
        "matter": _matter(told.programme, one) if one is not None else None,
    }


def _matter(programme: Programme, one: Matter) -> dict[str, Any]:
    return {
        "id": one.pk,
        "number": one.number,
        "phase": one.phase,
        "state_label": called(programme, f"states.{one.kind}.{one.state}"),
    }


def alone(told: Board, key: str) -> dict[str, Any]:
    """Somebody without a partner, and which rules keep others away."""
    why = told.sides[key].why
    return {**side(told, key), "why": rules({k: n for k, n in why.items() if k != "unsaid"}),
            "unsaid": least_of(told.block, told.found.facts) > 0 and key not in told.said}  # fmt: skip


def keys_of(told: Board, name: str) -> list[str]:
    """Those in one list of people."""
    if name == "unsaid":
        return told.unsaid()
    if name == "alone":
        return told.alone()
    return [key for key, one in told.sides.items() if one.state == name]
