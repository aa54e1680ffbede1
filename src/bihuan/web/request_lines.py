"""A line in the log for each request, where `BIHUAN_LOG_REQUESTS` asks for it: what, how, how long."""

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from bihuan.lib import log_lines
from bihuan.web import asked_for

# In the answer too: a proxy may log it, and a reader of both finds the line.
HEADER = "Request-Id"
_LOG = logging.getLogger(__name__)


class RequestLineMiddleware:
    """Its id is made here: what a client sends under that name may be anything, a telephone number too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began, request_id = time.perf_counter(), secrets.token_hex(8)
        with log_lines.within(request_id):
            response = self.get_response(request)
            said = {
                "page": asked_for.page(request),
                "method": asked_for.method(request),
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            }
            level = logging.ERROR if response.status_code >= 500 else logging.INFO
            _LOG.log(
                level,
                "%(method)s %(page)s %(status)s %(ms)s ms",
                said,
                extra={log_lines.SAID: said},
            )
        response[HEADER] = request_id
        return response
