"""Organisations: the tree, one of them, who holds which role in it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access import api as grants
from bihuan.foundation.access import enrolling, governing, officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.upkeep import api as upkeep
from bihuan.kernel.workbench import api as workbench
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import choosing, errors, words
from bihuan.web.actor import actor_of
from bihuan.web.studio import beginning, levels, roles
from bihuan.web.studio.door import (
    administrator,
    carry_out,
    chosen,
    day_of,
    label_of,
    number_of,
    own_place,
    show,
    today,
)

LISTED = 500


def _administered(who: Actor, query: str) -> list[Org]:
    rows = [
        one
        for path in choosing.of_admin(who, today()).paths
        for one in orgs.find_orgs(query, within=path, limit=LISTED)
    ]
    return list({o.pk: o for o in rows}.values())


@administrator
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What a first morning still needs; the tree of organisations once all of it stands."""
    steps = beginning.steps(actor_of(request))
    if not steps:
        return redirect("studio:orgs")
    return show(request, "studio/beginning.html", {"page": "home", "steps": steps})


@administrator
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The tree one administers; a new organisation."""
    who = actor_of(request)
    if request.method == "POST" and carry_out(
        request, lambda: _create_org(request, who), said=True
    ):
        # Sisters are entered one after the other.
        return redirect(f"{reverse('studio:orgs')}?{_beside(request)}#new")
    query = request.GET.get("q", "").strip()[:60]
    found = _administered(who, query)
    context = {
        "page": "orgs",
        "orgs": [(one, levels.called(one.level)) for one in found],
        "query": query,
        "cut": len(found) >= LISTED,
        "levels": levels.choices(),
        "parent_label": _parent(request, who),
        "may_name": bool(officers.places(who, officers.SYSTEM)),
    }
    return show(request, "studio/orgs.html", context)


def _beside(request: HttpRequest) -> str:
    return urlencode({"under": chosen(request, "parent", "org")})


def _parent(request: HttpRequest, who: Actor) -> str:
    """What the field for the organisation above begins with: the last one, else one's own."""
    scope = choosing.of_admin(who, today())
    asked = request.GET.get("under", "")
    if asked.isascii() and asked.isdigit() and scope.holds("org", int(asked[:17])):
        return choosing.chosen([asked])[0].label
    return label_of(own_place(who))


def _create_org(request: HttpRequest, who: Actor) -> None:
    parent = orgs.org(chosen(request, "parent", "org"))
    made = governing.create_org(
        request.POST.get("name", "")[:120],
        parent=parent,
        short=request.POST.get("short", "")[:40],
        code=request.POST.get("code", "")[:40],
        level=request.POST.get("level", "")[:20],
        at=now(),
        actor=who,
    )
    told = words.text("studio.org_made", name=made.name, parent=parent.name)
    messages.success(request, told, extra_tags="good")


@administrator
@require_GET
def choose(request: HttpRequest, kind: str) -> HttpResponse:
    """The organisations and people one administers, as one types."""
    return choosing.answer(request, choosing.of_admin(actor_of(request), today()), kind)


@administrator
@require_http_methods(["GET", "POST"])
def org(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation: its names, its place, who holds which role in it."""
    who = actor_of(request)
    row = orgs.org(pk)
    officers.require_any(who, row)
    if request.method == "POST" and carry_out(request, lambda: _change_org(request, row, who)):
        return redirect("studio:org", pk=pk)
    context = {
        "page": "orgs",
        "org": row,
        "successor": orgs.successor(row) if row.merged_into_id else None,
        "grants": roles.told(grants.grants_within(row.path, today())),
        "phrases": workbench.phrases_of(row),
        "offered": roles.offered(who),
        "ticked": request.POST.getlist("roles"),
        "levels": levels.choices(row.level),
        "today": today(),
    }
    return show(request, "studio/org.html", context)


@transaction.atomic
def _change_org(request: HttpRequest, row: Org, who: Actor) -> None:
    step = request.POST.get("do", "")
    at = now()
    if step == "save":
        governing.change_org(
            row.pk,
            at=at,
            actor=who,
            name=request.POST.get("name", "")[:120],
            short=request.POST.get("short", "")[:40],
            code=request.POST.get("code", "")[:40],
            level=request.POST.get("level", "")[:20],
            active=bool(request.POST.get("active")),
        )
    elif step == "move":
        target = orgs.org(chosen(request, "under", "org"))
        upkeep.move_org(row.pk, under=target.pk, at=at, actor=who)
    elif step == "grant":
        _give(request, row, who)
    elif step == "end":
        governing.end(number_of(request.POST.get("grant")), on=today(), at=at, actor=who)
    elif step == "phrase":
        workbench.add_phrase(
            row,
            request.POST.get("shortcut", ""),
            request.POST.get("body", ""),
            at=at,
            actor=who,
        )
    elif step == "drop":
        workbench.drop_phrase(row, number_of(request.POST.get("phrase")), at=at, actor=who)


@administrator
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts an organisation into another: first what would move, then the doing of it."""
    who = actor_of(request)
    row = orgs.org(pk)
    officers.require(who, officers.SYSTEM, row)
    context: dict[str, Any] = {"page": "orgs", "org": row}
    if request.method == "POST":
        try:
            target = orgs.org(chosen(request, "into", "org"))
            if request.POST.get("do") == "merge":
                upkeep.merge_orgs(pk, target.pk, at=now(), actor=who)
                told = words.text("studio.merged", name=row.name, into=target.name)
                messages.success(request, told, extra_tags="good")
                return redirect("studio:org", pk=target.pk)
            would = upkeep.would_merge(pk, target.pk, at=now(), actor=who)
            context |= {"into": target, "would": would}
            return render(request, "studio/merge.html", {"section": "studio", **context})
        except ProblemError as error:
            messages.error(request, errors.message(error), extra_tags="bad")
    return show(request, "studio/merge.html", context)


@transaction.atomic
def _give(request: HttpRequest, row: Org, who: Actor) -> None:
    person_id = chosen(request, "person", "person")
    at, start = now(), day_of(request, "start") or today()
    if request.POST.get("post"):
        governing.give_post(person_id, row.pk, start=start, at=at, actor=who)
    wanted = roles.taken(request)
    if not wanted and not request.POST.get("post"):
        raise InputError({"roles": ("input.required", {})})
    end = day_of(request, "end")
    enrolling.give_roles(person_id, wanted, row, start=start, end=end, at=at, actor=who)
