"""我的: one's own record, what was entered in it by whom and why, where to say that it is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import Actor
from bihuan.foundation.access.own_data import Code
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.people import api as people
from bihuan.kernel.profiles import api as profiles
from bihuan.kernel.profiles import entries
from bihuan.kernel.profiles.entries import Entry, Said
from bihuan.lib.clock import now
from bihuan.web import words
from bihuan.web.actor import actor_of
from bihuan.web.desk.own_data import coded
from bihuan.web.member.places import MINE

LISTED = 12


@dataclass(frozen=True)
class Told:
    """An entry as it is read: `text`; who entered it ('' the house); why; the matter where one says that it
    is wrong, if one sees it; who else corrects it."""

    at: datetime
    text: str
    by: str
    own: bool
    why: str
    matter: Matter | None
    keepers: str


def _said(value: Said) -> str:
    if isinstance(value, Code):
        return coded(value)
    return value if isinstance(value, str) else words.choose(value)


def _text(key: str, values: Mapping[str, Said]) -> str:
    named: dict[str, Any] = {name: _said(value) for name, value in values.items()}
    return words.text(key, **named)


def _name(ref: str) -> str:
    kind, _, pk = ref.partition(":")
    return standing_person(int(pk)).name if kind == "person" and pk.isdigit() else ""


def _told(who: Actor, rows: Iterable[Entry]) -> list[Told]:
    rows = list(rows)
    seen = {one.pk: one for one in matters.by_ids(who, [one.matter for one in rows if one.matter])}
    return [
        Told(
            one.at,
            _text(one.said, one.values),
            _name(one.by),
            one.by == who.ref,
            _said(one.why),
            seen.get(one.matter or 0),
            words.listed(standing_person(pk).name for pk in one.keepers if pk != who.person_id),
        )
        for one in rows
    ]


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Where I belong, what rooms know of me, every entry about me."""
    who, at = actor_of(request), now()
    known = profiles.person(who.person_id or 0, who, at)
    found = _told(who, entries.entries(known.person, at))
    every = "all" in request.GET
    context: dict[str, Any] = {
        "section": MINE.section,
        "sort": "person",
        "person": known.person,
        "places": known.places,
        "belongs": bool(people.own(known.person.pk, timezone.localtime(at).date())),
        "parts": [(f"desk/profile/{name}.html", part) for name, part in known.parts.items()],
        "entries": found if every else found[:LISTED],
        "more": 0 if every else max(len(found) - LISTED, 0),
    }
    return render(request, "member/mine.html", context)
