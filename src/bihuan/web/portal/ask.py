"""Ask, complain, suggest: one short page, and the receipt."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.foundation.access import origin
from bihuan.foundation.access.api import SENDER
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.receivers.api import Receiver, promises, receiver_of, receivers
from bihuan.kernel.services import api as services
from bihuan.language.briefly import briefly
from bihuan.lib import codes
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import choosing, errors, fields, words
from bihuan.web.portal import ours, promised, proof

CHANNEL = "web"


def open_now() -> list[Receiver]:
    """Who takes messages now, the site's own before others."""
    return ours.first(receivers(timezone.localtime(now()).date()), lambda one: one.org)


@dataclass(frozen=True)
class Want:
    """Something that anybody may send: a kind of a programme, and who takes it first."""

    receiver: Receiver
    label: str
    summary: str


def kind_of(key: str) -> str:
    """The kind of a receiver's key, whoever receives it."""
    return key.partition(".")[2]


def wants(known: Sequence[Receiver]) -> list[Want]:
    """What there is to send: first what most offices take, then by the words for it."""
    taken = Counter(kind_of(one.key) for one in known)
    first: dict[str, Receiver] = {}
    for one in known:
        first.setdefault(kind_of(one.key), one)
    found = [
        Want(
            one,
            words.of(one.programme, f"kinds.{one.kind_id}"),
            briefly(words.of(one.programme, "summary")),
        )
        for one in first.values()
    ]
    return sorted(found, key=lambda one: (-taken[kind_of(one.receiver.key)], one.label))


def _several(known: Sequence[Receiver]) -> bool:
    """Whether there is more than one thing to send."""
    return len({kind_of(one.key) for one in known}) > 1


def _chosen(asked: str, known: Sequence[Receiver]) -> Receiver | None:
    """Who is asked for. An old link opens the form all the same, and it says who receives now; when
    there are several things to send, nobody is taken for what was not said."""
    if asked:
        same = [one for one in known if kind_of(one.key) == kind_of(asked)]
        found = receiver_of(asked, known) or next(iter(same), None)
        if found is not None:
            return found
    return None if not known or _several(known) else receiver_of("", known)


def _desk(chosen: Receiver) -> fields.Desk:
    return fields.Desk(chosen.programme, chosen.org, now(), {})


def _form(request: HttpRequest, problems: dict[str, str], status: int = 200) -> HttpResponse:
    known = open_now()
    chosen = _chosen(request.POST.get("to") or request.GET.get("to", ""), known)
    if chosen is None and known:
        told = {"section": "ask", "wants": wants(known), "problems": problems}
        return render(request, "portal/wants.html", told, status=status)
    context: dict[str, Any] = {
        "section": "ask",
        "chosen": chosen,
        "problems": problems,
        "given": request.POST,
        "complained_of": complained_of(request),
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
        "proof": proof.strings() if proof.wanted() else "",
        "max_files": settings.FILES_PER_MESSAGE,
        "max_mb": settings.FILE_MAX_BYTES // (1024 * 1024),
    }
    if chosen is not None:
        context |= _made(request, chosen, known, problems)
    return render(request, "portal/ask.html", context, status=status)


def _made(
    request: HttpRequest, chosen: Receiver, known: list[Receiver], problems: dict[str, str]
) -> dict[str, Any]:
    """What the form of one kind is made of."""
    inputs, _ = fields.asked(chosen.kind, of_sender=True, channel=CHANNEL)
    hints = {"place": words.text("portal.form.place_hint")}
    drawn = fields.views(inputs, _desk(chosen), where=chosen.kind_id, hints=hints)
    return {
        "receivers": [one for one in known if kind_of(one.key) == kind_of(chosen.key)],
        "several": _several(known),
        "label": words.of(chosen.programme, f"kinds.{chosen.kind_id}"),
        "lines": promised.lines(promises(chosen, now()), chosen.programme),
        "needed": [one for one in drawn if one.required],
        "more": [one for one in drawn if not one.required],
        "wider": any(one.required and not one.few for one in drawn),
        "open_more": any(
            one.key in problems or any(request.POST.get(f"{one.name}{x}") for x in ("", "-text"))
            for one in drawn
            if not one.required
        ),
    }


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form; when sent, the receipt with number, code, QR and the explained date.

    The answer to the POST is the receipt itself: sending the page again repeats the same request
    with the same key and shows the same receipt, so the code is never kept anywhere to redirect.
    """
    if request.method == "GET":
        return _form(request, {})
    address = origin.of(request.META)
    known = open_now()
    asked = request.POST.get("to", "")
    chosen = receiver_of(asked, known) if asked else _chosen("", known)
    refused = proof.turned_away(request, address)
    if refused is not None:
        key, status = refused
        return _form(request, {"": words.text(key)}, status)
    if chosen is None:
        key, status = ("receiver_gone", 409) if known else ("nobody_receives", 503)
        if known and not asked:
            key, status = "say_what", 422
        return _form(request, {"": words.text(f"portal.{key}")}, status)
    try:
        return _send(request, chosen, address)
    except InputError as error:
        return _form(request, errors.by_field(error), 422)
    except (ProblemError, files.FileError) as error:
        return _form(request, {"": errors.message(error)}, 422)


def _send(request: HttpRequest, chosen: Receiver, address: str) -> HttpResponse:
    inputs, known = fields.asked(chosen.kind, of_sender=True, channel=CHANNEL)
    stored, named = fields.sent(request, inputs, "files")
    contact = vault.Person(
        request.POST.get("name", ""), request.POST.get("phone", ""), request.POST.get("email", "")
    )
    anonymous = not any(c.strip() for c in (contact.name, contact.phone, contact.email))
    at = now()
    scope = choosing.of_home(chosen.org, at, public=True)
    opened = matters.open_matter(
        matters.Opening(
            programme=chosen.programme.id,
            kind=chosen.kind_id,
            home=chosen.org,
            subject=request.POST.get("subject", ""),
            body=request.POST.get("body", ""),
            fields=known | fields.taken(inputs, request.POST, scope, named),
            contact=contact,
            anonymous=anonymous,
            files=stored,
            complained_of=complained_of(request),
            own=known.keys(),
        ),
        actor=SENDER,
        at=at,
        key=request.POST.get("key") or None,
    )
    proof.count_sent(request, address)
    return receipt(request, opened)


def complained_of(request: HttpRequest) -> str:
    """What was typed and what was ticked of what the text suggests."""
    ticked = request.POST.getlist("complained")
    return "、".join(one for one in (request.POST.get("complained_of", "").strip(), *ticked) if one)


def qr(code: str, page: str = "portal:follow") -> SafeString:
    """A QR of the page that takes a code. The code stands after the #, which browsers do not send."""
    return square(f"{settings.PUBLIC_URL}{reverse(page)}#{code}")


def square(url: str) -> SafeString:
    """A QR of an address."""
    import segno  # noqa: PLC0415 - only a receipt needs it

    image = segno.make(url, error="m")
    return SafeString(image.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))


def receipt(request: HttpRequest, opened: matters.Opened, *, what: str = "ask") -> HttpResponse:
    """Number, query code, QR and the explained date. `what` was sent: its draft is forgotten now."""
    matter = opened.matter
    promise = next((c for c in clocks.of(matter.stream).values() if c.role == "promise"), None)
    context = {
        "section": "ask" if what == "ask" else "services",
        "what": what,
        "matter": matter,
        "service": _service(matter),
        "code": opened.code,
        "spaced": codes.spaced(opened.code),
        "qr": qr(opened.code),
        "explanation": clocks.explain(promise) if promise else None,
        "repeated": opened.repeated,
    }
    return render(request, "portal/receipt.html", context)


def _service(matter: matters.Matter) -> services.Service | None:
    """What was applied or booked for: where one goes, and what to bring."""
    pk = str(matter.facts.get("service", ""))
    return services.standing_service(int(pk)) if pk.isdecimal() else None


@require_POST
def alike(request: HttpRequest) -> HttpResponse:
    """While typing: published answers to something much like it, only published texts, ever; and the
    organisations that the text speaks of, to ask whether they are complained of."""
    text = f"{request.POST.get('subject', '')} {request.POST.get('body', '')}"[:2000]
    found = publicity.alike(text) if len(text.strip()) >= 6 else []
    chosen = receiver_of(request.POST.get("to", ""), open_now())
    context = {
        "found": found,
        "suggested": impartiality.suggested(text, chosen.org) if chosen else [],
    }
    return render(request, "portal/_alike.html", context)
