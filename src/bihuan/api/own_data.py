"""One's own data, taken along."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from bihuan.api import base
from bihuan.api.base import ERRORS
from bihuan.foundation.access import own_data

router = Router(tags=["directory"])


class OwnDataOut(Schema):
    """What is held about the caller: rows by what they are about (`account`, `posts`, `events`, …); more
    names may come."""

    at: datetime
    parts: dict[str, list[dict[str, Any]]]


@router.get("/own-data", response={200: OwnDataOut, **ERRORS}, operation_id="get_own_data")
def get_own_data(request: HttpRequest) -> dict[str, Any]:
    """Everything that is held about the caller, and about nobody else; that it was taken is noted."""
    actor = base.who(request, "matters:read")
    at = base.now()
    return {"at": at, "parts": own_data.plain(own_data.taken(actor, at))}
