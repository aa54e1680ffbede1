"""What concerns every request to the interface: one shape of error, no caching, no cookies."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from bihuan.api import errors, once, words
from bihuan.api.open311 import shape
from bihuan.lib.problems import InputError

API = "/api/"
OPEN311 = "/open311/"
_TOLD = {
    400: "api.bad_request",
    404: "api.not_found",
    405: "api.method",
    411: "api.length",
    413: "api.too_large",
    500: "api.unexpected",
    503: "api.busy",
}


class ApiMiddleware:
    """Gives whatever Django itself refuses (unknown path, method, host) the interface's shape."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith((API, OPEN311)):
            return self.get_response(request)
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            # PostgreSQL knows no such character, so nothing can be found by it.
            response = self._told(request, errors.Told(400, "api.malformed"))
        else:
            response = self._answered(request)
            kind = response.headers.get("Content-Type", "")
            if response.status_code >= 400 and kind.startswith("text/html"):
                response = self._reshaped(request, response)
        response["Content-Language"] = words.locale(request)
        response["Cache-Control"] = "no-store"
        # What was given another shape has lost what the middleware further in had set.
        response.headers.setdefault("X-Frame-Options", "DENY")
        response["Vary"] = "Accept-Language, Authorization"
        return response

    def _answered(self, request: HttpRequest) -> HttpResponse:
        try:
            return once.answer(request, self.get_response)
        except (errors.ApiError, InputError, RequestDataTooBig, OperationalError) as error:
            return errors.handle(request, error)

    def _reshaped(self, request: HttpRequest, found: HttpResponse) -> HttpResponse:
        key = _TOLD.get(found.status_code, "api.bad_request")
        values = {"reference": found.headers.get(errors.REFERENCE, "")}
        response = self._told(request, errors.Told(found.status_code, key, values))
        if "Allow" in found.headers:
            response["Allow"] = found.headers["Allow"]
        return response

    def _told(self, request: HttpRequest, told: errors.Told) -> HttpResponse:
        if request.path.startswith(OPEN311):
            return shape.failure(request, told)
        return errors.answer(request, told)
