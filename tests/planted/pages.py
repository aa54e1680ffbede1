"""A page of all that are counted, a sheet to print of one, and a place in the menu."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.web import faces
from bihuan.web.actor import actor_of
from bihuan.web.navigation import Room
from planted.block import NOTCH
from planted.parts import shown


def counted(who):
    kinds = [(one.id, kind) for one in programmes.known() for kind, _ in NOTCH.kinds(one)]
    wanted = [matters.Filter(programme=programme, kind=kind) for programme, kind in kinds]
    return [row for one in wanted for row in matters.matters(who, one).rows]


@login_required
def index(request):
    rows = [(row, shown(row, None, now())) for row in counted(actor_of(request))]
    return render(request, "planted/index.html", {"section": "planted", "rows": rows})


@login_required
def sheet(request, pk):
    who = actor_of(request)
    found = matters.matter(who, pk)
    context = {"section": "planted", "matter": found, "part": shown(found, who, now())}
    return render(request, "planted/sheet.html", context)


def place():
    faces.placed("matters", Room("planted", "planted:index", "notch.title"), may_look)


def may_look(who):
    return bool(who.roles())
