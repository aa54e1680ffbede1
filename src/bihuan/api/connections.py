"""For administrators: what other systems may do here (tokens) and are told (webhooks)."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Id, Strict
from bihuan.foundation.access import governing
from bihuan.foundation.notify import announced
from bihuan.foundation.notify import api as notify

router = Router(tags=["admin"])


class WebhookIn(Strict):
    """`types` are programme.action, e.g. public_voice.accept; `org` narrows to a subtree."""

    url: str = Field(max_length=400)
    types: list[Annotated[str, Field(max_length=90)]] = Field(min_length=1, max_length=100)
    org: Id | None = None


class WebhookOut(Schema):
    id: int
    url: str
    types: list[str]
    active: bool


class WebhookMade(WebhookOut):
    """The secret that signs deliveries; it is shown only here. `unknown` are those of its types that
    nothing here tells of today: mistyped, or of a programme that is to come."""

    secret: str
    unknown: list[str]


class WebhookList(Schema):
    items: list[WebhookOut]


class TokenOut(Schema):
    id: int
    person: shapes.Ref
    name: str
    scopes: list[str]
    expires: date
    revoked: bool


class TokenList(Schema):
    items: list[TokenOut]


def _hook(one: notify.Webhook) -> dict[str, Any]:
    return {"id": one.pk, "url": one.url, "types": one.types, "active": one.active}


@router.get("/webhooks", response={200: WebhookList, **ERRORS}, operation_id="list_webhooks")
def list_webhooks(request: HttpRequest) -> dict[str, Any]:
    """Addresses that are told of events."""
    actor = base.officer(request)
    return {"items": [_hook(w) for w in notify.webhooks(actor)]}


@router.post("/webhooks", response={201: WebhookMade, **ERRORS}, operation_id="add_webhook")
def add_webhook(request: HttpRequest, given: WebhookIn) -> Status[Any]:
    """A new address to tell; deliveries are signed with the secret in the answer."""
    actor = base.officer(request)
    org = base.org_at(given.org, "org") if given.org else None
    made = notify.add_webhook(
        given.url,
        given.types,
        at=base.now(),
        actor=actor,
        org_path=org.path if org else "",
    )
    unknown = announced.untold(made.types)
    return Status(201, {**_hook(made), "secret": made.secret, "unknown": unknown})


@router.post("/webhooks/{pk}/stop", response={204: None, **ERRORS}, operation_id="stop_webhook")
def stop_webhook(request: HttpRequest, pk: Id) -> Status[Any]:
    """Stops telling an address."""
    actor = base.officer(request)
    notify.stop_webhook(pk, at=base.now(), actor=actor)
    return Status(204, None)


@router.get("/tokens", response={200: TokenList, **ERRORS}, operation_id="list_tokens")
def list_tokens(request: HttpRequest) -> dict[str, Any]:
    """Tokens of the people one administers, newest first; never their secrets."""
    actor = base.officer(request)
    return {
        "items": [
            {
                "id": t.pk,
                "person": shapes.ref(t.person),
                "name": t.name,
                "scopes": t.scopes,
                "expires": t.expires,
                "revoked": t.revoked,
            }
            for t in governing.tokens(actor, base.now())
        ]
    }


@router.post("/tokens/{pk}/revoke", response={204: None, **ERRORS}, operation_id="revoke_token")
def revoke_token(request: HttpRequest, pk: Id) -> Status[Any]:
    """Ends a token at once: one's own, or of somebody one administers."""
    actor = base.officer(request)
    governing.revoke_token(pk, at=base.now(), actor=actor)
    return Status(204, None)
