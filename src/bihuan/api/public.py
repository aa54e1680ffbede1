"""For everybody, without an account: open, follow by code, read answers."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from bihuan.api import asked, base, publication_shapes, shapes, words
from bihuan.api.base import ERRORS, Flag, Id, Key, Name, Size, Strict
from bihuan.api.errors import ApiError
from bihuan.api.matter_shapes import ContactIn, Files, Given
from bihuan.api.matters import opened_out
from bihuan.foundation.access.api import SENDER
from bihuan.kernel.matters import api as matters
from bihuan.kernel.receivers import api as receivers
from bihuan.lib.problems import InputError
from bihuan.outcomes.publicity import api as publicity

router = Router(tags=["public"], auth=None)


class KindOut(Schema):
    """What anybody may send, and to whom."""

    programme: str
    kind: str
    title: str
    anonymous: bool
    fields: dict[str, asked.InputOut]
    homes: list[shapes.Ref]


class KindList(Schema):
    items: list[KindOut]


class SendIn(Strict):
    """A message. Contact and subject may be left out; `anonymous` keeps nothing of the contact. Whom
    `complained_of` names, organisations or people, never sees it."""

    programme: Annotated[Name, Field(description="Of `GET /public/kinds`.")]
    kind: Annotated[Name, Field(description="Of `GET /public/kinds`.")]
    home: Annotated[Id, Field(description="One of the kind's `homes`.")]
    body: str = Field(max_length=90_000)
    subject: str = Field("", max_length=2000, description="The beginning of `body` where empty.")
    fields: Annotated[Given, Field(description="As the kind's `fields` ask for them.")]
    contact: ContactIn = ContactIn()
    anonymous: Flag = False
    complained_of: str = Field("", max_length=2000)
    files: Files


class CodeIn(Strict):
    """A query code, in the body: addresses are written down in too many places."""

    code: str = Field(min_length=1, max_length=64)


class SenderActIn(CodeIn):
    inputs: Annotated[
        Given, Field(description="As `actions` of `POST /public/follow` ask for them.")
    ]
    files: Files


class AnswerQuery(Schema):
    """`q` finds texts that contain every word; `before` asks for the next page."""

    q: str = Field("", max_length=200, description="Then the best come first, on one page.")
    board: str = Field("", max_length=40, description="Not with `q`.")
    category: str = Field("", max_length=40, description="Not with `q`.")
    before: Id | None = Field(None, description="`before` of the page just read; not with `q`.")
    limit: Size = 20


class AnswerList(Schema):
    items: list[publication_shapes.PublicationOut]
    before: int | None


class RoundupItem(Schema):
    """One thing that was made public: `pk` of an answer, a bulletin or a notice's matter."""

    pk: int
    title: str
    unit: str


class RoundupSection(Schema):
    """What was made public of one kind; `count` may be more than is listed."""

    kind: Literal["notices", "bulletins", "answers"]
    count: int
    items: list[RoundupItem]


class RoundupOut(Schema):
    period: str
    first: date
    last: date
    sections: list[RoundupSection]


class LikesIn(Strict):
    text: str = Field(min_length=1, max_length=20_000)


class LikeOut(Schema):
    answer: publication_shapes.PublicationOut
    score: float


class LikeList(Schema):
    items: list[LikeOut]


def bound_key(key: str | None, *parts: str) -> str | None:
    """A stranger's idempotency key bound to what was sent: all senders are one actor, so a key
    that two of them happen to choose must not hand one the other's query code."""
    if key is None:
        return None
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        digest.update(str(len(raw)).encode() + b":" + raw)
    return f"{key}|{digest.hexdigest()}"


@contextmanager
def guessing(request: HttpRequest) -> Iterator[None]:
    """Within it a query code is looked for: wrong ones are counted. Raises ApiError."""
    base.check_tries(request, "code")
    try:
        yield
    except LookupError:
        base.count_try(request, "code")
        raise ApiError(404, "api.unknown_code") from None


@router.get("/kinds", response={200: KindList, **ERRORS}, operation_id="list_public_kinds")
def list_public_kinds(request: HttpRequest) -> dict[str, Any]:
    """What anybody may send, with the fields it asks for and the organisations that take it."""
    base.throttled(request, "read")
    locale = words.locale(request)
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for receiver in receivers.open_to_senders(base.today()):
        programme, name, kind = receiver.programme, receiver.kind_id, receiver.kind
        one = found.setdefault(
            # Places under one and the same text of a programme ask for the same.
            (id(programme), name),
            {
                "programme": programme.id,
                "kind": name,
                "title": words.of(programme, f"kinds.{name}", locale),
                "anonymous": kind.anonymous,
                "fields": asked.inputs_out(kind.asked(of_sender=True), programme, locale, name),
                "homes": [],
            },
        )
        one["homes"].append(shapes.ref(receiver.org))
    return {"items": list(found.values())}


@router.post("/matters", response={201: shapes.OpenedOut, **ERRORS}, operation_id="send_matter")
def send_matter(
    request: HttpRequest, response: HttpResponse, given: SendIn, idempotency_key: Key = None
) -> Status[Any]:
    """Opens a matter as its sender. Keep the code: it is the only way back to it."""
    base.throttled(request, "open")
    home = base.org_at(given.home, "home")
    if not home.active:
        raise InputError({"home": ("input.unknown_org", {})})
    found = matters.open_matter(
        matters.Opening(
            programme=given.programme,
            kind=given.kind,
            home=home,
            body=given.body,
            subject=given.subject,
            fields=given.fields,
            contact=given.contact.person(),
            anonymous=given.anonymous or not given.contact.person(),
            files=base.stored(given.files),
            complained_of=given.complained_of,
        ),
        actor=SENDER,
        at=base.now(),
        key=bound_key(idempotency_key, given.model_dump_json()),
    )
    return Status(201, opened_out(found, response))


@router.post("/follow", response={200: shapes.SenderView, **ERRORS}, operation_id="follow_matter")
def follow_matter(request: HttpRequest, given: CodeIn) -> dict[str, Any]:
    """What has become of a message, by its query code."""
    with guessing(request):
        found = matters.by_code(given.code)
    return shapes.for_sender(found, SENDER, base.now(), words.locale(request))


@router.post(
    "/actions/{action}", response={200: shapes.SenderView, **ERRORS}, operation_id="act_as_sender"
)
def act_as_sender(
    request: HttpRequest,
    action: Annotated[str, Field(max_length=40)],
    given: SenderActIn,
    idempotency_key: Key = None,
) -> dict[str, Any]:
    """Takes an action as the sender: supply what was asked for, rate, withdraw."""
    with guessing(request):
        found = matters.act(
            0,
            action,
            actor=SENDER,
            at=base.now(),
            data=given.inputs,
            files=base.stored(given.files),
            key=bound_key(idempotency_key, given.code),
            code=given.code,
        )
    return shapes.for_sender(found, SENDER, base.now(), words.locale(request))


@router.get("/answers", response={200: AnswerList, **ERRORS}, operation_id="list_answers")
def list_answers(request: HttpRequest, wanted: Query[AnswerQuery]) -> dict[str, Any]:
    """Published answers, newest first, or those that contain every word of `q`."""
    base.throttled(request, "read")
    if wanted.q:
        rows = publicity.search_published(wanted.q, wanted.limit)
        return {"items": [publication_shapes.publication(p) for p in rows], "before": None}
    rows = publicity.published(
        board=wanted.board,
        category=wanted.category,
        before=wanted.before,
        limit=wanted.limit + 1,
    )
    shown = rows[: wanted.limit]
    return {
        "items": [publication_shapes.publication(p) for p in shown],
        "before": shown[-1].pk if len(rows) > wanted.limit else None,
    }


@router.get(
    "/answers/{pk}",
    response={200: publication_shapes.PublicationOut, **ERRORS},
    operation_id="get_answer",
)
def get_answer(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """One published answer; in place of a withdrawn one, the reason."""
    base.throttled(request, "read")
    return publication_shapes.publication(publicity.read_public(pk, at=base.now()))


@router.get(
    "/roundups/{period}",
    response={200: RoundupOut, **ERRORS},
    operation_id="get_roundup",
)
def get_roundup(
    request: HttpRequest, period: Annotated[str, Field(max_length=10)]
) -> dict[str, Any]:
    """What was made public in a day (2026-03-02) or a week (2026-W10) and still is."""
    base.throttled(request, "read")
    found = publicity.roundups.roundup(publicity.roundups.parse(period), at=base.now())
    return {
        "period": found.period.text,
        "first": found.period.start,
        "last": found.period.last,
        "sections": [
            {"kind": one.kind, "count": one.count, "items": [vars(item) for item in one.items]}
            for one in found.sections
        ],
    }


@router.post("/likes", response={200: LikeList, **ERRORS}, operation_id="find_answers_alike")
def find_answers_alike(request: HttpRequest, given: LikesIn) -> dict[str, Any]:
    """Is it one of these? Published answers to something much like a text."""
    base.throttled(request, "likes")
    found = publicity.alike(given.text)
    return {"items": [{"answer": publication_shapes.publication(p), "score": s} for p, s in found]}
