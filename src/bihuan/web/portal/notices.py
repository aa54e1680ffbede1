"""Public notices: what is on notice, until when, and objecting without an account."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access import origin
from bihuan.foundation.audit.api import vault
from bihuan.kernel.matters.api import Entry
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import errors, fields, words
from bihuan.web.portal import ask, proof


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Notices one may object to, and those that have ended."""
    rows = publicity.notices(at=now())
    groups = [
        (words.text("notices.running"), [one for one in rows if one.runs]),
        (words.text("notices.ended"), [one for one in rows if not one.runs]),
    ]
    return render(request, "portal/notices.html", {"section": "notices", "groups": groups})


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice with its objections' form; a sent one is answered by the receipt itself."""
    found = publicity.read_notice(pk, at=now())
    if request.method == "GET":
        return _page(request, found, {})
    address = origin.of(request.META)
    refused = proof.turned_away(request, address)
    if refused is not None:
        why, status = refused
        return _page(request, found, {"": words.text(why)}, status)
    given = request.POST
    contact = vault.Person(given.get("name", ""), given.get("phone", ""), given.get("email", ""))
    key = given.get("key") or None
    try:
        opened = publicity.object_to(pk, given.get("body", ""), contact, at=now(), key=key)
    except InputError as error:
        return _page(request, found, errors.by_field(error), 422)
    except ProblemError as error:
        found = publicity.read_notice(pk, at=now())
        return _page(request, found, {"": errors.message(error)}, errors.status(error))
    proof.count_sent(request, address)
    return ask.receipt(request, opened)


def _page(
    request: HttpRequest, found: publicity.Notice, problems: dict[str, str], status: int = 200
) -> HttpResponse:
    kind = found.matter.kind
    context = {
        "section": "notices",
        "one": found,
        "said": list(fields.told(found.programme, kind, _open_facts(found))),
        "beside": [
            each
            for action, name, value in found.beside
            for each in fields.told(found.programme, kind, {name: value}, action=action)
        ],
        "steps": [
            (
                entry,
                list(
                    fields.told(found.programme, kind, _without(found, entry), action=entry.action)
                ),
            )
            for entry in found.entries
        ],
        "problems": problems,
        "given": request.POST,
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
        "proof": proof.strings() if proof.wanted() else "",
    }
    return render(request, "portal/notice.html", context, status=status)


def _open_facts(found: publicity.Notice) -> dict[str, Any]:
    """What it was drawn up with and is everybody's."""
    declared = found.programme.kinds[found.matter.kind].fields
    return {n: v for n, v in found.facts.items() if n in declared}


def _without(found: publicity.Notice, entry: Entry) -> dict[str, Any]:
    """What was said at a step, but the text, which stands above as it is now."""
    spec = publicity.NOTICE.of(found.programme.kinds[found.matter.kind])
    return {n: v for n, v in entry.inputs.items() if spec is None or n != spec.text}
