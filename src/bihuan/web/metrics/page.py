"""`/metrics`: for whoever brings the token or comes from an address that may read it; for everybody else,
and where neither is set, there is no such page."""

import hmac
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from bihuan.foundation.access import origin
from bihuan.lib.clock import now

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
READS = ["GET", "HEAD"]


def _has_token(meta: Mapping[str, Any]) -> bool:
    scheme, _, given = str(meta.get("HTTP_AUTHORIZATION", "")).partition(" ")
    wanted = settings.METRICS_TOKEN
    same = hmac.compare_digest(given.encode(errors="replace"), wanted.encode())
    return bool(wanted) and same and scheme.lower() == "bearer"


def _is_from(meta: Mapping[str, Any]) -> bool:
    if not settings.METRICS_FROM:
        return False
    found = origin.exact(meta)
    return bool(found) and any(
        ip_address(found) in ip_network(one, strict=False) for one in settings.METRICS_FROM
    )


# Without the token a form's check would tell that there is something.
@csrf_exempt
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, as Prometheus reads them."""
    if not (_has_token(request.META) or _is_from(request.META)):
        raise Http404
    if request.method not in READS:
        return HttpResponseNotAllowed(READS)
    # The library loads only where it is asked for.
    from bihuan.web.metrics import counting, house  # noqa: PLC0415 - see above

    answer = HttpResponse(counting.counted() + house.told(now()), content_type=CONTENT_TYPE)
    answer["Cache-Control"] = "no-store"
    return answer
