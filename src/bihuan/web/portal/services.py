"""What is promised: every service with its limit, its materials and its fee."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.kernel.services import api as services
from bihuan.lib.clock import now

LISTED = 100


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The catalogue as it holds today, narrowed by what is typed."""
    query = request.GET.get("q", "")[:60]
    rows = services.find(timezone.localtime(now()).date(), query, limit=LISTED)
    context = {"section": "services", "rows": rows, "query": query, "cut": len(rows) >= LISTED}
    return render(request, "portal/services.html", context)
