"""Invitations to an account, or to a new password; and taking one."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Day, Id, Strict
from bihuan.api.errors import ApiError
from bihuan.foundation.access import governing, inviting, origin
from bihuan.foundation.access.logins import TooSoonError

router = Router(tags=["admin"])
public = Router(tags=["public"], auth=None)


class InviteIn(Strict):
    """The last day on which it works: today at the earliest, thirty days from now at the latest; without
    it seven days from now."""

    expires: Day | None = None


class InvitationOut(Schema):
    """Both the `code` and the `link` that carries it are shown only here."""

    person: shapes.Ref
    expires: date
    code: str
    link: str


class AcceptIn(Strict):
    """`username` is left out where the person has an account: then it stays what it is."""

    code: str = Field(min_length=1, max_length=64)
    username: str = Field("", max_length=60)
    password: str = Field(min_length=1, max_length=200)


class AcceptedOut(Schema):
    """The user name with which they log in from now on."""

    username: str


@router.post(
    "/people/{pk}/invitation",
    response={201: InvitationOut, **ERRORS},
    operation_id="invite_person",
)
def invite_person(request: HttpRequest, pk: Id, given: InviteIn) -> Status[Any]:
    """Invites somebody to an account, or to a new password of theirs; an earlier invitation ends."""
    actor = base.officer(request)
    made, secret = governing.invite(pk, expires=given.expires, at=base.now(), actor=actor)
    link = f"{settings.PUBLIC_URL}{reverse('desk:invited')}#{secret}"
    person = shapes.ref(base.person_at(pk, "person"))
    told = {"person": person, "expires": made.expires, "code": secret, "link": link}
    return Status(201, told)


@router.post(
    "/people/{pk}/invitation/end",
    response={204: None, **ERRORS},
    operation_id="end_invitation",
)
def end_invitation(request: HttpRequest, pk: Id) -> Status[Any]:
    """Ends the invitation that somebody has; where there is none nothing changes."""
    actor = base.officer(request)
    governing.end_invitation(pk, at=base.now(), actor=actor)
    return Status(204, None)


@public.post(
    "/invitation/accept",
    response={201: AcceptedOut, **ERRORS},
    operation_id="accept_invitation",
)
def accept_invitation(request: HttpRequest, given: AcceptIn) -> Status[Any]:
    """Takes an invitation, once: user name and password are those that were chosen."""
    try:
        made = inviting.accept(
            given.code,
            given.username,
            given.password,
            source=origin.of(request.META),
            at=base.now(),
        )
    except TooSoonError as error:
        raise ApiError(429, "api.throttled", retry_after=error.seconds) from error
    return Status(201, {"username": made.username})
