"""The same page whole or in part: htmx swaps the part, everybody else gets the page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def wanted(request: HttpRequest) -> bool:
    """Whether a form or link that htmx took over asks, and not a browser going back."""
    htmx = getattr(request, "htmx", None)
    return isinstance(htmx, HtmxDetails) and htmx.boosted and not htmx.history_restore_request


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    here: str | None = None,
) -> HttpResponse:
    """The template, or only its partial `part`. `here` is the address the reader shall see then."""
    partly = wanted(request)
    name = f"{template}#part" if partly else template
    response = render(request, name, {**context, "partly": partly}, status=status)
    # One address, two answers: no cache may give one for the other.
    patch_vary_headers(response, ["HX-Boosted"])
    if partly and here is not None:
        response.headers["HX-Replace-Url"] = here
    return response


def whole(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Lets a page that is not the part asked for take the place of everything on the screen."""
    if wanted(request):
        response.headers["HX-Retarget"] = "body"
        response.headers["HX-Reswap"] = "innerHTML"
    return response
