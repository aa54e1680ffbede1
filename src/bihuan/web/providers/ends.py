"""How a way to a provider ends: somebody is in, connected, unknown here, or it did not go well."""

import logging
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bihuan.foundation.access import connecting
from bihuan.foundation.access.api import AccessError
from bihuan.foundation.access.connecting import Arrival
from bihuan.foundation.access.providers import Provider
from bihuan.lib.clock import now
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.desk.account import log_in
from bihuan.web.providers.buttons import called

_LOG = logging.getLogger(__name__)


def came_back(
    request: HttpRequest, said: Provider, subject: str, told: Mapping[str, Any], state: Any
) -> HttpResponse:
    """Logs in or connects whom a provider vouches for under the number `subject`; `told` is what it
    says of them, `state` what was kept here when they went."""
    values = {ours: told.get(theirs) for ours, theirs in said.proves.items()}
    proved = {name: str(one) for name, one in values.items() if isinstance(one, (str, int))}
    arrival = Arrival(said.key, subject, proved)
    begun: dict[str, Any] = state["data"]
    if state["process"] == "connect":
        return _connected(request, said, arrival, begun)
    at = now()
    person = connecting.arrived(arrival, at)
    if person is None:
        return _page(request, said, "stranger", 403)
    return log_in(request, person, at, back=begun["back"])


def _connected(
    request: HttpRequest, said: Provider, arrival: Arrival, begun: Mapping[str, Any]
) -> HttpResponse:
    who = actor_of(request)
    if who.person_id is None or who.person_id != begun["person"]:
        return failed(request, said, "failed")
    try:
        connecting.connect(arrival, at=now(), actor=who)
    except AccessError as error:
        messages.error(request, errors.message(error), extra_tags="bad")
    else:
        told = words.text("providers.connected", name=called(said))
        messages.success(request, told, extra_tags="good")
    return redirect("desk:me")


def failed(
    request: HttpRequest, said: Provider, why: str, error: Exception | None = None
) -> HttpResponse:
    """Says that it did not go well: `cancelled`, `failed`, `mute` (the provider did not answer as it
    should) or `often`. The operator finds the reason in what the server writes, without a name."""
    if error is not None:
        told = f"{type(error).__name__} {getattr(error, 'code', '')}".strip()
        _LOG.warning("log-in by %s: %s", said.key, told)
    return _page(request, said, why, {"mute": 502, "often": 429}.get(why, 403))


def _page(request: HttpRequest, said: Provider, why: str, status: int) -> HttpResponse:
    name = called(said)
    context = {
        "provider": said.key,
        "again": why in ("failed", "mute", "cancelled"),
        "title": words.text(f"providers.{why}", name=name),
        "told": words.text(f"providers.{why}_told", name=name),
    }
    return render(request, "desk/by_provider.html", context, status=status)
