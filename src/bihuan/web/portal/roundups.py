"""The round-up 手机报: what was made public in a day or a week, and having it come by mail."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.foundation.access import origin, throttle
from bihuan.lib.clock import now
from bihuan.outcomes.publicity.api import roundups, subscriptions
from bihuan.outcomes.publicity.subscriptions import SubscriptionError
from bihuan.rules.periods import Grain, Period
from bihuan.web import errors, words
from bihuan.web.portal import proof

# Links sent to one address in a day, and asked for from one address of the net in an hour.
LINKS, ASKS = 3, 20
DAY, HOUR = 86_400, 3600
# The page of one, and of all of a kind.
PAGES = {
    "answers": ("portal:publication", "portal:published"),
    "notices": ("portal:notice", "portal:notices"),
    "bulletins": ("portal:bulletin", "portal:bulletins"),
}


@require_GET
def newest(request: HttpRequest) -> HttpResponse:
    """The last whole week's; with `?of=day` the day before today."""
    grain = Grain.DAY if request.GET.get("of") == "day" else Grain.WEEK
    return redirect("portal:roundup", period=roundups.newest(grain, now()).text)


@require_GET
def one(request: HttpRequest, period: str) -> HttpResponse:
    """What was made public in a day (2026-03-02) or a week (2026-W10)."""
    return _page(request, roundups.parse(period), {})


@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Sends a link to the address that was typed. Says the same whether it gets the round-up
    already: nobody learns from us who does."""
    given, at = request.POST, now()
    period = roundups.newest(Grain.DAY if given.get("rhythm") == "day" else Grain.WEEK, at)
    source, address = origin.of(request.META), given.get("email", "").strip()
    refused = proof.turned_away(request, source)
    if refused is not None:
        why, status = refused
        return _page(request, period, {"": words.text(why)}, status)
    if throttle.too_many("subscribe", source, limit=ASKS) or throttle.too_many(
        "links", address.lower(), limit=LINKS
    ):
        return _page(request, period, {"": words.text("roundup.too_many")}, 429)
    try:
        subscriptions.ask(address, given.get("rhythm", ""), words.locale(), at=at)
    except SubscriptionError as error:
        return _page(request, period, {"email": errors.message(error)}, 422)
    throttle.count("subscribe", source, seconds=HOUR)
    throttle.count("links", address.lower(), seconds=DAY)
    return _say(request, "roundup.sent", address=address)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A link is opened by mail programs too: only the button on its page begins it."""
    try:
        _, rhythm, _ = subscriptions.asked(token)
        if request.method == "POST":
            subscriptions.confirm(token, at=now())
            return _say(request, "roundup.begun", rhythm=words.text(f"roundup.rhythm_{rhythm}"))
    except LookupError:
        return _say(request, "roundup.too_old", 404)
    return _press(request, "roundup.begin", rhythm=words.text(f"roundup.rhythm_{rhythm}"))


# Mail programs end it in one click (RFC 8058), without our cookie: the token is what proves it.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ends it with one press and forgets the address."""
    if request.method == "POST":
        subscriptions.end(token, at=now())
        return _say(request, "roundup.ended")
    if subscriptions.of_token(token).ended_at is not None:
        return _say(request, "roundup.ended")
    return _press(request, "roundup.end")


def _page(
    request: HttpRequest, period: Period, problems: dict[str, str], status: int = 200
) -> HttpResponse:
    at = now()
    after = Period.of(period.grain, period.after)
    found = roundups.roundup(period, at=at)
    context = {
        "section": "published",
        "found": found,
        "sections": [(one, *PAGES[one.kind]) for one in found.sections],
        "before": period.before(),
        "after": after if after.start <= roundups.newest(period.grain, at).start else None,
        "problems": problems,
        "given": request.POST,
        "proof": proof.strings() if proof.wanted() else "",
    }
    return render(request, "portal/roundup.html", context, status=status)


def _press(request: HttpRequest, key: str, **values: Any) -> HttpResponse:
    """A page with one button, which posts to where it stands."""
    context = {"section": "published", "line": words.text(key, **values), "press": f"{key}_press"}
    return render(request, "portal/subscription.html", context)


def _say(request: HttpRequest, key: str, status: int = 200, **values: Any) -> HttpResponse:
    context = {"section": "published", "line": words.text(key, **values)}
    return render(request, "portal/subscription.html", context, status=status)
