"""The catalogue of programmes: what is in force here, what could be, what will come."""

from dataclasses import dataclass, replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import tree
from bihuan.kernel.matters import membership
from bihuan.kernel.openings.api import openings
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.catalogue import DEFAULT
from bihuan.lib.clock import now
from bihuan.spec.schema import Programme
from bihuan.web import burden, words
from bihuan.web.actor import actor_of

LATER = "catalogue.later."


@dataclass(frozen=True)
class Entry:
    """One programme in words: what it is, who does something in it, what it stands on, what it asks of
    whom in a month."""

    id: str
    title: str
    summary: str
    roles: str
    needs: str
    asks: str
    mine: str = ""
    opens: bool = False


def _here(one: Programme, titles: dict[str, str], who: Actor, opened: set[str]) -> Entry:
    """One that is in force, with what its reader does in it."""
    mine = (role.id for role in one.manifest.roles if who.paths(role.id, one.id))
    told = words.listed(words.of(one, f"roles.{name}") for name in mine)
    return replace(_entry(one, titles), mine=told, opens=one.id in opened)


def _entry(one: Programme, titles: dict[str, str]) -> Entry:
    roles = words.listed(words.of(one, f"roles.{role.id}") for role in one.manifest.roles)
    needs = words.listed(titles.get(name, name) for name in one.manifest.needs)
    return Entry(
        one.id, titles[one.id], words.of(one, "summary"), roles, needs, burden.in_a_line(one)
    )


def _in_force(who: Actor) -> set[str]:
    day, mine = timezone.localtime(now()).date(), membership.places(who)
    forces = programmes.all_in_force(day)
    return {
        f.programme
        for f in forces
        for at in mine
        if tree.covers(f.org.path, at) or tree.covers(at, f.org.path)
    }


def _later(known: set[str]) -> list[tuple[str, str]]:
    """(name, what it asks) of the methods that are no programmes yet."""
    found = words.house().words[DEFAULT]
    names = dict.fromkeys(
        k.removeprefix(LATER).partition(".")[0] for k in found if k.startswith(LATER)
    )
    return [
        (words.text(f"{LATER}{name}.name"), words.text(f"{LATER}{name}.asks"))
        for name in names
        if name not in known
    ]


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All there is to work by, for whoever wonders where their method is."""
    known = programmes.known()
    who = actor_of(request)
    here = _in_force(who)
    opened = {one.programme.id for one in openings(who, timezone.localtime(now()).date())}
    titles = {one.id: words.of(one, "title") for one in known}
    context = {
        "section": "catalogue",
        "here_now": sorted(
            (_here(one, titles, who, opened) for one in known if one.id in here),
            key=lambda one: not one.mine,
        ),
        "waiting": [_entry(one, titles) for one in known if one.id not in here],
        "later": _later(set(titles)),
    }
    return render(request, "desk/catalogue.html", context)
