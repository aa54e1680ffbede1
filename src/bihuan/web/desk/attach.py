"""Directives and the like under any matter: the form that issues one, and the sheet that is printed."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.opening import ORDERED_BY
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.values import api as values
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.spec.schema import Kind, Programme
from bihuan.web import choosing, errors, fields, words
from bihuan.web.actor import actor_of


@dataclass(frozen=True)
class Attachable:
    """A kind that may hang under any matter; `id` is how the form names it."""

    programme: Programme
    kind_id: str

    @property
    def id(self) -> str:
        return f"{self.programme.id}.{self.kind_id}"

    @property
    def kind(self) -> Kind:
        return self.programme.kinds[self.kind_id]

    @property
    def label(self) -> str:
        return words.of(self.programme, f"kinds.{self.kind_id}")


def attachables(who: Actor, home_path: str) -> list[Attachable]:
    """What somebody may hang under a matter that was received at a place."""
    found = []
    on = timezone.localtime(now()).date()
    for _, force in sorted(programmes.in_force_at(home_path, on).items()):
        programme = programmes.held_under(force.release_id, home_path, on).programme
        found += [
            Attachable(programme, name)
            for name, kind in programme.kinds.items()
            if matters.orders(kind)
            and any(who.has(role, home_path, programme.id) for role in kind.opened_by)
        ]
    return found


@login_required
@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; posted, the matter under this one."""
    who = actor_of(request)
    parent = matters.matter(who, pk)
    may = attachables(who, parent.home_path)
    if not may:
        raise DeniedError("attach")
    if request.method == "GET":
        return _page(request, parent, may)
    try:
        opened = _open(request, parent, may, who)
    except InputError as error:
        lines = errors.by_field(error)
        return _page(request, parent, may, problems=lines, status=422)
    except ProblemError as error:
        told = {"": errors.message(error)}
        return _page(request, parent, may, problems=told, status=errors.status(error))
    return redirect("desk:document", pk=opened.matter.pk)


def _page(
    request: HttpRequest,
    parent: matters.Matter,
    may: list[Attachable],
    *,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = _chosen(request, may)
    sources = {kind: reverse("desk:choose", args=[parent.pk, kind]) for kind in choosing.KINDS}
    desk = fields.Desk(chosen.programme, parent.home, now(), sources)
    inputs, _ = fields.asked(chosen.kind, of_sender=False)
    context = {
        "section": "queue",
        "parent": parent,
        "kinds": may,
        "chosen": chosen,
        "standing": _standing(parent, actor_of(request)),
        "fields": fields.views(inputs, desk, where=chosen.kind_id),
        "problems": problems or {},
        "given": request.POST,
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "desk/attach.html", context, status=status)


def _standing(parent: matters.Matter, who: Actor) -> list[matters.Matter]:
    """What hangs under the matter already and is not done: a second order is rarely what is meant."""
    return [
        c
        for c in matters.open_children(parent, beside=True)
        if c.phase != "done" and matters.sees(who, c)
    ]


def _chosen(request: HttpRequest, may: list[Attachable]) -> Attachable:
    asked = request.POST.get("kind") or request.GET.get("kind")
    return next((one for one in may if one.id == asked), may[0])


def _open(
    request: HttpRequest, parent: matters.Matter, may: list[Attachable], who: Actor
) -> matters.Opened:
    at = now()
    chosen = _chosen(request, may)
    scope = choosing.of_matter(parent, at)
    unit_id = choosing.taken(request.POST, "unit", "org", scope)
    person_id = choosing.taken(request.POST, "person", "person", scope)
    unit = orgs.org(unit_id) if isinstance(unit_id, int) else parent.unit
    person = person_id if isinstance(person_id, int) else None
    if person is not None and not orgs.is_placed(person, unit.path, timezone.localtime(at).date()):
        raise InputError({"person": ("guard.person_elsewhere", {})})
    inputs, _ = fields.asked(chosen.kind, of_sender=False)
    stored, named = fields.sent(request, inputs)
    opening = matters.Opening(
        programme=chosen.programme.id,
        kind=chosen.kind_id,
        home=parent.home,
        unit=unit,
        assignee_id=person,
        subject=request.POST.get("subject", ""),
        body=request.POST.get("body", ""),
        fields=fields.taken(inputs, request.POST, scope, named),
        files=stored,
    )
    key = request.POST.get("key") or None
    return matters.open_under(parent.pk, opening, actor=who, at=at, key=key)


@login_required
@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """A directive as the sheet that is printed and signed for. Only kinds that attach have one."""
    who = actor_of(request)
    matter = matters.matter(who, pk)
    programme = programmes.spec_of(matter.release_id)
    if not matters.orders(programme.kinds[matter.kind]):
        raise Http404
    entries = matters.timeline(matter, who)
    body = next((str(e.private.get("body", "")) for e in entries if e.type == "matter.opened"), "")
    by = str(matter.facts.get(ORDERED_BY, ""))
    ordered_by = orgs.person(int(by.partition(":")[2])).name if by.startswith("person:") else ""
    parent = matter.parent
    context: dict[str, Any] = {
        "section": "queue",
        "matter": matter,
        "title": words.of(programme, f"kinds.{matter.kind}"),
        "body": body,
        "ordered_by": ordered_by,
        "said": list(fields.told(programme, matter.kind, _printed(matter, who, entries))),
        "parent": parent if parent and matters.sees(who, parent) else None,
    }
    return render(request, "desk/document.html", context)


def _printed(matter: matters.Matter, who: Actor, entries: list[matters.Entry]) -> dict[str, Any]:
    """What was filled in; who ordered it stands below, where it is signed."""
    held = values.held(matter, who, entries)
    return {name: value for name, value in held.items() if name != ORDERED_BY}
