"""The types that organisations may have: in their order, named, added, retired."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import governing, officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import org_types
from bihuan.lib.clock import now
from bihuan.web import words
from bihuan.web.actor import actor_of
from bihuan.web.studio import levels, whom
from bihuan.web.studio.door import administrator, carry_out, show


@dataclass(frozen=True)
class Row:
    """A type as the page shows it, with how many organisations have it."""

    code: str
    name: str
    name_en: str
    shown: str
    active: bool
    uses: int


@administrator
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The dictionary of types; who is over the whole house changes it."""
    who = actor_of(request)
    if request.method == "POST" and carry_out(request, lambda: _do(request, who)):
        step, code = request.POST.get("do", ""), request.POST.get("code", "")
        place = "#new" if step == "add" else f"#type-{code}"
        return redirect(f"{reverse('studio:org_types')}{place}")
    uses = org_types.uses()
    rows = [
        Row(
            one.code,
            one.name,
            one.name_en,
            levels.called(one.code),
            one.active,
            uses.get(one.code, 0),
        )
        for one in org_types.every()
    ]
    mine = officers.is_over_house(who, officers.SYSTEM)
    context = {
        "page": "orgs",
        "rows": rows,
        "may_name": mine,
        "set_by": "" if mine else whom.sets_house(),
        "english": words.locale() == "en",
    }
    return show(request, "studio/org_types.html", context)


def _do(request: HttpRequest, who: Actor) -> None:
    step, code = request.POST.get("do", ""), request.POST.get("code", "").strip()[:40]
    said = {name: request.POST.get(name, "")[:120] for name in org_types.NAMES}
    if step == "add":
        governing.add_type(said["name"], name_en=said["name_en"], code=code, at=now(), actor=who)
        return
    places = {one.code: place for place, one in enumerate(org_types.every(), 1)}
    if code not in places:
        raise LookupError(code)
    steps: dict[str, dict[str, object]] = {
        "save": {**said},
        "retire": {"active": False},
        "offer": {"active": True},
        "up": {"order": places[code] - 1},
        "down": {"order": places[code] + 1},
    }
    governing.change_type(code, at=now(), actor=who, **steps.get(step, {}))
