"""What the caller may take part in."""

from typing import Any

from django.http import HttpRequest
from django.utils import translation
from ninja import Router, Schema

from bihuan.api import base, shapes, words
from bihuan.api.base import ERRORS
from bihuan.kernel.joining import api as joining
from bihuan.kernel.joining.api import Joinable
from bihuan.kernel.programmes import api as programmes

router = Router(tags=["matters"])


class JoinableOut(Schema):
    """A matter the caller may take part in, or has: by which actions (`POST /matters/{ref}/actions/{action}`),
    what they gave it already in words, what they should know before (when, where, how many places are left),
    and whether it `waits` for them."""

    matter: shapes.MatterRow
    waits: bool
    given: list[str]
    tells: list[str]
    actions: list[shapes.ActionOut]


class JoinableList(Schema):
    """The soonest due first; `more` where not all are told."""

    items: list[JoinableOut]
    more: bool


@router.get("/me/joinable", response={200: JoinableList, **ERRORS}, operation_id="list_joinable")
def list_joinable(request: HttpRequest) -> dict[str, Any]:
    """What goes on that the caller may sign up for, answer or take a stance on."""
    actor, locale = base.who(request, "matters:read"), words.locale(request)
    at = base.now()
    with translation.override(locale.lower()):
        found, more = joining.joinable(actor, at)

    def out(one: Joinable) -> dict[str, Any]:
        spec = programmes.spec_of(one.matter.release_id)
        names = {each.id for each in one.actions}
        offered = shapes.offered(one.matter, actor, at, locale)
        return {
            "matter": shapes.row(one.matter),
            "waits": one.waits,
            "given": [
                words.text(each.text, locale, choice=words.of(spec, each.choice, locale))
                for each in one.given
            ],
            "tells": list(one.tells),
            "actions": [each for each in offered if each["id"] in names],
        }

    return {"items": [out(one) for one in found], "more": more}
