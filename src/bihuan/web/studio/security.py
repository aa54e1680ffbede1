"""Security events, for those who watch over the house."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from bihuan.foundation.access import overseeing
from bihuan.foundation.orgs.api import Person
from bihuan.lib.clock import now
from bihuan.web import words
from bihuan.web.actor import actor_of


def _day(given: Mapping[str, str], name: str) -> date | None:
    try:
        found = parse_date(given.get(name, ""))
    except ValueError:
        return None
    # The day after the last there is has no number.
    return found if found is not None and 1900 <= found.year <= 2200 else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The newest events of the people one is over, filtered, a page at a time."""
    given = request.GET.dict()
    kind = given.get("kind", "")
    # Event types by their part before the dot.
    groups = dict.fromkeys(one.partition(".")[0] for one in overseeing.kinds())
    asked = overseeing.Asked(
        kind=kind if kind in groups else "",
        name=given.get("name", "").strip()[:60],
        since=_day(given, "since"),
        until=_day(given, "until"),
        before=_number(given.get("before", "")),
    )
    found, more = overseeing.events(actor_of(request), asked, at=now())
    onward = request.GET.copy()
    if more:
        onward["before"] = str(found[-1].id)
    context = {
        "section": "studio",
        "page": "security",
        "given": given,
        "groups": [(one, words.text(f"security.group.{one}")) for one in groups],
        "rows": [_row(one) for one in found],
        "onward": onward.urlencode() if more else "",
    }
    return render(request, "studio/security.html", context)


def _name(who: Person | str | None) -> str:
    if isinstance(who, Person):
        return who.name
    return words.text(f"security.{who}") if who in ("system", "nobody", "sender") else who or ""


def _row(one: overseeing.Seen) -> dict[str, Any]:
    return {
        "at": one.at,
        "what": words.text(f"event.{one.kind}"),
        "about": _name(one.about),
        "doer": _name(one.doer),
        "on_behalf": _name(one.on_behalf),
        "said": words.listed(filter(None, map(_told, one.said.items())), by="semicolon"),
    }


def _told(one: tuple[str, Any]) -> str:
    name, value = one
    if name == "why":
        return words.text(f"security.why.{value}")
    if name == "role" and words.has(f"studio.role.{value}"):
        value = words.text(f"studio.role.{value}")
    if isinstance(value, bool):
        return words.text(f"security.said.{name}_{'yes' if value else 'no'}")
    if isinstance(value, dict):
        value = " ".join(map(str, value.values()))
    if isinstance(value, list):
        value = " ".join(map(str, value))
    return words.text(f"security.said.{name}", value=value)
