"""`Idempotency-Key` on every write by token: one effect, and the same answer again."""

import json
import re
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone

from bihuan.api import openapi
from bihuan.api.errors import ApiError
from bihuan.foundation.access import answers
from bihuan.foundation.access import api as access
from bihuan.lib import clock
from bihuan.lib.problems import InputError

HEADER = "Idempotency-Key"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
MAX_KEY = 200
# Acts, notes and openings with files carry the key in their own event, which costs no second row;
# strangers' keys count together with their contents only. The rows of a table have keys of their own,
# and would wait, all in one transaction, where others want to write.
_IN_THE_LOG = re.compile(
    r"/api/v1/(public/|imports\Z|matters/(upload\Z|bulk\Z|alike\Z|[^/]+/(actions|notes)/?))"
)
_BEARER = "Bearer "
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def kept(method: str, path: str) -> bool:
    """Whether the answer of such a request is kept here, under its key."""
    return method in WRITES and not _IN_THE_LOG.match(path)


def _request(request: HttpRequest) -> answers.Request | None:
    key, authorization = (
        request.headers.get(HEADER),
        request.headers.get("Authorization"),
    )
    if key is None or authorization is None or not kept(request.method or "", request.path):
        return None
    token = authorization.removeprefix(_BEARER).strip()
    # An answer is for whoever could still ask: a token that ended meanwhile gets its 401.
    if access.token_actor(token, timezone.localtime(clock.now()).date()) is None:
        return None
    if not 0 < len(key) <= MAX_KEY:
        # Passed over, it would promise one effect and have two.
        if not _is_declared(request):
            return None
        told = {"limit": MAX_KEY, "length": len(key)}
        raise InputError({HEADER: ("input.too_long", told) if key else ("input.required", {})})
    content = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return answers.Request(token, key, content)


def _is_declared(request: HttpRequest) -> bool:
    """Whether there is such an operation: what has none is told so, whatever its key was used for. It is asked
    only of what would be refused for its key: the document takes a second to make."""
    try:
        route = resolve(request.path_info).route
    except Resolver404:
        return False
    path = _PARAMETER.sub(r"{\1}", route)
    return request.method in openapi.declared().get(path, ())


def answer(
    request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """The answer to a request, given and kept in one transaction with what it did.

    What was refused is not kept: corrected, it may be sent under the same key.
    Raises ApiError when the key was used for something else, InputError when it is none.
    """
    asked = _request(request)
    if asked is None:
        return get_response(request)
    with transaction.atomic():
        try:
            earlier = answers.claim(asked, clock.now())
        except answers.KeyReusedError:
            if not _is_declared(request):
                return get_response(request)
            raise ApiError(409, "api.key_reused") from None
        if earlier is not None:
            return _again(earlier)
        response = get_response(request)
        if response.status_code < 300:
            body = response.content.decode()
            kind = response.headers.get("Content-Type", "")
            answers.keep(asked, json.dumps([response.status_code, kind, body]).encode())
        else:
            transaction.set_rollback(True)
    return response


def _again(kept: bytes) -> HttpResponse:
    status, kind, body = json.loads(kept)
    response = HttpResponse(body, status=status, content_type=kind or None)
    response["Idempotency-Replayed"] = "true"
    return response
