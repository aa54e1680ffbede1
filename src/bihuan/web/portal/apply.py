"""Applying for a service: its guide, the application with its materials, the receipt."""

import secrets
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access import origin
from bihuan.foundation.access.api import SENDER
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from bihuan.foundation.files.api import Stored
from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls.api import Hall
from bihuan.kernel.matters import api as matters
from bihuan.kernel.services import api as services
from bihuan.kernel.services.api import Service
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import errors, words
from bihuan.web.portal import ask, ours, proof

CHANNEL = "web"


def offered(pk: int) -> Service:
    """A service as it is promised today. Raises LookupError."""
    found = services.offered_on(pk, timezone.localtime(now()).date())
    if found is None:
        raise LookupError(pk)
    return found


def _hall(service: Service) -> Hall | None:
    return halls.nearest(service.org.path, timezone.localtime(now()).date(), "apply")


@require_GET
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    """One service: what to bring, by when it is done, what it costs, and the way to apply."""
    one = offered(pk)
    day = timezone.localtime(now()).date()
    books = halls.nearest(one.org.path, day, "appointment")
    context = {
        "ours": ours.is_ours(one.org),
        "section": "services",
        "one": one,
        "hall": _hall(one),
        "bookable": bool(books and halls.bookable(books.org, books.programme, now())),
    }
    return render(request, "portal/service.html", context)


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """The application; when sent, the receipt, which sending the same page again shows again."""
    one = offered(pk)
    hall = _hall(one)
    if hall is None:
        raise LookupError(pk)
    if request.method == "GET":
        return _form(request, one, hall, {})
    address = origin.of(request.META)
    refused = proof.turned_away(request, address)
    if refused is not None:
        key, status = refused
        return _form(request, one, hall, {"": words.text(key)}, status)
    try:
        return _send(request, one, hall, address)
    except InputError as error:
        return _form(request, one, hall, errors.by_field(error), 422)
    except (ProblemError, files.FileError) as error:
        return _form(request, one, hall, {"": errors.message(error)}, 422)


def _form(
    request: HttpRequest, one: Service, hall: Hall, problems: dict[str, str], status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "services",
        "one": one,
        "hall": hall,
        "problems": problems,
        "given": request.POST,
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
        "proof": proof.strings() if proof.wanted() else "",
        "max_mb": settings.FILE_MAX_BYTES // (1024 * 1024),
    }
    return render(request, "portal/apply.html", context, status=status)


def _contact(request: HttpRequest) -> vault.Person:
    given = {name: request.POST.get(name, "") for name in ("name", "phone", "email")}
    missing = [name for name in ("name", "phone") if not given[name].strip()]
    if missing:
        # Nobody can be told that something is missing, or that it is done, whom nobody knows.
        raise InputError({name: ("input.required", {}) for name in missing})
    return vault.Person(**given)


def _materials(request: HttpRequest, one: Service) -> list[Stored]:
    """What was handed in, each called after the material it is, so that the desk sees which."""
    files.only(request.FILES, *(f"material-{index}" for index in range(len(one.materials))))
    sent = [
        (material, given)
        for index, material in enumerate(one.materials)
        for given in request.FILES.getlist(f"material-{index}")
    ]
    taken = files.take([given for _, given in sent], settings.DATA_UPLOAD_MAX_NUMBER_FILES)
    found = []
    for (material, _), stored in zip(sent, taken, strict=True):
        ending = stored.name.rpartition(".")[2] if "." in stored.name else ""
        found.append(replace(stored, name=f"{material[:80]}.{ending}".rstrip(".")))
    return found


def _said(request: HttpRequest, one: Service) -> str:
    """The words of the application: the remark, and which materials came with it and which not."""
    lines = [request.POST.get("body", "").strip()]
    has = [bool(request.FILES.get(f"material-{n}")) for n in range(len(one.materials))]
    for key, wanted in (("came", True), ("missing", False)):
        names = [m for m, came in zip(one.materials, has, strict=True) if came is wanted]
        if names:
            lines.append(words.default_text(f"apply.{key}", names="、".join(names)))
    return "\n".join(line for line in lines if line) or one.name


def _send(request: HttpRequest, one: Service, hall: Hall, address: str) -> HttpResponse:
    opening = matters.Opening(
        programme=hall.programme.id,
        kind=hall.kinds["apply"],
        home=hall.org,
        subject=one.name,
        body=_said(request, one),
        fields={"service": one.pk, "channel": CHANNEL},
        contact=_contact(request),
        files=_materials(request, one),
        own=("subject", "channel"),
    )
    key = request.POST.get("key") or None
    opened = matters.open_matter(opening, actor=SENDER, at=now(), key=key)
    proof.count_sent(request, address)
    return ask.receipt(request, opened, what="apply")
