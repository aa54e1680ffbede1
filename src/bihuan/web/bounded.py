"""No body is looked at before its length is known and small enough: what is too long stays with who sends it."""

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.web import fragments, words

# HTTP/1.1 has a length or chunks; HTTP/2 needs neither to carry a body.
_CARRIES = frozenset({"POST", "PUT", "PATCH"})
# What proxies let through above the longest request (deploy/), so that the house says it.
_BEYOND = 1 << 20
_PIECE = 1 << 16


def refusal(request: HttpRequest) -> int | None:
    """The status with which a request is refused: 411 without a length, 413 too long.

    Unread, but for what is hardly longer than the longest: a proxy that still writes when the line ends
    never reads why (502), so that is taken in and thrown away, as long as one that is taken.
    """
    found = _refusal(request)
    if found == 413 and int(request.META["CONTENT_LENGTH"]) <= settings.REQUEST_MAX_BYTES + _BEYOND:
        with suppress(OSError):
            while request.read(_PIECE):
                continue
    return found


def _refusal(request: HttpRequest) -> int | None:
    told = request.META.get("CONTENT_LENGTH") or ""
    if not told:
        unframed = str(request.META.get("SERVER_PROTOCOL", "")).startswith("HTTP/2")
        chunked = bool(request.META.get("HTTP_TRANSFER_ENCODING"))
        return 411 if chunked or (unframed and request.method in _CARRIES) else None
    if not (told.isascii() and told.isdecimal() and len(told) < 18):
        return 411
    if request.content_type == "multipart/form-data":
        most = settings.REQUEST_MAX_BYTES
    else:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return 413 if int(told) > most else None


class BoundedMiddleware:
    """Refuses at every door, before anything looks at the body; the interface gives it its shape."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        status = refusal(request)
        if status is None:
            return self.get_response(request)
        context = {
            "title": words.text(f"error.page.{status}.title"),
            "advice": words.text(
                f"error.page.{status}.advice", mb=settings.REQUEST_MAX_BYTES >> 20
            ),
            "code": status,
        }
        return fragments.whole(request, render(request, "web/error.html", context, status=status))
