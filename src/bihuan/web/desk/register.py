"""Registering what came by telephone, on paper or at the door: under thirty seconds of typing."""

import secrets
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.merging import api as merging
from bihuan.kernel.receivers.api import Receiver, receiver_of, receivers
from bihuan.kernel.senders import api as senders
from bihuan.kernel.workbench import api as workbench
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.portal.ask import complained_of


def _homes(who: Actor) -> list[Receiver]:
    return [
        one
        for one in receivers(timezone.localtime(now()).date())
        if any(who.has(role, one.org.path, one.programme.id) for role in one.kind.opened_by)
    ]


def _form(
    request: HttpRequest, problems: dict[str, str], status: int = 200, **more: Any
) -> HttpResponse:
    who = actor_of(request)
    homes = _homes(who)
    chosen = receiver_of(request.POST.get("home", ""), homes) or receiver_of("", homes)
    context: dict[str, Any] = {
        "section": "register",
        "homes": homes,
        "chosen": chosen,
        "problems": problems,
        "given": request.POST,
        "complained_of": complained_of(request),
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
        "channel": request.POST.get("channel") or "hotline",
        **more,
    }
    if chosen is not None:
        for name in ("category", "channel"):
            context[f"{name}_options"] = [
                (c, words.of(chosen.programme, f"choices.{name}.{c}"))
                for c in chosen.kind.fields[name].choices
            ]
        context["category"] = (
            request.POST.get("category") or chosen.kind.fields["category"].choices[0]
        )
        context["place"] = chosen.kind.fields.get("place")
        context["help"] = words.help_of(chosen.programme, f"{chosen.kind_id}.place")
        context["phrases"] = workbench.phrases_for(chosen.org.path)
    return render(request, "desk/register.html", context, status=status)


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
    files.only(request.FILES, "files")
    stored = files.take(request.FILES.getlist("files"))
    contact = vault.Person(
        request.POST.get("name", ""), request.POST.get("phone", ""), request.POST.get("email", "")
    )
    at = now()
    key = request.POST.get("key") or None
    answer = request.POST.get("reply", "").strip()
    opening = matters.Opening(
        programme=chosen.programme.id,
        kind=chosen.kind_id,
        home=chosen.org,
        subject=request.POST.get("subject", ""),
        body=request.POST.get("body", ""),
        fields={
            name: request.POST.get(name, "")
            for name in ("category", "channel", "place")
            if name in chosen.kind.fields
        },
        contact=contact,
        anonymous=not any(c.strip() for c in (contact.name, contact.phone, contact.email)),
        files=stored,
        complained_of=complained_of(request),
    )
    if answer:
        opened = matters.open_and_act(
            opening, "settle", {"reply": answer}, actor=who, at=at, key=key
        )
    else:
        opened = matters.open_matter(opening, actor=who, at=at, key=key)
    if request.POST.get("print"):
        return _slip(request, opened)
    return redirect("desk:matter", pk=opened.matter.pk)


def _slip(request: HttpRequest, opened: matters.Opened) -> HttpResponse:
    context = {"section": "register", "matter": opened.matter, "code": opened.code}
    return render(request, "desk/slip.html", context)
