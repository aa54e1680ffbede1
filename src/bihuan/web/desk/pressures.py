"""Five backward pressures 五倒逼: what a leader must see in the morning, each line one click from its
matter and from a directive."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import Actor
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.desk.attach import attachables

# How many of each list stand in the cockpit.
EACH = 2


@dataclass(frozen=True)
class Decision:
    """One thing to decide: why, which colour that has; a matter and since when, or a unit's share."""

    why: str
    colour: str
    matter: Matter | None = None
    since: datetime | None = None
    share: "insight.Share | None" = None


def _may_lead_on(who: Actor, found: Matter) -> bool:
    """Whether somebody may take a step that leads a matter on from where it stands."""
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    return any(
        found.state in kind.sources_of(action) and matters.may_act(who, found, action, programme)
        for action in kind.actions.values()
        if action.to or any(turn.to for turn in action.turns)
    )


def _decisions(shown: "insight.Pressures", who: Actor) -> list[Decision]:
    """The first lines of the five lists; a matter that stands in two of them, once. What waits for
    somebody above waits for whoever may lead it on."""
    late = [Decision("late", "late", one, one.due_at) for one in shown.late]
    waits = [one for one in shown.stuck if _may_lead_on(who, one)]
    stuck = [Decision("stuck", "urgent", one, one.changed_at) for one in waits]
    found = [Decision("found", "near", one, one.changed_at) for one in shown.found]
    seen: set[int] = set()
    made: list[Decision] = []
    for rows in (stuck, late, found):
        fresh = [one for one in rows if one.matter is not None and one.matter.pk not in seen][:EACH]
        seen |= {one.matter.pk for one in fresh if one.matter is not None}
        made += fresh
    made += [Decision("broken", "late", share=one) for one in shown.broken[:EACH]]
    return made + [Decision("falling", "urgent", share=one) for one in shown.falling[:EACH]]


@login_required
@require_GET
def pressures(request: HttpRequest) -> HttpResponse:
    """The five lists, and why two of them may be empty."""
    who = actor_of(request)
    shown = insight.pressures(who, now())
    problem = ""
    if shown.refused is not None:
        waits = shown.refused.key in ("insight.no_facts", "insight.old_format")
        problem = words.text("pressures.no_facts") if waits else errors.message(shown.refused)
    rows = [*shown.late, *shown.stuck, *shown.found]
    rows += [one for share in (*shown.falling, *shown.broken) for one in share.matters]
    homes = {path for path in {one.home_path for one in rows} if attachables(who, path)}
    context = {
        "decisions": _decisions(shown, who),
        "section": "pressures",
        "now": now(),
        "shown": shown,
        "withheld": {name: name in shown.withheld for name in ("falling", "broken")},
        "problem": problem,
        "direct": {one.pk for one in rows if one.home_path in homes},
    }
    # The cockpit takes the first lines of every list into its own page.
    part = "#first" if "first" in request.GET else ""
    return render(request, f"desk/pressures.html{part}", context)
