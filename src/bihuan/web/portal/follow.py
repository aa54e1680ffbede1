"""Follow, add, rate, withdraw: everything a sender can do with a code. The code is only ever in
the body of a request, so that no log or history keeps it."""

import secrets
from typing import Any

from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.foundation.access import origin, tries
from bihuan.foundation.access.api import SENDER
from bihuan.foundation.audit import api as audit
from bihuan.foundation.files import api as files
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as senders
from bihuan.kernel.values import api as values
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.spec import answering
from bihuan.web import errors, fields, words
from bihuan.web.forms import ActionForm, action_forms, collect, inputs_of, more_of
from bihuan.web.templatetags.bihuan import when

TICKET_SECONDS = 3600


def must_wait(request: HttpRequest) -> int:
    """Seconds that an origin which guessed at too many codes has to wait, or 0."""
    return tries.wait("code", origin.of(request.META), now())


def locked_for(request: HttpRequest) -> str:
    """What is said to an origin that has guessed at too many codes, or ''."""
    return words.text("error.too_many_codes") if must_wait(request) else ""


def found_by_code(request: HttpRequest) -> matters.Matter:
    """The matter of a posted code; a wrong one is counted. Raises LookupError."""
    try:
        return matters.by_code(request.POST.get("code", ""))
    except LookupError:
        tries.failed("code", origin.of(request.META), now())
        raise


def _locked(request: HttpRequest) -> HttpResponse | None:
    left = must_wait(request)
    if left:
        context = {"section": "follow", "problem": words.text("error.too_many_codes")}
        response = render(request, "portal/follow.html", context, status=429)
        response.headers["Retry-After"] = str(left)
        return response
    return None


def _find(request: HttpRequest) -> matters.Matter | None:
    try:
        return found_by_code(request)
    except LookupError:
        return None


def _unknown(request: HttpRequest) -> HttpResponse:
    replaced = senders.replaced_at(request.POST.get("code", ""))
    told = words.text("portal.code_unknown")
    if replaced is not None:
        told = words.text("portal.code_replaced", at=when(replaced))
    context = {
        "section": "follow",
        "problem": told,
        "code": request.POST.get("code", "")[:20],
    }
    return render(request, "portal/follow.html", context, status=404)


@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Asks for the code, or shows the matter it opens."""
    if request.method == "GET":
        return render(request, "portal/follow.html", {"section": "follow"})
    locked = _locked(request)
    if locked is not None:
        return locked
    matter = _find(request)
    if matter is None:
        return _unknown(request)
    return _show(request, matter, {})


# What stands in lines of its own.
_ELSEWHERE = ("category", "channel")


def _said(matter: matters.Matter, entries: list[matters.Entry]) -> list[values.Told]:
    """What the sender filled in, in their words."""
    programme = programmes.spec_of(matter.release_id)
    asked = programme.kinds[matter.kind].asked(of_sender=True)
    held = values.held(matter, SENDER, entries)
    shown = {n: held[n] for n in asked if n in held and n not in _ELSEWHERE}
    return list(fields.told(programme, matter.kind, shown))


def _own(matter: matters.Matter, entry: matters.Entry) -> list[values.Told]:
    """What the sender reads of a step: all that they gave themselves, of others what is for them."""
    if entry.type == "matter.opened":
        return []
    programme = programmes.spec_of(matter.release_id)
    # An office's own words beside what is for the sender stay in the office.
    told = answering.told(programme, programme.kinds[matter.kind])
    given = {n: v for n, v in entry.inputs.items() if entry.who == "sender" or n in told}
    return list(fields.told(programme, matter.kind, given, action=entry.action))


def _taken_up(matter: matters.Matter, entries: list[matters.Entry]) -> bool:
    """Whether the sender's own rating is why it is being dealt with again, since that rating."""
    programme = programmes.spec_of(matter.release_id)
    actions = programme.kinds[matter.kind].actions
    rated = any(
        entry.who == "sender"
        and answering.inputs_as(programme, actions.get(entry.action), "grade")
        and any(value for value in entry.inputs.values())
        for entry in entries
    )
    return rated and matter.phase == "open"


def _show(
    request: HttpRequest,
    matter: matters.Matter,
    problems: dict[str, str],
    failed: str = "",
    status: int = 200,
) -> HttpResponse:
    forms: list[ActionForm] = action_forms(matter, SENDER, now())
    promise = next((c for c in clocks.of(matter.stream).values() if c.role == "promise"), None)
    shown = [f for f in files.of(matter.stream) if not f.internal]
    entries = matters.timeline(matter, SENDER)
    context: dict[str, Any] = {
        "section": "follow",
        "matter": matter,
        "code": request.POST.get("code", ""),
        "said": _said(matter, entries),
        "entries": [(one, _own(matter, one)) for one in entries],
        "taken_up": _taken_up(matter, entries),
        "forms": [f for f in forms if f.refusal is None],
        "problems": problems,
        "failed": failed,
        "given": request.POST,
        "key": secrets.token_urlsafe(16),
        "standing": senders.standing_in_log(matter),
        "explanation": clocks.explain(promise) if promise else None,
        "files": [(f, signing.dumps([f.stream, f.key], salt="sender-file")) for f in shown],
    }
    return render(request, "portal/matter.html", context, status=status)


@require_POST
def proof(request: HttpRequest) -> HttpResponse:
    """The proof that the sender's message and its answer stand in the published log, as a file."""
    locked = _locked(request)
    if locked is not None:
        return locked
    matter = _find(request)
    if matter is None:
        return _unknown(request)
    try:
        told = senders.proof(matter)
    except audit.proofs.NoProofError:
        return _show(request, matter, {"": words.text("error.seals.no_proof")}, status=503)
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{matter.number}-proof.json"'
    return response


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Takes one of the sender's actions; on a mistake shows the page again with what was typed."""
    locked = _locked(request)
    if locked is not None:
        return locked
    matter = _find(request)
    if matter is None:
        return _unknown(request)
    action = request.POST.get("action", "")
    try:
        stored, named = fields.sent(request, inputs_of(matter, action), "files")
        data = collect(matter, action, request.POST, now(), named)
        for name in more_of(matter, action) if stored else ():
            if not data.get(name, "").strip():
                # Whoever sends the paper that was asked for has said everything.
                data[name] = words.default_text("apply.attached", count=len(stored))
        matter = matters.act(
            0,
            action,
            actor=SENDER,
            at=now(),
            data=data,
            files=stored,
            key=request.POST.get("key") or None,
            code=request.POST.get("code", ""),
        )
    except InputError as error:
        lines = errors.by_field(error)
        return _show(request, matter, lines, action, 422)
    except (ProblemError, files.FileError) as error:
        return _show(request, matter, {"": errors.message(error)}, action, errors.status(error))
    return _show(request, matter, {"done": words.text("portal.done")})


@require_GET
def file(request: HttpRequest, ticket: str) -> HttpResponse | FileResponse:
    """An attachment the sender may see, by a ticket that the follow page gave out for an hour."""
    del request
    try:
        stream, key = signing.loads(ticket, salt="sender-file", max_age=TICKET_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    found = files.find(stream, key)
    response = FileResponse(
        files.path_of(found.sha256).open("rb"), as_attachment=True, filename=found.name
    )
    response.headers["Content-Type"] = found.mime
    return response
