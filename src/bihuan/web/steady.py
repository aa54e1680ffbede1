"""One request sees one edition of the standing data."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from bihuan.foundation.audit.api import standing


class SteadyMiddleware:
    """Lets organisations, grants and programmes be answered from memory for one request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with standing.steady():
            return self.get_response(request)
