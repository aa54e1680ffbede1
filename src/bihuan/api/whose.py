"""Whose site this is."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from bihuan.api import base
from bihuan.api.base import ERRORS, Strict
from bihuan.foundation.identity import api as identity

router = Router(tags=["admin"])
Text = Annotated[str, Field(max_length=400)]


class SiteOut(Schema):
    """What stands at the head and foot of every page; '' where nobody has said."""

    name: str
    hotline: str
    address: str
    hours: str
    filing: str
    police_filing: str
    accent: str


class SiteIn(Strict):
    """What is left out stays as it is."""

    name: Text | None = None
    hotline: Text | None = None
    address: Text | None = None
    hours: Text | None = None
    filing: Text | None = None
    police_filing: Text | None = None
    accent: Literal["red", "blue", "green", "ink"] | None = None


@router.get("/site", response={200: SiteOut, **ERRORS}, operation_id="site")
def site(request: HttpRequest) -> dict[str, Any]:
    """Whose site this is."""
    base.officer(request)
    return asdict(identity.site())


@router.put("/site", response={200: SiteOut, **ERRORS}, operation_id="set_site")
def set_site(request: HttpRequest, given: SiteIn) -> dict[str, Any]:
    """Says whose site this is. Only who administers the whole house."""
    actor = base.officer(request)
    said = given.model_dump(exclude_none=True)
    return asdict(identity.put(said, at=base.now(), actor=actor))
