"""Organisations, people, posts and grants."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import AccessError, Actor, require_admin
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, OrgError
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.web import choosing, errors, words
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import administrator, carry_out, chosen, day_of, number_of, show, today

LISTED = 500


def _roles() -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for programme in programmes.known():
        for role in programme.manifest.roles:
            found.setdefault(role.id, words.of(programme, f"roles.{role.id}"))
    found[grants.ADMIN] = words.text("studio.role_admin")
    return list(found.items())


def _administered(who: Actor, query: str) -> list[Org]:
    rows = [
        one
        for path in who.paths(grants.ADMIN)
        for one in orgs.find_orgs(query, within=path, limit=LISTED)
    ]
    return list({o.pk: o for o in rows}.values())


@administrator
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The tree one administers; a new organisation."""
    who = actor_of(request)
    if request.method == "POST" and carry_out(request, lambda: _create_org(request, who)):
        return redirect("studio:home")
    query = request.GET.get("q", "").strip()[:60]
    found = _administered(who, query)
    context = {"page": "orgs", "orgs": found, "query": query, "cut": len(found) >= LISTED}
    return show(request, "studio/orgs.html", context)


def _create_org(request: HttpRequest, who: Actor) -> None:
    parent = orgs.org(chosen(request, "parent", "org"))
    require_admin(who, parent)
    orgs.create_org(
        request.POST.get("name", "")[:120],
        parent=parent,
        short=request.POST.get("short", "")[:40],
        code=request.POST.get("code", "")[:40],
        level=request.POST.get("level", "")[:20],
        at=now(),
        actor=who.ref,
    )


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
    require_admin(who, row)
    if request.method == "POST" and carry_out(request, lambda: _change_org(request, row, who)):
        return redirect("studio:org", pk=pk)
    context = {
        "page": "orgs",
        "org": row,
        "successor": orgs.successor(row) if row.merged_into_id else None,
        "grants": grants.grants_within(row.path, today()),
        "phrases": matters.phrases_of(row),
        "roles": _roles(),
        "today": today(),
    }
    return show(request, "studio/org.html", context)


@transaction.atomic
def _change_org(request: HttpRequest, row: Org, who: Actor) -> None:
    step = request.POST.get("do", "")
    at = now()
    if step == "save":
        orgs.change_org(
            row.pk,
            at=at,
            actor=who.ref,
            name=request.POST.get("name", "")[:120],
            short=request.POST.get("short", "")[:40],
            code=request.POST.get("code", "")[:40],
            level=request.POST.get("level", "")[:20],
            active=bool(request.POST.get("active")),
        )
    elif step == "move":
        target = orgs.org(chosen(request, "under", "org"))
        require_admin(who, target)
        moved = orgs.move_org(row.pk, under=target.pk, at=at, actor=who.ref)
        matters.follow_moves(moved, at=at, actor=who.ref)
    elif step == "grant":
        _give(request, row, who)
    elif step == "end":
        held = grants.grants_within(row.path, today())
        pk = number_of(request.POST.get("grant"))
        if pk in {g.pk for g in held}:
            grants.end(pk, on=today(), at=at, actor=who.ref)
    elif step == "phrase":
        matters.add_phrase(
            row,
            request.POST.get("shortcut", ""),
            request.POST.get("body", ""),
            at=at,
            actor=who.ref,
        )
    elif step == "drop":
        matters.drop_phrase(row, number_of(request.POST.get("phrase")), at=at, actor=who.ref)


@administrator
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts an organisation into another: first what would move, then the doing of it."""
    who = actor_of(request)
    row = orgs.org(pk)
    require_admin(who, row)
    context: dict[str, Any] = {"page": "orgs", "org": row}
    if request.method == "POST":
        try:
            target = orgs.org(chosen(request, "into", "org"))
            require_admin(who, target)
            if request.POST.get("do") == "merge":
                matters.merge_orgs(pk, target.pk, at=now(), actor=who.ref)
                told = words.text("studio.merged", name=row.name, into=target.name)
                messages.success(request, told, extra_tags="good")
                return redirect("studio:org", pk=target.pk)
            context |= {"into": target, "would": matters.would_merge(pk, target.pk, at=now())}
            return render(request, "studio/merge.html", {"section": "studio", **context})
        except errors.KEYED as error:
            messages.error(request, errors.message(error), extra_tags="bad")
    return show(request, "studio/merge.html", context)


def _start(request: HttpRequest) -> date:
    return day_of(request, "start") or today()


def _give(request: HttpRequest, row: Org, who: Actor) -> None:
    role = request.POST.get("role", "")
    if role not in dict(_roles()):
        raise AccessError("access.unknown_scope", scopes=role)
    person_id = chosen(request, "person", "person")
    at = now()
    if request.POST.get("post"):
        orgs.give_post(person_id, row.pk, start=_start(request), at=at, actor=who.ref)
    grants.give(
        person_id,
        role,
        row.pk,
        start=_start(request),
        end=day_of(request, "end"),
        at=at,
        actor=who.ref,
        programme=request.POST.get("programme", "")[:40],
    )


@administrator
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Accounts, and a new one with its post."""
    who = actor_of(request)
    if request.method == "POST" and carry_out(request, lambda: _create_person(request, who)):
        return redirect("studio:people")
    query = request.GET.get("q", "")[:60]
    rows = list(orgs.find_people(query, limit=LISTED))
    places = orgs.places_of([p.pk for p in rows], today())
    context: dict[str, Any] = {
        "page": "people",
        "rows": [(p, places.get(p.pk, "")) for p in rows],
        "query": query,
        "cut": len(rows) >= LISTED,
    }
    return show(request, "studio/people.html", context)


@transaction.atomic
def _create_person(request: HttpRequest, who: Actor) -> None:
    place = orgs.org(chosen(request, "org", "org"))
    require_admin(who, place)
    at = now()
    fresh = orgs.create_person(
        request.POST.get("username", "")[:60],
        request.POST.get("name", "")[:60],
        password=request.POST.get("password") or None,
        email=request.POST.get("email", "")[:120],
        must_change=True,
        at=at,
        actor=who.ref,
    )
    orgs.give_post(fresh.pk, place.pk, start=today(), at=at, actor=who.ref)


@administrator
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: names, password, whether it may log in."""
    who = actor_of(request)
    row = orgs.person(pk)
    if request.method == "POST" and carry_out(request, lambda: _change_person(request, pk, who)):
        return redirect("studio:person", pk=pk)
    return show(request, "studio/person.html", {"page": "people", "person": row})


@transaction.atomic
def _change_person(request: HttpRequest, pk: int, who: Actor) -> None:
    at = now()
    if request.POST.get("password"):
        orgs.set_password(
            pk, request.POST["password"], at=at, actor=who.ref, must_change=pk != who.person_id
        )
    active = bool(request.POST.get("is_active"))
    if pk == who.person_id and not active:
        raise OrgError("orgs.not_yourself")
    orgs.change_person(
        pk,
        at=at,
        actor=who.ref,
        name=request.POST.get("name", "")[:60],
        email=request.POST.get("email", "")[:120],
        is_active=active,
    )
