"""Promised and kept 承诺与兑现: what each programme promises to the public, and how it was kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.api import Resolved
from bihuan.rules.periods import Period
from bihuan.spec.figures import FigureSpec
from bihuan.spec.schema import Kind, Programme

# From which share on a unit stands in a band. No rule orders bands: grade H, and the page says so.
# Within a band units stand in the order of the tree: a decimal more is no merit.
BANDS = (("kept", 0.95), ("mostly", 0.8), ("behind", 0.0))
REMEMBERED = 3600
MINUTE = 60


@dataclass(frozen=True)
class Limit:
    """What is promised for a category ('' for all), and by which rule."""

    category: str
    resolved: Resolved


@dataclass(frozen=True)
class Kept:
    """One promise with its figure. `limits` is empty where each service has its own; `bands` holds
    the units of each band by name, `few` those whose sample is too small to be told; `late` is how many
    are over their date and unanswered now, in no share yet."""

    programme: Programme
    kind: str
    definition: "insight.Definition"
    limits: Sequence[Limit]
    total: "insight.Value"
    bands: Sequence[tuple[str, Sequence[str]]]
    few: Sequence[str]
    late: int = 0


@dataclass(frozen=True)
class Report:
    """All promises of a place in a period; the facts reach up to `newest`."""

    org: Org
    period: Period
    rows: Sequence[Kept]
    newest: datetime | None


def places(at: datetime) -> list[Org]:
    """Where programmes that promise something to the public are in force, highest first."""
    promising = {programme.id for programme, *_ in _promises()}
    found = {
        force.org_id: force.org
        for force in programmes.all_in_force(timezone.localtime(at).date())
        if force.programme in promising
    }
    return sorted(found.values(), key=lambda org: org.path)


def _promises() -> Iterator[tuple[Programme, str, str]]:
    """(programme, kind, figure) of every promise to senders whose keeping is a declared figure."""
    for programme in programmes.known():
        for name, spec in programme.figures.items():
            kind = _kind_of(spec)
            if kind in programme.kinds and _is_public(programme.kinds[kind]):
                yield programme, kind, name


def _kind_of(spec: FigureSpec) -> str:
    """The kind whose promises a figure measures, or ''."""
    ended = spec.among.promise == "ended" and len(spec.among.kinds) == 1
    kept = spec.part is not None and spec.part.promise == "kept"
    return spec.among.kinds[0] if spec.measure == "share" and ended and kept else ""


def _is_public(kind: Kind) -> bool:
    return any("sender" in action.by for action in kind.actions.values())


def report(org: Org, period: Period, *, at: datetime) -> Report:
    """How the promises of an organisation's subtree were kept in a period.

    Raises InsightError while there are no facts."""
    manifest = insight.store().manifest()
    rows = []
    for programme, kind, name in _promises():
        found = insight.definition(programme.id, name)
        total, groups = answer(found, org, period)
        bands, few = _bands(groups)
        rows.append(
            Kept(
                programme,
                kind,
                found,
                _limits(programme, kind, org, at),
                total,
                bands,
                few,
                _late(found, org),
            )
        )
    newest = datetime.fromisoformat(manifest.newest) if manifest.newest else None
    return Report(org, period, rows, newest)


def answer(
    found: "insight.Definition", org: Org, period: Period
) -> tuple["insight.Value", Sequence["insight.Value"]]:
    """The total of a figure and its units', remembered as long as the facts stay: anybody asks."""
    version = found.programme.manifest.version
    horizon = insight.store().manifest().horizon
    marks = (found.programme.id, version, found.id, org.pk, period.text, horizon)
    key = "kept:" + ":".join(map(str, marks))
    known: tuple[insight.Value, Sequence[insight.Value]] | None = cache.get(key)
    if known is None:
        by = ("org",) if "org" in found.spec.by else ()
        result = insight.figure(found, period, org, by=by)
        known = (result.total, result.rows)
        cache.set(key, known, REMEMBERED)
    return known


def _late(found: "insight.Definition", org: Org) -> int:
    """Late and unanswered, counted anew each minute however many ask."""
    key = f"kept-late:{found.programme.id}:{found.id}:{org.pk}"
    known: int | None = cache.get(key)
    if known is None:
        known = insight.late_there(found, org)
        cache.set(key, known, MINUTE)
    return known


def _bands(
    groups: Sequence["insight.Value"],
) -> tuple[list[tuple[str, list[str]]], list[str]]:
    wanted = [group.key["org"] for group in groups if group.key.get("org") is not None]
    there = sorted(orgs.orgs_of(wanted), key=lambda org: org.path)
    values = {group.key.get("org"): group for group in groups}
    found: dict[str, list[str]] = {name: [] for name, _ in BANDS}
    few = []
    for org in there:
        share = values[org.pk].value
        if share is None:
            few.append(org.name)
        else:
            band = next(name for name, least in BANDS if share >= least)
            found[band].append(org.name)
    return list(found.items()), few


def _limits(programme: Programme, kind: str, org: Org, at: datetime) -> list[Limit]:
    """The limits in force today; none where the clock takes each service's own."""
    clock = next(c for c in programme.clocks.values() if (c.kind, c.role) == (kind, "promise"))
    if clock.from_input is not None or clock.setting is None:
        return []
    on = timezone.localtime(at).date()
    field = programme.kinds[kind].fields.get("category")
    found = []
    for category in field.choices if field else ("",):
        case = {"category": category, "channel": "web", "level": org.level}
        value = programmes.resolve(programme, clock.setting, org_path=org.path, on=on, case=case)
        found.append(Limit(category, value))
    same = {(one.resolved.value, one.resolved.clause) for one in found}
    return [Limit("", found[0].resolved)] if len(same) == 1 else found
