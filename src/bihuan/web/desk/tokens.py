"""One's own API tokens: what another system may do in one's name, told once, ended at once."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import api as access
from bihuan.foundation.access import governing
from bihuan.foundation.access.api import Actor
from bihuan.foundation.access.logins import TooSoonError
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.web import errors, sessions, words
from bihuan.web.actor import actor_of

DAYS = 365


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The tokens that act for the reader, and a form for a new one."""
    who = actor_of(request)
    assert who.person_id is not None
    problem, status = "", 200
    if request.method == "POST":
        try:
            _do(request, who)
            return redirect("desk:tokens")
        except ProblemError as error:
            problem, status = errors.message(error), 422
        except TooSoonError as error:
            problem = words.text("desk.login_locked", minutes=-(-error.seconds // 60))
            status = 429
    context = {
        "section": "me",
        "tokens": [
            (one, words.listed(words.text(f"desk.scope.{scope}") for scope in one.scopes))
            for one in access.tokens_of(who.person_id)
        ],
        "scopes": [(one, words.text(f"desk.scope.{one}")) for one in governing.scopes_of(who)],
        "given": request.POST,
        "chosen": request.POST.getlist("scopes"),
        "may_admin": "admin" in governing.scopes_of(who),
        "asks": sessions.asks(request, now()),
        "problem": problem,
    }
    return render(request, "desk/tokens.html", context, status=status)


def _do(request: HttpRequest, who: Actor) -> None:
    at = now()
    revoked = request.POST.get("revoke", "")
    if revoked:
        if not (revoked.isascii() and revoked.isdigit() and len(revoked) < 18):
            raise LookupError(revoked)
        governing.revoke_token(int(revoked), at=at, actor=who)
        return
    scopes = request.POST.getlist("scopes")
    if "admin" in scopes:
        sessions.confirm(request, who, at)
    secret = governing.issue_token(
        request.POST.get("name", "")[:60],
        scopes,
        expires=timezone.localtime(at).date() + timedelta(days=DAYS),
        at=at,
        actor=who,
    )
    messages.warning(request, words.text("studio.token_once", secret=secret))
