"""The interface of pairs: a round's pairs one page after another, and what somebody can and needs."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from bihuan.api import base
from bihuan.api.base import ERRORS, Id, Size, Strict
from bihuan.facets.pair import board, cards
from bihuan.facets.pair.models import PairCard
from bihuan.kernel.matters import api as matters
from bihuan.spec.schema import Programme

router = Router(tags=["matters"])
Word = Annotated[str, Field(max_length=200)]
Words = Annotated[list[Word], Field(max_length=60)]


class PairEnd(Schema):
    """Somebody in a round: their key (`p17` a person, `o4` an organisation), where they belong, and
    what became of them."""

    key: str
    id: int
    name: str
    org: dict[str, Any]
    state: str


class PairRule(Schema):
    """A rule that keeps partners away, and how many."""

    rule: str
    count: int


class PairLine(Schema):
    """Two who go together: what each gives the other (by locale), which rules keep away whom they would
    suit better, which a hand broke and why; and the matter of the two, once there is one."""

    one: PairEnd
    other: PairEnd
    gives: list[dict[str, str]]
    takes: list[dict[str, str]]
    instead: list[PairRule]
    by_hand: bool
    fixed: bool
    breaks: list[str]
    reason: str
    stands: bool
    matter: dict[str, Any] | None


class PairAlone(PairEnd):
    """Somebody without a partner: which rules keep how many away, and whether nothing is known yet of
    what they can and need."""

    why: list[PairRule]
    unsaid: bool


class PairPage(Schema):
    """So many pairs of a round, and everybody without one; `counts` are of all."""

    counts: dict[str, int]
    items: list[PairLine]
    alone: list[PairAlone]
    next: int | None


@router.get("/rounds/{pk}", response={200: PairPage, **ERRORS}, operation_id="list_pairs")
def list_pairs(
    request: HttpRequest, pk: Id, skip: Annotated[int, Query(ge=0, le=10_000)] = 0, size: Size = 100
) -> dict[str, Any]:
    """The pairs of a round, as far as the caller may read them, in the order they were made; those
    without one to who keeps the round."""
    actor = base.who(request, "matters:read")
    told = board.board(matters.matter(actor, pk), actor, base.today())
    if told is None:
        raise LookupError(pk)
    links = board.seen(told, actor)
    return {
        "counts": told.counts(),
        "items": [board.link(told, one) for one in links[skip : skip + size]],
        "alone": [board.alone(told, key) for key in told.alone()] if told.keeps else [],
        "next": skip + size if len(links) > skip + size else None,
    }


class CardIn(Strict):
    """What somebody can and needs: skills of the programme by their ids, and a few words of their own."""

    can: Words = []
    needs: Words = []
    can_more: Words = []
    needs_more: Words = []
    version: int | None = Field(default=None, ge=0)


class CardOut(Schema):
    """What somebody said; `skills` are all that the programme has for them, by locale."""

    programme: str
    whom: str
    name: str
    can: list[str]
    needs: list[str]
    can_more: list[str]
    needs_more: list[str]
    said_at: datetime | None
    version: int
    skills: dict[str, dict[str, str]]


class CardList(Schema):
    items: list[CardOut]


def _out(spec: Programme, one: cards.Whom, row: PairCard | None) -> dict[str, Any]:
    names = [name for each in cards.NAMES for name in (each, f"{each}_more")]
    return {
        "programme": spec.id,
        "whom": one.key,
        "name": one.name,
        **{name: list(getattr(row, name)) if row else [] for name in names},
        "said_at": row.said_at if row else None,
        "version": row.version if row else 0,
        "skills": {
            name: board.called(spec, f"skills.{name}") for name in cards.dictionary(spec, one.sort)
        },
    }


@router.get("/cards", response={200: CardList, **ERRORS}, operation_id="list_pair_cards")
def list_pair_cards(request: HttpRequest) -> dict[str, Any]:
    """One's own cards: one's own, and those of the organisations one speaks for, in each programme that
    pairs them."""
    actor = base.who(request, "matters:read")
    own = cards.mine(actor, base.today())
    return {"items": [_out(spec, one, cards.card(spec.id, one.key)) for spec, one in own]}


@router.get(
    "/cards/{programme}/{whom}", response={200: CardOut, **ERRORS}, operation_id="get_pair_card"
)
def get_pair_card(request: HttpRequest, programme: str, whom: str) -> dict[str, Any]:
    """What somebody can and needs, to themselves and to who says it for them."""
    actor = base.who(request, "matters:read")
    one, spec = cards.opened(actor, programme, whom, base.today())
    return _out(spec, one, cards.card(spec.id, one.key))


@router.put(
    "/cards/{programme}/{whom}", response={200: CardOut, **ERRORS}, operation_id="say_pair_card"
)
def say_pair_card(request: HttpRequest, programme: str, whom: str, given: CardIn) -> dict[str, Any]:
    """All that somebody can and needs, in place of what was said before. With `version` it is refused
    where another changed it since."""
    actor = base.who(request, "matters:read", "matters:write")
    said = given.model_dump(exclude={"version"})
    row = cards.say(whom, programme, said, actor=actor, at=base.now(), version=given.version)
    one, spec = cards.opened(actor, programme, whom, base.today())
    return _out(spec, one, row)
