"""What is promised: every service with its limit, its materials and its fee."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.kernel.services import api as services
from bihuan.lib.clock import now
from bihuan.web.portal import ours

LISTED, MOST = 100, 2000


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The catalogue as it holds today, narrowed by what is typed."""
    query = request.GET.get("q", "")[:60]
    day = timezone.localtime(now()).date()
    rows = ours.first(services.find(day, query, limit=MOST), lambda one: one.org)[:LISTED]
    context = {"section": "services", "rows": rows, "query": query, "cut": len(rows) >= LISTED}
    return render(request, "portal/services.html", context)
