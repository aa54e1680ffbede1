"""Links by which supervisors outside follow a directive, and what such a link opens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from bihuan.api import base, words
from bihuan.api.base import ERRORS, Id, Key, Strict
from bihuan.api.matters import READ, WRITE, RefPath, load
from bihuan.api.public import CodeIn, bound_key
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.watches import api as watches

router = Router(tags=["matters"])
public = Router(tags=["public"], auth=None)


class WatchIn(Strict):
    """To whom, what for, and the last day on which the link works."""

    holder: str = Field(max_length=120)
    purpose: str = Field(max_length=300)
    expires: date


class WatchOut(Schema):
    id: int
    holder: str
    purpose: str
    expires: date
    revoked: bool
    looks: int
    looked_at: datetime | None


class WatchMade(WatchOut):
    """The code that opens it; it is told only here."""

    code: str


class WatchList(Schema):
    items: list[WatchOut]


class OpinionIn(CodeIn):
    """A question or opinion; it stands on the course of the matter."""

    opinion: str = Field(max_length=20_000)


class SeenLine(Schema):
    """What happened, and what was reported, as a person has released it. `unread` texts are not
    shown: somebody reads them first, or has taken them back."""

    at: datetime
    title: str
    reported: list[str]
    unread: int


class SeenDue(Schema):
    title: str
    due_at: datetime
    done: bool


class SeenOut(Schema):
    """One directive without names: where it stands, its limits, its course, oldest first. The
    `subject` is empty while nobody has released it."""

    number: str
    subject: str
    unit: str
    state: str
    opened_at: datetime
    expires: date
    dues: list[SeenDue]
    lines: list[SeenLine]


class FoundOut(Schema):
    """What looks like personal data, at [`start`, `end`) of the text as it was written."""

    start: int
    end: int
    kind: str
    text: str


class WatchTextOut(Schema):
    """A text for whoever holds a link: as it was `written`, what was `found` in it, the words
    `proposed` to be released, those `released` last, and whether they are shown: `waiting`,
    `released`, `withdrawn`. `version` confirms what was read."""

    id: int
    watch: int
    matter: str
    holder: str
    purpose: str
    expires: date
    name: str
    written_at: datetime
    written: str
    found: list[FoundOut]
    proposed: str
    released: str
    released_at: datetime | None
    state: str
    version: int


class WatchTextList(Schema):
    items: list[WatchTextOut]


class WaitingText(Schema):
    """A text that waits to be read, of which matter, for whom."""

    id: int
    watch: int
    matter: str
    holder: str
    expires: date
    waits_since: datetime


class WaitingList(Schema):
    items: list[WaitingText]


class VersionIn(Strict):
    """`version` is the one that was read."""

    version: int = Field(ge=1, le=2**31 - 1)


class ReleaseIn(VersionIn):
    """The words that whoever holds the link shall read."""

    words: str = Field(max_length=90_000)


def _out(row: watches.Watch) -> dict[str, Any]:
    return {"id": row.pk, **{n: getattr(row, n) for n in WatchOut.model_fields if n != "id"}}


@router.get(
    "/matters/{ref}/watches", response={200: WatchList, **ERRORS}, operation_id="list_watches"
)
def list_watches(request: HttpRequest, ref: RefPath) -> dict[str, Any]:
    """Who outside follows a directive, newest first."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    return {"items": [_out(r) for r in watches.watches(load(actor, ref).pk, actor=actor)]}


@router.post(
    "/matters/{ref}/watches", response={201: WatchMade, **ERRORS}, operation_id="give_watch"
)
def give_watch(
    request: HttpRequest, ref: RefPath, given: WatchIn, idempotency_key: Key = None
) -> Status[Any]:
    """Lets somebody outside follow a directive; they open it at /watch with the code."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    asked = given.model_dump(mode="json")
    row, code = watches.watch(
        load(actor, ref).pk, asked, actor=actor, at=base.now(), key=idempotency_key
    )
    return Status(201, {**_out(row), "code": code})


@router.post(
    "/matters/{ref}/watches/{pk}/end", response={200: WatchOut, **ERRORS}, operation_id="end_watch"
)
def end_watch(request: HttpRequest, ref: RefPath, pk: Id) -> dict[str, Any]:
    """Revokes a link at once."""
    actor = base.who(request, WRITE)
    base.who(request, READ)
    return _out(watches.end_watch(load(actor, ref).pk, pk, actor=actor, at=base.now()))


def _text(one: watches.Reading) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.pk,
        "watch": row.watch_id,
        "matter": one.matter.number,
        **{name: getattr(row.watch, name) for name in ("holder", "purpose", "expires")},
        "name": one.text.name,
        "written_at": one.text.at,
        "written": one.text.words,
        "found": [asdict(hit) for hit in one.found],
        "proposed": one.proposed,
        "released": row.words,
        "released_at": row.released_at,
        "state": row.state,
        "version": row.version,
    }


@router.get(
    "/matters/{ref}/watch-texts",
    response={200: WatchTextList, **ERRORS},
    operation_id="list_watch_texts",
)
def list_watch_texts(request: HttpRequest, ref: RefPath) -> dict[str, Any]:
    """Texts for those who follow a directive from outside, which the caller may release, in every
    state: the newest link's first, each link's in the order in which they were written."""
    actor = base.who(request, READ, WRITE)
    found = watches.texts_of(load(actor, ref).pk, actor=actor)
    return {"items": [_text(one) for one in found]}


@router.get(
    "/watch-texts", response={200: WaitingList, **ERRORS}, operation_id="list_waiting_watch_texts"
)
def list_waiting_watch_texts(request: HttpRequest) -> dict[str, Any]:
    """Texts that wait to be read by the caller before somebody outside sees them, oldest first."""
    found = watches.waiting_texts(base.who(request, READ, WRITE), at=base.now())
    return {
        "items": [
            {
                "id": row.pk,
                "watch": row.watch_id,
                "matter": matter.number,
                "holder": row.watch.holder,
                "expires": row.watch.expires,
                "waits_since": row.waits_since,
            }
            for row, matter in found
        ]
    }


@router.get(
    "/watch-texts/{pk}", response={200: WatchTextOut, **ERRORS}, operation_id="get_watch_text"
)
def get_watch_text(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """One text before whoever may release it."""
    return _text(watches.reading(pk, actor=base.who(request, READ, WRITE)))


@router.post(
    "/watch-texts/{pk}/release",
    response={200: WatchTextOut, **ERRORS},
    operation_id="release_watch_text",
)
def release_watch_text(request: HttpRequest, pk: Id, given: ReleaseIn) -> dict[str, Any]:
    """Shows words for a text to whoever holds the link; after that, other words in their place."""
    actor = base.who(request, READ, WRITE)
    watches.release_text(pk, given.words, version=given.version, actor=actor, at=base.now())
    return _text(watches.reading(pk, actor=actor))


@router.post(
    "/watch-texts/{pk}/withdraw",
    response={200: WatchTextOut, **ERRORS},
    operation_id="withdraw_watch_text",
)
def withdraw_watch_text(request: HttpRequest, pk: Id, given: VersionIn) -> dict[str, Any]:
    """Takes a released text back: whoever holds the link no longer reads it."""
    actor = base.who(request, READ, WRITE)
    watches.withdraw_text(pk, version=given.version, actor=actor, at=base.now())
    return _text(watches.reading(pk, actor=actor))


@contextmanager
def _guessing(request: HttpRequest) -> Iterator[None]:
    base.check_tries(request, "watch")
    try:
        yield
    except LookupError:
        base.count_try(request, "watch")
        raise


def _seen(code: str, locale: str) -> dict[str, Any]:
    seen = watches.look(code, at=base.now())
    found = seen.matter
    programme = programmes.spec_of(found.release_id)

    def title(line: watches.Line) -> str:
        if line.action:
            return words.of(programme, f"events.{found.kind}.{line.action}", locale)
        return words.text(f"event.{line.type}", locale)

    return {
        "number": found.number,
        "subject": seen.subject.words,
        "unit": found.unit.name,
        "state": words.of(programme, f"states.{found.kind}.{found.state}", locale),
        "opened_at": found.opened_at,
        "expires": seen.watch.expires,
        "dues": [
            {
                "title": words.of(programme, f"clocks.{due.key}", locale),
                "due_at": due.due_at,
                "done": due.done,
            }
            for due in seen.dues
        ],
        "lines": [
            {
                "at": one.at,
                "title": title(one),
                "reported": [text.words for text in one.reported if text.words],
                "unread": sum(not text.words for text in one.reported),
            }
            for one in seen.lines
        ],
    }


@public.post("/watch", response={200: SeenOut, **ERRORS}, operation_id="look_at_watched")
def look_at_watched(request: HttpRequest, given: CodeIn) -> dict[str, Any]:
    """What a supervisor outside sees of a directive, by the code of their link; the look is logged."""
    with _guessing(request):
        return _seen(given.code, words.locale(request))


@public.post("/watch/opinions", response={201: SeenOut, **ERRORS}, operation_id="opine_on_watched")
def opine_on_watched(
    request: HttpRequest, given: OpinionIn, idempotency_key: Key = None
) -> Status[Any]:
    """A question or opinion of a supervisor outside."""
    with _guessing(request):
        key = bound_key(idempotency_key, given.code)
        watches.opine(given.code, given.opinion, at=base.now(), key=key)
        return Status(201, _seen(given.code, words.locale(request)))
