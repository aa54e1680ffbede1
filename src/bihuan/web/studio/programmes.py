"""Programmes in force, and their dated settings."""

from dataclasses import dataclass
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
from bihuan.kernel.programmes.api import InForce, ProgrammeError
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.spec import chart
from bihuan.spec.schema import Programme
from bihuan.web import days, errors, words
from bihuan.web.actor import actor_of
from bihuan.web.studio import settings, whom
from bihuan.web.studio.door import (
    administers,
    carry_out,
    chosen,
    concerns,
    day_of,
    label_of,
    number_of,
    own_place,
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
    if request.method == "POST" and carry_out(request, lambda: _do(request, who), said=True):
        return redirect("studio:programmes")
    listed = {**_listed(who), **_sought(request.GET.get("q", "").strip()[:60], who)}
    wanted = request.GET.get("programme", "")
    chosen_one = next((r.pk for _, r in listed["newest"] if r.programme == wanted), None)
    begun = {"wanted": chosen_one, "place_label": label_of(own_place(who))}
    return show(request, "studio/programmes.html", {**listed, **begun})


@dataclass(frozen=True)
class Standing:
    """One programme in force in words: its period, roles that nobody has, what needs it there, and whom
    to ask where it is not the reader's to end."""

    title: str
    force: InForce
    period: str
    vacant: str
    leaning: str
    set_by: str


def _held(one: InForce, titles: dict[str, str], who: Actor) -> Standing:
    spec = programmes.spec_of(one.release_id)
    empty = coming.vacant(spec, one.org, max(one.start, today()))
    return Standing(
        words.of(spec, "title"),
        one,
        _period(one.start, one.end),
        words.listed(words.of(spec, f"roles.{role}") for role in empty),
        words.listed(titles.get(name, name) for name in coming.leaning(one, today())),
        "" if administers(who, one.org) else whom.sets_at(one.org),
    )


def _period(start: date, end: date | None) -> str:
    """From when on, and from when on no more."""
    begins = days.spoken(start, today(), relative=start >= today())
    key = "begun" if start <= today() else "begins"
    if end is None:
        return words.text(f"studio.period_{key}", start=begins)
    return words.text(f"studio.period_{key}_ends", start=begins, end=days.spoken(end, today()))


def _listed(who: Actor) -> dict[str, Any]:
    rows = programmes.all_in_force(today(), later=True)
    titles = {one.id: words.of(one, "title") for one in programmes.known()}
    named = [_held(one, titles, who) for one in rows if concerns(who, one.org)]
    releases = programmes.releases()
    newest = {one.programme: one for one in reversed(releases)}
    older = [(titles[one.programme], one) for one in releases if newest[one.programme] is not one]
    return {
        "page": "programmes",
        "rows": sorted(named, key=lambda row: (row.title, row.force.org.path, row.force.start)),
        "newest": sorted(((titles[n], r) for n, r in newest.items()), key=lambda row: row[0]),
        "older": sorted(older, key=lambda row: (row[0], -row[1].pk)),
        "today": today(),
    }


def _sought(query: str, who: Actor) -> dict[str, Any]:
    """The settings of all programmes in which something that somebody looks for stands."""
    found = [
        (spec.id, words.of(spec, "title"), one)
        for spec in (programmes.known() if query else ())
        for one in settings.told(spec, who, query)
    ]
    return {"query": query, "sought": found}


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
            _opened(one.programme),
        )
        for one in found
    ]
    instead = _instead(found[-1].release.programme, place, start)
    return {
        "itself": told[-1],
        "along": told[:-1],
        "place": place,
        "release": release,
        "start": start,
        "spoken": days.spoken(start, today()),
        "is_past": start < today(),
        "instead": instead,
    }


def _opened(spec: Programme) -> list[str]:
    """What a programme lets people do anew, by whom: the kinds that each face opens."""
    found: dict[str, list[str]] = {}
    for kind_id in spec.kinds:
        doors = spec.doors(kind_id)
        for face in ("portal", "member", "desk"):
            if getattr(doors, face):
                found.setdefault(face, []).append(words.of(spec, f"kinds.{kind_id}"))
    return [
        words.text(f"studio.opened.{face}", kinds=words.listed(kinds))
        for face, kinds in found.items()
    ]


def _instead(programme: str, place: Org, start: date) -> str:
    """The release that holds there on that day and would be followed; '' where none does."""
    try:
        held = programmes.in_force(programme, place.path, start)
    except ProgrammeError:
        return ""
    return words.text("studio.instead", version=held.release.tag, place=held.org.name)


def _begun(release: int, place: Org, start: date, begun: list[InForce]) -> list[str]:
    titles = words.listed(words.of(programmes.spec_of(one.release_id), "title") for one in begun)
    day = days.spoken(start, today())
    told = [words.text("studio.began", names=titles, place=place.name, day=day)]
    spec = programmes.spec_of(release)
    empty = coming.vacant(spec, place, start)
    if empty:
        roles = words.listed(words.of(spec, f"roles.{role}") for role in empty)
        told.append(words.text("studio.began_vacant", roles=roles))
    return told


def _do(request: HttpRequest, who: Actor) -> None:
    if "end" in request.POST:
        on = day_of(request, "on") or today()
        row = programmes.end_in_force(
            number_of(request.POST.get("end")), on=on, at=now(), actor=who
        )
        title = words.of(programmes.spec_of(row.release_id), "title")
        day = days.spoken(on, today())
        told = [words.text("studio.force_ended", name=title, place=row.org.name, day=day)]
    else:
        release, place, start = _wanted(request)
        replacing = "replacing" in request.POST
        begun = coming.put_in_force(
            release, place, start=start, at=now(), actor=who, replacing=replacing
        )
        told = _begun(release, place, start, begun)
    for line in told:
        messages.success(request, line, extra_tags="good")


@system_administrator
@require_GET
def one(request: HttpRequest, programme: str) -> HttpResponse:
    """One programme: its kinds and actions, and every setting with value, clause and grade."""
    spec, query = known(programme), request.GET.get("q", "").strip()[:60]
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
        "query": query,
        "settings": settings.told(spec, actor_of(request), query),
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
