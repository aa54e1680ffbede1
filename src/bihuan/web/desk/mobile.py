"""The page on a clerk's phone that works without a network, and what it asks when there is one."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from bihuan.foundation.access import phones
from bihuan.foundation.audit.api import vault
from bihuan.kernel.afield import api as afield
from bihuan.kernel.halls import api as halls
from bihuan.kernel.services import api as services
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.web import errors, sessions
from bihuan.web.actor import actor_of

WORKER = Path(__file__).parents[1] / "static" / "bihuan" / "mobile-worker.js"
# What a phone still knows of: entries may come in long after the outing.
BACK, AHEAD = timedelta(days=60), timedelta(days=60)
BATCH = 50
LONGEST = 20_000
# An entry's words, sealed, in base64: four bytes a character at most, and the rest of them.
SEALED = 200_000


@login_required
@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """The page itself, for whoever is logged in: who may no longer enter anything must still be able to
    settle what they entered. It names nobody, for it stays on the phone."""
    return render(request, "desk/mobile.html", {"most": afield.REASON})


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from the folder it may answer for."""
    del request
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")


@login_required
@require_GET
def outings(request: HttpRequest) -> HttpResponse:
    """What the phone must know before it loses the network, a fresh token to write with, and, for a
    phone that says its number, the keys of whoever is logged in, with the seconds until they must go."""
    who = actor_of(request)
    today = timezone.localtime(now()).date()
    mine = halls.at_desk(who, today, "apply")
    rows = halls.visits(today - BACK, today + AHEAD, [one.org.pk for one in mine]) if mine else []
    offered = [one for hall in mine for one in services.at_window(hall.org.path, today)]
    known = {one.pk: one for one in offered}
    found = [
        {
            "id": row.pk,
            "day": row.day.isoformat(),
            "place": row.place,
            "services": [
                {"id": pk, "name": known[pk].name, "immediate": known[pk].immediate}
                for pk in row.services
                if pk in known
            ],
        }
        for row in rows
        if not row.cancelled
    ]
    told: dict[str, Any] = {
        "token": get_token(request),
        "person": who.person_id,
        "today": today.isoformat(),
        "visits": found,
    }
    device = request.GET.get("device", "")
    if phones.is_device(device) and who.person_id is not None:
        told["me"] = {
            "person": who.person_id,
            "name": who.name,
            "keys": [
                {"id": name, "key": base64.b64encode(key).decode()}
                for name, key in phones.keys(who.person_id, device).items()
            ],
            "left": sessions.left(request),
        }
    return JsonResponse(told)


def _text(raw: dict[str, Any], name: str, most: int = LONGEST) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise ProblemError("matters.unreadable")
    return value


def _number(raw: dict[str, Any], name: str) -> int:
    value = raw.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ProblemError("matters.unreadable")
    return value


def _entered(raw: dict[str, Any]) -> afield.Entered:
    return afield.Entered(
        key=_text(raw, "key"),
        visit=_number(raw, "visit"),
        taken=_instant(_text(raw, "taken")),
        step=_text(raw, "step"),
        service=_number(raw, "service") if raw.get("service") else None,
        contact=vault.Person(_text(raw, "name"), _text(raw, "phone"), ""),
        remark=_text(raw, "remark"),
        owner=_number(raw, "owner") if "owner" in raw else None,
    )


def _instant(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found is not None and timezone.is_aware(found) else now()


def _sealed(raw: dict[str, Any]) -> afield.Sealed:
    try:
        nonce = base64.b64decode(_text(raw, "nonce", 100), validate=True)
        sealed = base64.b64decode(_text(raw, "sealed", SEALED), validate=True)
    except (binascii.Error, ValueError):
        raise ProblemError("matters.entry_unreadable") from None
    return afield.Sealed(
        key=_text(raw, "key"),
        owner=_number(raw, "owner"),
        visit=_number(raw, "visit"),
        device=_text(raw, "device", 100),
        key_id=_text(raw, "key_id", 100),
        nonce=nonce,
        sealed=sealed,
    )


def _rows(request: HttpRequest) -> list[dict[str, Any]]:
    """What was sent. Raises ProblemError: it is no list of entries at all, or too long a one."""
    try:
        sent = json.loads(request.body)
        rows = sent["entries"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ProblemError("matters.unreadable") from None
    if not isinstance(rows, list) or len(rows) > BATCH:
        raise ProblemError("matters.unreadable")
    # A page from before entries named their outing themselves is still open on some phone.
    named = {"visit": sent["visit"]} if "visit" in sent else {}
    return [named | row if isinstance(row, dict) else {} for row in rows]


def _each(request: HttpRequest, settle: Callable[[dict[str, Any]], dict[str, str]]) -> HttpResponse:
    """Each entry's own answer, in their order; one that cannot be read is that one's affair."""
    try:
        rows = _rows(request)
    except ProblemError as error:
        return JsonResponse({"problem": errors.message(error)}, status=errors.status(error))
    told = []
    for row in rows:
        key = row.get("key")
        answer = {"key": key if isinstance(key, str) else "", "number": "", "problem": ""}
        try:
            answer |= settle(row)
        except ProblemError as error:
            answer |= {"outcome": "refused", "problem": errors.message(error)}
        told.append(answer)
    return JsonResponse({"entries": told})


@login_required
@require_POST
def sync(request: HttpRequest) -> HttpResponse:
    """Takes in what the phone kept; answers each with its number, the reason for which it is refused,
    or that it should be sent again later."""
    who, at = actor_of(request), now()

    def settle(row: dict[str, Any]) -> dict[str, str]:
        (fate,) = afield.take_in([_entered(row)], actor=who, at=at)
        problem = errors.message(fate.problem) if fate.problem else ""
        return {"outcome": fate.outcome, "number": fate.number, "problem": problem}

    return _each(request, settle)


@login_required
@require_POST
def hand_on(request: HttpRequest) -> HttpResponse:
    """Gives sealed entries to whoever is in charge of their hall; answers each with what the house holds
    of it now (held, taken, dropped): then it may leave the phone."""
    who, at = actor_of(request), now()

    def settle(row: dict[str, Any]) -> dict[str, str]:
        found = afield.hand_on(_sealed(row), actor=who, at=at)
        number = found.matter.number if found.matter else ""
        return {"outcome": "taken" if number else found.state, "number": number}

    return _each(request, settle)


@login_required
@require_POST
def give_up(request: HttpRequest) -> HttpResponse:
    """Notes that entries on a phone are not to come in, and why: then they may leave it."""
    who, at = actor_of(request), now()

    def settle(row: dict[str, Any]) -> dict[str, str]:
        afield.give_up(
            _text(row, "key"),
            _number(row, "owner"),
            _number(row, "visit"),
            _text(row, "reason"),
            actor=who,
            at=at,
        )
        return {"outcome": "dropped"}

    return _each(request, settle)
