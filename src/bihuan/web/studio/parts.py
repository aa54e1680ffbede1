"""The parts that pages are made of, beside each other, for whoever makes pages. In debug only."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.web.studio.door import administrator

MARKS = ("calm", "near", "urgent", "late", "paused", "done")


@administrator
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Each of the ten most used parts once, as pages write it."""
    if not settings.DEBUG:
        raise LookupError(request.path)
    context = {"section": "studio", "page": "parts", "marks": MARKS}
    return render(request, "studio/parts.html", context)
