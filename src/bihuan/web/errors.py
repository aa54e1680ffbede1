"""One place that turns what the house raises into a page a person can act on."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    ObjectDoesNotExist,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db.utils import OperationalError, ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.foundation.access.api import DeniedError
from bihuan.foundation.audit.api import ConflictError, schema
from bihuan.kernel.programmes import api as programmes
from bihuan.lib import faults
from bihuan.lib.problems import GoneError, InputError, NotAllowedError, ProblemError, RefusedError
from bihuan.web import fragments, returning, words


def by_field(error: InputError) -> dict[str, str]:
    """What is wrong with each field of a form, in the reader's words, to stand beside it."""
    return {
        name: words.text(f"error.{key}", **values) for name, (key, values) in error.fields.items()
    }


def called(name: str) -> str:
    """The word for a field, as the house or else a programme has it."""
    if words.has(f"field.{name}"):
        return words.text(f"field.{name}")
    key = f"fields.{name}"
    found = (words.of(one, key) for one in programmes.known())
    return next((word for word in found if word != key), name)


def message(error: Exception) -> str:
    """What went wrong and what to do now, in the reader's words."""
    if isinstance(error, InputError):
        lines = [
            words.text("import.problem", field=called(name), text=text) if name else text
            for name, text in by_field(error).items()
        ]
        return words.text("import.between").join(lines)
    if isinstance(error, ProblemError):
        return words.text(f"error.{error.key}", **error.values)
    if isinstance(error, ConflictError):
        return words.text("error.matters.gone", number="")
    return words.text("error.unexpected")


def status(error: Exception) -> int:
    """The HTTP status that says the same."""
    if isinstance(error, (Http404, LookupError, ObjectDoesNotExist)):
        return 404
    if isinstance(error, (DeniedError, NotAllowedError)):
        return 403
    if isinstance(error, (GoneError, RefusedError, ConflictError)):
        return 409
    if isinstance(error, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return 413
    if isinstance(error, (OperationalError, ProgrammingError)):
        return 503
    return 400 if isinstance(error, ProblemError) else 500


def page(request: HttpRequest, error: Exception) -> HttpResponse:
    """An error page that keeps the site's frame and says what to do."""
    code = status(error)
    told = message(error) if isinstance(error, (ProblemError, ConflictError)) else ""
    return _told(request, "behind" if schema.explains(error) else str(code), code, told)


def _told(
    request: HttpRequest, name: str, code: int, told: str = "", *, back: str = "", home: str = ""
) -> HttpResponse:
    context = {
        "title": words.text(f"error.page.{name}.title"),
        "advice": told
        or words.text(
            f"error.page.{name}.advice",
            mb=settings.REQUEST_MAX_BYTES >> 20,
            public=settings.PUBLIC_URL,
        ),
        "code": code,
        "back": back,
        "home": home,
    }
    return fragments.whole(request, render(request, "web/error.html", context, status=code))


def _is_interface(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/open311/"))


class ErrorMiddleware:
    """Turns expected errors of the house into pages; unexpected ones go to Django's handler."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Django answers a method that an address does not take with nothing to read.
        if response.status_code == 405 and not response.content and not _is_interface(request):
            told = _told(request, "405", 405)
            told["Allow"] = response.headers.get("Allow", "")
            return told
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        expected = (
            ProblemError,
            ConflictError,
            DeniedError,
            LookupError,
            ObjectDoesNotExist,
            OperationalError,
            ProgrammingError,
            RequestDataTooBig,
            TooManyFieldsSent,
            TooManyFilesSent,
        )
        if _is_interface(request) or not isinstance(error, expected):
            return None
        # A statement the database cannot read is our mistake, unless it lacks what we ask for.
        if isinstance(error, ProgrammingError) and not schema.explains(error):
            return None
        # KeyError and IndexError are our own mistakes, not something a reader looked for.
        if isinstance(error, (KeyError, IndexError)):
            return None
        return page(request, error)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: a form of before somebody logged in or out in this browser, or one
    from elsewhere. Nothing was done; the page it stood on is a link away."""
    del reason
    # A browser keeps no Secure cookie of a page that came without https, so no form can be sent.
    if settings.CSRF_COOKIE_SECURE and not request.is_secure():
        return _told(request, "plain", 403, home=settings.PUBLIC_URL)
    return _told(request, "stale", 403, back=returning.came_from(request))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400. Under a name that is not the house's own it says which one is, and what to
    set for that name to be one."""
    if not isinstance(exception, DisallowedHost):
        return _told(request, "400", 400)
    return _told(request, "host", 400, home=settings.PUBLIC_URL)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    del exception
    return page(request, Http404())


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: nothing about the fault leaves the house but its reference."""
    error, match = sys.exception(), request.resolver_match
    doing = match.view_name if match else "?"
    reference = faults.report(error, doing) if error is not None else ""
    context = {
        "reference": reference,
        "title": words.text("error.page.500.title"),
        "advice": words.text("error.page.500.advice"),
        "code": 500,
    }
    response = fragments.whole(request, render(request, "web/error.html", context, status=500))
    response["Error-Reference"] = reference
    return response
