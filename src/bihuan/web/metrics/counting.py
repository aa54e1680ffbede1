"""Counting requests. Loaded only where somebody may read the metrics: so is the library.

`bihuan serve` with several processes names a folder in which they count together (the library's own
way, `PROMETHEUS_MULTIPROC_DIR`); whoever is asked then tells for all. One alone counts in memory.
"""

import os
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

from bihuan.web import asked_for

TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_registry = CollectorRegistry()
_REQUESTS = Counter(
    "bihuan_requests",
    "Requests answered, by page and class of status.",
    ("page", "status"),
    registry=_registry,
)
_DURATION = Histogram(
    "bihuan_request_seconds",
    "How long requests took, by page.",
    ("page",),
    buckets=SECONDS,
    registry=_registry,
)


class CountingMiddleware:
    """Counts every request once it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        page = asked_for.page(request)
        _REQUESTS.labels(page, f"{response.status_code // 100}xx").inc()
        _DURATION.labels(page).observe(time.perf_counter() - began)
        return response


def counted() -> bytes:
    """What was counted, of all processes where they count together, as Prometheus reads it."""
    if TOGETHER not in os.environ:
        return generate_latest(_registry)
    everybody = CollectorRegistry()
    multiprocess.MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]  # the library has no types there
    return generate_latest(everybody)
