"""What a supervisor outside sees of one directive, by the code of a personal link. The code stands
after the # of the link and in the body of requests only, so that no log keeps it."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.foundation.access import origin, tries
from bihuan.foundation.audit.api import ConflictError
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.watches import api as watches
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import errors, words


def _refused(request: HttpRequest) -> HttpResponse | None:
    left = tries.wait("watch", origin.of(request.META), now())
    if not left:
        return None
    context = {"problem": words.text("error.too_many_codes")}
    response = render(request, "portal/watch.html", context, status=429)
    response.headers["Retry-After"] = str(left)
    return response


def _unknown(request: HttpRequest) -> HttpResponse:
    tries.failed("watch", origin.of(request.META), now())
    context = {"problem": words.text("watch.portal.unknown"), "code": _code(request)[:24]}
    return render(request, "portal/watch.html", context, status=404)


def _code(request: HttpRequest) -> str:
    return request.POST.get("code", "")


@require_http_methods(["GET", "POST"])
def watch(request: HttpRequest) -> HttpResponse:
    """Asks for the code, or shows what it opens."""
    if request.method == "GET":
        return render(request, "portal/watch.html", {})
    return _refused(request) or _show(request)


def _show(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    try:
        seen = watches.look(_code(request), at=now())
    except LookupError:
        return _unknown(request)
    programme, kind = programmes.spec_of(seen.matter.release_id), seen.matter.kind
    context = {
        "seen": seen,
        "programme": programme,
        "lines": [
            {
                "at": line.at,
                "text": words.of(programme, f"events.{kind}.{line.action}")
                if line.action
                else words.text(f"event.{line.type}"),
                "reported": [
                    (
                        words.text("watch.portal.said")
                        if line.type == "matter.opined"
                        else words.of(programme, f"fields.{text.name}"),
                        text,
                    )
                    for text in line.reported
                ],
            }
            for line in reversed(seen.lines)
        ],
        "dues": [(words.of(programme, f"clocks.{due.key}"), due) for due in seen.dues],
        "code": _code(request),
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "portal/watched.html", context | more, status=status)


@require_POST
def say(request: HttpRequest) -> HttpResponse:
    """Puts a question or opinion on the time line; what was typed survives a refusal."""
    refused = _refused(request)
    if refused is not None:
        return refused
    text = request.POST.get("opinion", "")
    try:
        key = request.POST.get("key") or None
        watches.opine(_code(request), text, at=now(), key=key)
    except LookupError:
        return _unknown(request)
    except InputError as error:
        ((told, values),) = error.fields.values()
        return _show(request, 422, problem=words.text(f"error.{told}", **values), opinion=text)
    except (ProblemError, ConflictError) as error:
        told = errors.message(error)
        return _show(request, errors.status(error), problem=told, opinion=text)
    return _show(request, done=words.text("watch.portal.sent"))
