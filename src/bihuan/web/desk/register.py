"""Registering what came by telephone, on paper or at the door: under thirty seconds of typing."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from bihuan.foundation.identity import api as identity
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.merging import api as merging
from bihuan.kernel.openings.api import openings
from bihuan.kernel.receivers.api import Receiver, receiver_of, receivers
from bihuan.kernel.senders import api as senders
from bihuan.kernel.workbench import api as workbench
from bihuan.lib import codes
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.spec import answering
from bihuan.spec.schema import Kind
from bihuan.web import choosing, errors, fields, words
from bihuan.web.actor import actor_of
from bihuan.web.portal.ask import complained_of

CHANNEL = "hotline"


def _homes(who: Actor) -> list[Receiver]:
    """Where a clerk may take down what anybody may send there; what comes by telephone first."""
    on = timezone.localtime(now()).date()
    own = {one.key for one in openings(who, on)}
    found = [
        one
        for one in receivers(on)
        if one.key in own
        or any(who.has(role, one.org.path, one.programme.id) for role in one.kind.opened_by)
    ]
    return sorted(found, key=lambda one: not _is_called(one.kind))


def _is_called(kind: Kind) -> bool:
    channel = kind.fields.get("channel")
    return channel is not None and CHANNEL in channel.choices


def _kind(one: Receiver) -> tuple[str, str]:
    return one.programme.id, one.kind_id


def _label(one: Receiver) -> str:
    return words.of(one.programme, f"kinds.{one.kind_id}")


def _form(
    request: HttpRequest, problems: dict[str, str], status: int = 200, **more: Any
) -> HttpResponse:
    who = actor_of(request)
    homes = _homes(who)
    asked = request.POST.get("home") or request.GET.get("home", "")
    chosen = receiver_of(asked, homes) or receiver_of("", homes)
    context: dict[str, Any] = {
        "section": "register",
        "chosen": chosen,
        "problems": problems,
        "given": request.POST,
        "complained_of": complained_of(request),
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
        **more,
    }
    if chosen is not None:
        inputs, _ = fields.asked(chosen.kind, of_sender=False)
        drawn = fields.views(inputs, _desk(chosen), where=chosen.kind_id)
        context |= {
            "homes": [(one.key, one.org.name) for one in homes if _kind(one) == _kind(chosen)],
            "label": _label(chosen),
            "others": [
                (one.key, _label(one))
                for one in {_kind(each): each for each in reversed(homes)}.values()
                if _kind(one) != _kind(chosen)
            ],
            "ahead": [(one, _default(one, chosen)) for one in drawn if one.required],
            "after": [(one, "") for one in drawn if not one.required],
            "phrases": workbench.phrases_for(chosen.org.path),
            "settles": answering.at_once(chosen.programme, chosen.kind) is not None,
        }
    return render(request, "desk/register.html", context, status=status)


def _desk(chosen: Receiver) -> fields.Desk:
    sources = {kind: reverse("desk:open_choose", args=[kind]) for kind in choosing.KINDS}
    return fields.Desk(chosen.programme, chosen.org, now(), sources)


def _default(one: fields.FieldView, chosen: Receiver) -> str:
    """What is chosen until somebody chooses: a call, where it may be one; nothing where it decides
    how long something may take."""
    if chosen.programme.decides(chosen.kind_id, one.key):
        return ""
    choices = [choice for choice, _ in one.options]
    return CHANNEL if one.key == "channel" and CHANNEL in choices else one.first


@login_required
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The call form. With an answer typed in, the call is received and settled in one action."""
    if request.method == "GET":
        return _form(request, {})
    who = actor_of(request)
    chosen = receiver_of(request.POST.get("home", ""), _homes(who))
    if chosen is None:
        return _form(request, {"": words.text("error.matters.may_not_open")}, 403)
    if request.POST.get("look"):
        return _look(request, who, chosen)
    try:
        return _send(request, who, chosen)
    except InputError as error:
        lines = errors.by_field(error)
        return _form(request, lines, 422)
    except (ProblemError, files.FileError) as error:
        return _form(request, {"": errors.message(error)}, errors.status(error))


def _look(request: HttpRequest, who: Actor, chosen: Receiver) -> HttpResponse:
    """Before sending: what this caller brought before, and what is much like this."""
    earlier = senders.same_phone(who, vault.subjects_of_phone(request.POST.get("phone", "")))
    alike = merging.alike(who, request.POST.get("body", "")[:2000])
    suggested = impartiality.suggested(request.POST.get("body", ""), chosen.org)
    return _form(request, {}, earlier=earlier, alike=alike, suggested=suggested, looked=True)


def _send(request: HttpRequest, who: Actor, chosen: Receiver) -> HttpResponse:
    inputs, _ = fields.asked(chosen.kind, of_sender=False)
    stored, named = fields.sent(request, inputs, "files")
    contact = vault.Person(
        request.POST.get("name", ""), request.POST.get("phone", ""), request.POST.get("email", "")
    )
    at = now()
    key = request.POST.get("key") or None
    answer = request.POST.get("answer", "").strip()
    at_once = answering.at_once(chosen.programme, chosen.kind)
    opening = matters.Opening(
        programme=chosen.programme.id,
        kind=chosen.kind_id,
        home=chosen.org,
        subject=request.POST.get("subject", ""),
        body=request.POST.get("body", ""),
        fields=fields.taken(inputs, request.POST, choosing.of_home(chosen.org, at), named),
        contact=contact,
        anonymous=not any(c.strip() for c in (contact.name, contact.phone, contact.email)),
        files=stored,
        complained_of=complained_of(request),
    )
    if answer and at_once is not None:
        action, name = at_once
        opened = matters.open_and_act(opening, action, {name: answer}, actor=who, at=at, key=key)
    else:
        opened = matters.open_matter(opening, actor=who, at=at, key=key)
    if request.POST.get("print"):
        return _slip(request, opened)
    if opened.code:
        told = _told(request, opened, contact)
    else:
        told = words.text("desk.registered_plain", number=opened.matter.number)
    messages.success(request, told, extra_tags="good")
    return redirect("desk:matter", pk=opened.matter.pk)


def _told(request: HttpRequest, opened: matters.Opened, contact: vault.Person) -> str:
    """That it was done, the code to read out, and how to send it: shown once, on the next page."""
    number, spaced = opened.matter.number, codes.spaced(opened.code)
    whose = identity.site().name or words.text("site.name")
    url = settings.PUBLIC_URL
    told = words.text("desk.code_told", site=whose, number=number, code=spaced, url=url)
    context = {
        "matter": opened.matter,
        "spaced": spaced,
        "told": told,
        # Whether there is one; the address itself is shown for a reason only.
        "email": bool(contact.email.strip()),
    }
    return render_to_string("desk/_registered.html", context, request)


def _slip(request: HttpRequest, opened: matters.Opened) -> HttpResponse:
    context = {"section": "register", "matter": opened.matter, "code": opened.code}
    return render(request, "desk/slip.html", context)
