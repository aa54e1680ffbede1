"""Programmes in force, their dated settings, and the working calendar."""

import tomllib
from functools import partial

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access import governing
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.calendars import CalendarError
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.spec import chart
from bihuan.spec.schema import Programme
from bihuan.web import words
from bihuan.web.actor import actor_of
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
    if request.method == "POST" and carry_out(request, lambda: _do(request, who)):
        return redirect("studio:programmes")
    rows = programmes.all_in_force(today(), later=True)
    named = [
        (words.of(programmes.spec_of(one.release_id), "title"), one, administers(who, one.org))
        for one in rows
        if concerns(who, one.org)
    ]
    releases = programmes.releases()
    titles = {one.programme: words.of(known(one.programme), "title") for one in releases}
    context = {
        "page": "programmes",
        "rows": sorted(named, key=lambda row: (row[0], row[1].programme)),
        "releases": sorted(
            ((titles[one.programme], one) for one in releases),
            key=lambda row: (row[0], row[1].programme),
        ),
        "today": today(),
    }
    return show(request, "studio/programmes.html", context)


def _do(request: HttpRequest, who: Actor) -> None:
    if "end" in request.POST:
        on = day_of(request, "on") or today()
        row = number_of(request.POST.get("end"))
        programmes.end_in_force(row, on=on, at=now(), actor=who)
    else:
        _put_in_force(request, who)


def _put_in_force(request: HttpRequest, who: Actor) -> None:
    place = orgs.org(chosen(request, "org", "org"))
    release = programmes.release_row(number_of(request.POST.get("release")))
    start = day_of(request, "start") or today()
    replacing = "replacing" in request.POST
    programmes.put_in_force(
        release.pk, place, start=start, at=now(), actor=who, replacing=replacing
    )


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
            "、".join(words.of(spec, f"states.{kind_id}.{s}") for s in kind.sources_of(action)),
            words.of(spec, f"states.{kind_id}.{action.to}") if action.to else "",
            "、".join(_role(spec, name) for name in action.by),
        )
        for action_id, action in kind.actions.items()
    ]


def _role(spec: Programme, name: str) -> str:
    if spec.role(name) is not None:
        return words.of(spec, f"roles.{name}")
    return words.text(f"studio.actor.{name}")


@system_administrator
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The country's working days, year by year; a newly announced year re-dates open matters."""
    who = actor_of(request)
    row = orgs.calendars.default()
    if request.method == "POST" and carry_out(request, lambda: _set_year(request, who)):
        return redirect("studio:calendar")
    context = {"page": "calendar", "calendar": row, "years": orgs.calendars.years(row.pk)}
    return show(request, "studio/calendar.html", context)


def _set_year(request: HttpRequest, who: Actor) -> None:
    try:
        raw = tomllib.loads(request.POST.get("days", "")[:50_000])
        raw["year"] = int(str(raw.get("year", "")))
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise CalendarError("calendar.bad_date", text=str(error)[:200]) from error
    row = orgs.calendars.default()
    at = now()
    with transaction.atomic():
        governing.set_year(row, raw, at=at, actor=who)
    matters.recalculate(row.pk, at)
