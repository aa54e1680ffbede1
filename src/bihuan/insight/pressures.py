"""Five backward pressures 五倒逼: what a leader must see in the morning. Matters come from the
kernel's reading door, shares from the catalogue of figures alone."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.insight.facts.store import store
from bihuan.insight.figures import results
from bihuan.insight.pressing import open_kinds, pressing
from bihuan.insight.problems import InsightError
from bihuan.insight.scopes import scopes
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter, Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.rules.periods import Grain, Period
from bihuan.spec.duties import doing
from bihuan.spec.schema import Kind, Programme

SHOWN = 10
# Units whose share is told, matters of each that are named, and among how many they are looked for.
UNITS, NAMED, READ = 5, 3, 200
LATE = Filter(phase="active", level="late", order="due")


@dataclass(frozen=True)
class Share:
    """One unit's share this month and last, the figure it is of, what its programme wants told beside it
    (of how many it speaks), and the newest matters that count against it."""

    name: str
    org: int
    programme: str
    figure: str
    value: float
    before: float | None
    spoke: float | None = None
    beside: results.Definition | None = None
    matters: tuple[Matter, ...] = ()


@dataclass(frozen=True)
class Pressures:
    """The five lists: `late` and how many there are in all, `stuck` upstairs, units whose ratings
    are `falling`, units whose promises are `broken`, and what inspections `found`. Shares are of
    facts up to `newest`; without facts that can be read the two lists are empty and `refused` says
    why. `withheld` are those of the two in which units are left out whose sample is too small to be told."""

    late: Sequence[Matter]
    late_count: int
    stuck: Sequence[Matter]
    falling: Sequence[Share]
    broken: Sequence[Share]
    found: Sequence[Matter]
    newest: datetime | None
    refused: InsightError | None
    withheld: Collection[str] = ()


def upstairs(programme: Programme, kind: Kind) -> list[str]:
    """States into which others than leaders bring it, and that only somebody above can lead on from."""
    leaders = doing(programme, *duties.LEADING)
    found = []
    for name, state in kind.states.items():
        moves = [
            {*action.by} - {"system", "sender"}
            for action in kind.actions.values()
            if name in kind.sources_of(action) and (action.to or any(t.to for t in action.turns))
        ]
        moves = [by for by in moves if by]
        stuck = state.phase != "done" and moves and all(by <= leaders for by in moves)
        if stuck and _brought(kind, name) - {"system"} - leaders:
            found.append(name)
    return found


def _brought(kind: Kind, state: str) -> set[str]:
    """Who brings a matter of a kind into a state."""
    into = (
        action.by
        for action in kind.actions.values()
        if state in {action.to, *(turn.to for turn in action.turns)}
    )
    first = kind.opened_by if state == kind.initial else ()
    return {*first, *(name for by in into for name in by)}


def _oldest(who: Actor, among: Iterator[tuple[str, str, str]], sight: Q) -> Sequence[Matter]:
    """Those of some programmes, kinds and states (empty: any) in which nothing has happened for longest."""
    wanted = Filter(among=tuple(among), phase="active", order="unchanged")
    return matters.matters(who, wanted, SHOWN, sight=sight).rows if wanted.among else ()


def _stuck() -> Iterator[tuple[str, str, str]]:
    for programme in programmes.known():
        for kind_id, kind in programme.kinds.items():
            for state in upstairs(programme, kind):
                yield programme.id, kind_id, state


def _found() -> Iterator[tuple[str, str, str]]:
    for programme in programmes.known():
        for kind_id in open_kinds(programme):
            yield programme.id, kind_id, ""


def _shares(who: Actor, when: str, period: Period, withheld: set[str]) -> Iterator[Share]:
    """Every unit's share of the figures that press when they are so, this month and last. Where one may not be
    told, `withheld` is told so: nobody may read silence as nothing to see."""
    for one in results.definitions():
        allowed = scopes(who, one.programme)
        if not allowed or one.id not in pressing(one.programme, when):
            continue
        told = results.figure(one, period, allowed[0], by=("org",))
        present = told.rows
        if told.withholds or any(row.reason == "few" for row in present):
            withheld.add(when)
        earlier = results.figure(one, period.before(), allowed[0], by=("org",)).rows
        before = {row.key["org"]: row.value for row in earlier}
        spoke: dict[int | None, float | None] = {}
        whole = None
        if one.spec.beside is not None:
            whole = results.definition(one.programme.id, one.spec.beside)
            rows = results.figure(whole, period, allowed[0], by=("org",)).rows
            spoke = {row.key["org"]: row.value for row in rows}
        names = {
            o.pk: o.name for o in orgs.orgs_of([r.key["org"] for r in present if r.key["org"]])
        }
        for row in present:
            org = row.key["org"]
            if row.value is not None and org in names:
                last = before.get(org)
                yield Share(
                    names[org],
                    org,
                    one.programme.id,
                    one.id,
                    row.value,
                    last,
                    spoke.get(org),
                    whole,
                )


def _with_matters(who: Actor, units: list[Share], period: Period) -> tuple[Share, ...]:
    """Each unit with the newest matters that count against it: within the figure, not in its part."""
    found = []
    for unit in units[:UNITS]:
        asked = results.definition(unit.programme, unit.figure), period, orgs.org(unit.org)
        whole = results.matters_behind(*asked, limit=READ)
        kept = set(results.matters_behind(*asked, side="part", limit=READ))
        against = [pk for pk in reversed(whole) if pk not in kept]
        found.append(replace(unit, matters=tuple(matters.by_ids(who, against)[:NAMED])))
    return tuple(found)


def pressures(who: Actor, at: datetime) -> Pressures:
    """What presses at an instant, within what a leader sees. Raises DeniedError for others."""
    if not duties.anywhere(who, *duties.LEADING):
        raise DeniedError("pressures")
    period = Period.of(Grain.MONTH, timezone.localtime(at).date())
    newest, refused = None, None
    falling: Sequence[Share] = ()
    broken: Sequence[Share] = ()
    withheld: set[str] = set()
    try:
        fell = [
            u
            for u in _shares(who, "falling", period, withheld)
            if u.before is not None and u.value < u.before
        ]
        broke = [u for u in _shares(who, "broken", period, withheld) if u.value < 1]
        fell.sort(key=lambda u: u.value - (u.before or 0))
        broke.sort(key=lambda u: u.value)
        falling, broken = _with_matters(who, fell, period), _with_matters(who, broke, period)
        newest = parse_datetime(store().manifest().newest)
    except InsightError as error:
        # The other lists need no facts: they are shown whatever is wrong with those.
        refused = error
    sight = matters.visible(who)
    return Pressures(
        late=matters.matters(who, LATE, SHOWN, sight=sight).rows,
        late_count=matters.counts(who, [LATE], sight=sight)[0],
        stuck=_oldest(who, _stuck(), sight),
        falling=falling,
        broken=broken,
        found=_oldest(who, _found(), sight),
        newest=newest,
        refused=refused,
        withheld=frozenset(withheld),
    )
