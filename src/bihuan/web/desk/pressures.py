"""Five backward pressures 五倒逼: what a leader must see in the morning, each line one click from its
matter and from a directive."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter, Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.rules.periods import Grain, Period
from bihuan.spec.schema import Kind
from bihuan.web import errors, words
from bihuan.web.actor import actor_of

LEADERS = {"leader", "supervisor"}
SHOWN = 10
# Units whose share is told, matters of each that are named, and among how many they are looked for.
UNITS, NAMED, READ = 5, 3, 200
LATE = Filter(phase="active", level="late", order="due")
RATINGS, PROMISES = "satisfaction_rate", "on_time_rate"


@dataclass(frozen=True)
class Unit:
    """One unit's share this month and last, and where its figure is explained."""

    name: str
    org: int
    programme: str
    figure: str
    value: float
    before: float | None
    matters: tuple[Matter, ...] = ()


def upstairs(kind: Kind) -> list[str]:
    """States that only somebody above can lead on from."""
    found = []
    for name, state in kind.states.items():
        moves = [
            {*action.by} - {"system", "sender"}
            for action in kind.actions.values()
            if name in kind.sources_of(action) and (action.to or any(t.to for t in action.turns))
        ]
        moves = [by for by in moves if by]
        if state.phase != "done" and moves and all(by <= LEADERS for by in moves):
            found.append(name)
    return found


def _oldest(who: Actor, filters: Iterator[Filter]) -> list[Matter]:
    rows = [row for one in filters for row in matters.matters(who, one, SHOWN).rows]
    return sorted(rows, key=lambda m: m.changed_at)[:SHOWN]


def _stuck() -> Iterator[Filter]:
    for programme in programmes.known():
        for kind_id, kind in programme.kinds.items():
            for state in upstairs(kind):
                yield Filter(
                    programme=programme.id, kind=kind_id, state=state, phase="active", order="due"
                )


def _found() -> Iterator[Filter]:
    for programme in programmes.known():
        for kind_id, kind in programme.kinds.items():
            if kind.orders:
                yield Filter(programme=programme.id, kind=kind_id, phase="active", order="due")


def _shares(who: Actor, name: str) -> Iterator[Unit]:
    """Every unit's share of a figure, in each programme that has it, this month and last."""
    period = Period.of(Grain.MONTH, timezone.localtime(now()).date())
    for one in insight.definitions():
        allowed = insight.scopes(who, one.programme)
        if one.id != name or not allowed or "org" not in one.spec.by:
            continue
        present = insight.figure(one, period, allowed[0], by=("org",)).rows
        earlier = insight.figure(one, period.before(), allowed[0], by=("org",)).rows
        before = {row.key["org"]: row.value for row in earlier}
        names = {
            o.pk: o.name for o in orgs.orgs_of([r.key["org"] for r in present if r.key["org"]])
        }
        for row in present:
            org = row.key["org"]
            if row.value is not None and org in names:
                yield Unit(names[org], org, one.programme.id, name, row.value, before.get(org))


def _with_matters(who: Actor, units: list[Unit]) -> list[Unit]:
    """Each unit with the newest matters that count against it: within the figure, not in its part."""
    period = Period.of(Grain.MONTH, timezone.localtime(now()).date())
    found = []
    for unit in units[:UNITS]:
        asked = insight.definition(unit.programme, unit.figure), period, orgs.org(unit.org)
        whole = insight.matters_behind(*asked, limit=READ)
        kept = set(insight.matters_behind(*asked, side="part", limit=READ))
        against = [pk for pk in reversed(whole) if pk not in kept]
        found.append(replace(unit, matters=tuple(matters.by_ids(who, against)[:NAMED])))
    return found


@login_required
@require_GET
def pressures(request: HttpRequest) -> HttpResponse:
    """The five lists. Matters come from the kernel's reading door, shares from insight alone."""
    who = actor_of(request)
    if not who.roles() & LEADERS:
        raise DeniedError("pressures")
    newest, problem = None, ""
    falling: list[Unit] = []
    broken: list[Unit] = []
    try:
        falling = [u for u in _shares(who, RATINGS) if u.before is not None and u.value < u.before]
        broken = [u for u in _shares(who, PROMISES) if u.value < 1]
        falling = _with_matters(who, sorted(falling, key=lambda u: u.value - (u.before or 0)))
        broken = _with_matters(who, sorted(broken, key=lambda u: u.value))
        newest = parse_datetime(insight.store().manifest().newest)
    except insight.InsightError as error:
        # The other lists need no facts: they are shown whatever is wrong with those.
        waits = error.key in ("insight.no_facts", "insight.old_format")
        problem = words.text("pressures.no_facts") if waits else errors.message(error)
    context = {
        "section": "pressures",
        "late": matters.matters(who, LATE, SHOWN).rows,
        "late_count": matters.count(who, LATE),
        "stuck": _oldest(who, _stuck()),
        "falling": falling,
        "broken": broken,
        "newest": newest,
        "problem": problem,
        "found": _oldest(who, _found()),
    }
    return render(request, "desk/pressures.html", context)
