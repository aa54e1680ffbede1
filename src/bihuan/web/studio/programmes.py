"""Programmes in force, and their dated settings."""

from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import coming
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.spec import chart
from bihuan.spec.schema import Programme
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.studio import whom
from bihuan.web.studio.door import (
    administers,
    carry_out,
    chosen,
    concerns,
    day_of,
    number_of,
    show,
    system_administrator,
    today,
)
from bihuan.web.studio.local import known


@system_administrator
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What is or will be in force where; another release or place; the end of one."""
    who = actor_of(request)
    ahead: dict[str, Any] = {}
    if request.method == "POST" and request.POST.get("do") == "look":
        try:
            ahead = _look(request)
        except ProblemError as error:
            messages.error(request, errors.message(error), extra_tags="bad")
            return show(request, "studio/programmes.html", _listed(who))
        whole = {"section": "studio", "given": request.POST, **_listed(who), **ahead}
        return render(request, "studio/programmes.html", whole)
    if request.method == "POST" and carry_out(request, lambda: _do(request, who)):
        return redirect("studio:programmes")
    return show(request, "studio/programmes.html", _listed(who))


def _listed(who: Actor) -> dict[str, Any]:
    rows = programmes.all_in_force(today(), later=True)
    named = [
        (
            words.of(programmes.spec_of(one.release_id), "title"),
            one,
            "" if administers(who, one.org) else whom.sets_at(one.org),
        )
        for one in rows
        if concerns(who, one.org)
    ]
    titles = {one.id: words.of(one, "title") for one in programmes.known()}
    releases = programmes.releases()
    newest = {one.programme: one for one in reversed(releases)}
    older = [(titles[one.programme], one) for one in releases if newest[one.programme] is not one]
    return {
        "page": "programmes",
        "rows": sorted(named, key=lambda row: (row[0], row[1].programme)),
        "newest": sorted(((titles[n], r) for n, r in newest.items()), key=lambda row: row[0]),
        "older": sorted(older, key=lambda row: (row[0], -row[1].pk)),
        "today": today(),
    }


def _wanted(request: HttpRequest) -> tuple[int, Org, date]:
    place = orgs.org(chosen(request, "org", "org"))
    release = programmes.release_row(number_of(request.POST.get("release")))
    return release.pk, place, day_of(request, "start") or today()


def _look(request: HttpRequest) -> dict[str, Any]:
    release, place, start = _wanted(request)
    found = coming.coming(release, place, start)
    told = [
        (
            words.of(one.programme, "title"),
            words.of(one.programme, "summary"),
            one.release.tag,
            words.listed(words.of(one.programme, f"roles.{role}") for role in one.vacant),
        )
        for one in found
    ]
    return {
        "itself": told[-1],
        "along": told[:-1],
        "place": place,
        "release": release,
        "start": start,
    }


def _do(request: HttpRequest, who: Actor) -> None:
    if "end" in request.POST:
        on = day_of(request, "on") or today()
        row = number_of(request.POST.get("end"))
        programmes.end_in_force(row, on=on, at=now(), actor=who)
    else:
        release, place, start = _wanted(request)
        replacing = "replacing" in request.POST
        coming.put_in_force(release, place, start=start, at=now(), actor=who, replacing=replacing)


@system_administrator
@require_GET
def one(request: HttpRequest, programme: str) -> HttpResponse:
    """One programme: its kinds and actions, and every setting with value, clause and grade."""
    spec = known(programme)
    context = {
        "section": "studio",
        "page": "programmes",
        "programme": spec,
        "title": words.of(spec, "title"),
        "summary": words.of(spec, "summary"),
        "kinds": [
            (words.of(spec, f"kinds.{kind_id}"), _chart(spec, kind_id), _actions(spec, kind_id))
            for kind_id in spec.kinds
        ],
        "settings": [
            (
                name,
                words.of(spec, f"settings.{name}"),
                words.of(spec, f"why.{name}") if one.why else "",
                one,
            )
            for name, one in spec.settings.items()
        ],
    }
    return render(request, "studio/programme.html", context)


def _chart(spec: Programme, kind_id: str) -> SafeString:
    name = words.of(spec, f"kinds.{kind_id}")
    drawn = chart.svg(
        spec,
        kind_id,
        title=words.text("studio.chart", kind=name),
        desc=words.text("studio.chart_desc"),
        words=partial(words.of, spec),
    )
    return SafeString(drawn)


def _actions(spec: Programme, kind_id: str) -> list[tuple[str, str, str, str]]:
    kind = spec.kinds[kind_id]
    return [
        (
            words.of(spec, f"actions.{kind_id}.{action_id}"),
            words.listed(words.of(spec, f"states.{kind_id}.{s}") for s in kind.sources_of(action)),
            words.of(spec, f"states.{kind_id}.{action.to}") if action.to else "",
            words.listed(_role(spec, name) for name in action.by),
        )
        for action_id, action in kind.actions.items()
    ]


def _role(spec: Programme, name: str) -> str:
    if spec.role(name) is not None:
        return words.of(spec, f"roles.{name}")
    return words.text(f"studio.actor.{name}")
