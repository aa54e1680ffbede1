"""For administrators: what other systems may do here (tokens) and are told (webhooks)."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from bihuan.api import base, shapes
from bihuan.api.admin import any_admin
from bihuan.api.base import ERRORS, Id, Strict
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import Actor
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs

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
    """The secret that signs deliveries; it is shown only here."""

    secret: str


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


def _may_hook(actor: Actor, path: str) -> bool:
    whole = any(len(p) == orgs.tree.STEP for p in actor.paths(access.ADMIN))
    return actor.has(access.ADMIN, path) if path else whole


def _hook(one: notify.Webhook) -> dict[str, Any]:
    return {"id": one.pk, "url": one.url, "types": one.types, "active": one.active}


@router.get("/webhooks", response={200: WebhookList, **ERRORS}, operation_id="list_webhooks")
def list_webhooks(request: HttpRequest) -> dict[str, Any]:
    """Addresses that are told of events."""
    actor = any_admin(request)
    return {"items": [_hook(w) for w in notify.webhooks() if _may_hook(actor, w.org_path)]}


@router.post("/webhooks", response={201: WebhookMade, **ERRORS}, operation_id="add_webhook")
def add_webhook(request: HttpRequest, given: WebhookIn) -> Status[Any]:
    """A new address to tell; deliveries are signed with the secret in the answer."""
    base.who(request, "admin")
    org = base.org_at(given.org, "org") if given.org else None
    actor = base.admin(request, org)
    made = notify.add_webhook(
        given.url,
        given.types,
        at=base.now(),
        actor=actor.ref,
        org_path=org.path if org else "",
    )
    return Status(201, {**_hook(made), "secret": made.secret})


@router.post("/webhooks/{pk}/stop", response={204: None, **ERRORS}, operation_id="stop_webhook")
def stop_webhook(request: HttpRequest, pk: Id) -> Status[Any]:
    """Stops telling an address."""
    actor = any_admin(request)
    row = notify.webhook(pk)
    if not _may_hook(actor, row.org_path):
        raise LookupError(pk)
    notify.stop_webhook(pk, at=base.now(), actor=actor.ref)
    return Status(204, None)


@router.get("/tokens", response={200: TokenList, **ERRORS}, operation_id="list_tokens")
def list_tokens(request: HttpRequest) -> dict[str, Any]:
    """All tokens, newest first; never their secrets."""
    base.admin(request)
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
            for t in access.tokens()
        ]
    }


@router.post("/tokens/{pk}/revoke", response={204: None, **ERRORS}, operation_id="revoke_token")
def revoke_token(request: HttpRequest, pk: Id) -> Status[Any]:
    """Ends a token at once."""
    actor = base.admin(request)
    access.revoke_token(pk, at=base.now(), actor=actor.ref)
    return Status(204, None)
