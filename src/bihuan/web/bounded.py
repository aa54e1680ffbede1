"""No body is read before its length is known and small enough: what is too long stays with who sends it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.web import fragments, words

# HTTP/1.1 has a length or chunks; HTTP/2 needs neither to carry a body.
_CARRIES = frozenset({"POST", "PUT", "PATCH"})


def refusal(request: HttpRequest) -> int | None:
    """The status with which a request is refused unread: 411 without a length, 413 too long."""
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
