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
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.web import words
from bihuan.web.actor import actor_of
from bihuan.web.numbers import whole


def _day(given: Mapping[str, str], name: str) -> date | None:
    try:
        found = parse_date(given.get(name, ""))
    except ValueError:
        return None
    # The day after the last there is has no number.
    return found if found is not None and 1900 <= found.year <= 2200 else None


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
        before=whole(given.get("before", "")),
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
        "said": words.listed(
            filter(None, (_told(name, value, one.said) for name, value in one.said.items())),
            by="semicolon",
        ),
    }


def _told(name: str, value: Any, beside: Mapping[str, Any]) -> str:
    if name == "why":
        return words.text(f"security.why.{value}")
    if name == "role":
        value = _role(str(value), str(beside.get("programme", "")))
    elif name == "programme":
        value = next((words.of(p, "title") for p in programmes.known() if p.id == value), value)
    elif name == "kind" and words.has(f"security.table.{value}"):
        value = words.text(f"security.table.{value}")
    if isinstance(value, bool):
        return words.text(f"security.said.{name}_{'yes' if value else 'no'}")
    if isinstance(value, dict):
        value = " ".join(map(str, value.values()))
    if isinstance(value, list):
        value = " ".join(map(str, value))
    return words.text(f"security.said.{name}", value=value)


def _role(role: str, programme: str) -> str:
    """What a role is called by the programme it was given for, or by the first that has it."""
    if words.has(f"studio.role.{role}"):
        return words.text(f"studio.role.{role}")
    for one in programmes.known():
        if programme in ("", one.id) and any(role == each.id for each in one.manifest.roles):
            return words.of(one, f"roles.{role}")
    return role
