"""Where a reader was when something came between: a log-in that ended, a form of before."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def came_from(request: HttpRequest) -> str:
    """Path and query of the page of this house that asked; empty when no such page is told."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, allowed_hosts={request.get_host()}):
        return ""
    found = urlsplit(told)
    return f"{found.path}?{found.query}" if found.query else found.path


def by_log_in(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Whoever sent a form and was led to the log-in comes back to the form's page: the address that
    takes the form shows nobody anything."""
    login = reverse("desk:login")
    to = str(answer.headers.get("Location", "")).partition("?")[0]
    if request.method == "GET" or to != login or request.path == login:
        return answer
    back = came_from(request)
    # Its other headers stay as they are.
    answer["Location"] = f"{login}?{urlencode({'next': back})}" if back else login
    return answer
