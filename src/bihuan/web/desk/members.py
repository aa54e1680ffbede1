"""The list of members 名册: who belongs where, and a page of each membership where it is kept."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.people import api as people
from bihuan.kernel.people.api import Free, Sort, Wanted
from bihuan.kernel.values import api as values
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError
from bihuan.web import choosing, paging, tables, words
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import carry_out, day_of, number_of

# Somebody may have joined long before there was a house to know of it.
SINCE = range(1921, 2200)


def _today() -> date:
    return timezone.localtime(now()).date()


@dataclass(frozen=True)
class Way:
    """A membership in words: its name, its statuses and the reasons for an exemption."""

    full: str
    label: str
    statuses: list[tuple[str, str]]
    open_statuses: list[tuple[str, str]]
    reasons: list[tuple[str, str]]
    term: bool


def _way(sort: Sort) -> Way:
    def told(key: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(n, words.of(sort.programme, f"{key}.{sort.name}.{n}")) for n in names]

    spec = sort.spec
    return Way(
        sort.full,
        words.of(sort.programme, f"memberships.{sort.name}"),
        told("statuses", spec.statuses),
        told("statuses", tuple(s for s in spec.statuses if s not in spec.by_matter)),
        told("exempt", spec.exempt),
        spec.term,
    )


def ways(who: Actor) -> dict[str, Way]:
    """The memberships whose lists somebody is shown, in words."""
    return {full: _way(sort) for full, (sort, _) in people.roots(who).items()}


def _keeping(who: Actor) -> dict[str, Way]:
    """The memberships of which somebody keeps a list somewhere."""
    found = {}
    for full, (sort, paths) in people.roots(who).items():
        kept = [path for path in paths if people.keeps(who, sort, path)]
        if kept:
            way = _way(sort)
            # What only a matter leads into is offered to whom it is not refused.
            by_matter = {one for path in kept for one in people.kept_by_matter(who, sort, path)}
            offered = [one for one in way.statuses if one[0] not in by_matter]
            found[full] = replace(way, open_statuses=offered)
    return found


def _scope(who: Actor) -> choosing.Scope:
    """Where somebody keeps or reads a list."""
    paths = {path for _, where in people.roots(who).values() for path in where}
    return choosing.Scope(tuple(sorted(paths)), _today())


@login_required
@require_GET
def choose(request: HttpRequest, kind: str) -> HttpResponse:
    """Organisations of one's lists as one types; for a person everybody below the same roots."""
    who = actor_of(request)
    scope = choosing.of_staff(who, _today()) if kind == "person" else _scope(who)
    return choosing.answer(request, scope, kind)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Members of the organisations whose lists one keeps or reads; posted, somebody begins to belong."""
    who, today = actor_of(request), _today()
    by_kind = ways(who)
    status = 200
    if request.method == "POST":
        if carry_out(request, lambda: _begin(request, who)):
            return redirect("desk:members")
        status = 422
    wanted, place = _wanted(request, who)
    page = paging.number(request)
    found = people.listed(who, wanted, today, skip=(page - 1) * people.PAGE)
    last = max(1, -(-found.count // people.PAGE))
    context: dict[str, Any] = {
        "section": "members",
        "rows": [
            (row, free, told(by_kind.get(row.kind), row.status, free)) for row, free in found.rows
        ],
        "count": found.count,
        "ways": list(by_kind.values()),
        "keeping": list(_keeping(who).values()),
        "wanted": wanted,
        "place": place,
        "narrowed": wanted != Wanted(),
        "page": page,
        "before": page - 1 if page > 1 else 0,
        "after": page + 1 if page < last else 0,
        "query": _query(request),
        "own": _own(who, today),
        "org": request.POST.get("org-text", "") or _only(who),
        "today": today,
        "given": request.POST,
    }
    return render(request, "desk/members.html", context, status=status)


def _only(who: Actor) -> str:
    """The organisation whose list one keeps, as its field shows it, where there is no other."""
    paths = {path for _, where in people.roots(who).values() for path in where}
    found = orgs.orgs_at(paths) if len(paths) == 1 else []
    return choosing.chosen([str(found[0].pk)])[0].label if found else ""


def _query(request: HttpRequest) -> str:
    """What the list is narrowed to, for links to its other pages."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


def _own(who: Actor, on: date) -> list[tuple[Any, str]]:
    """Where one belongs oneself, in words."""
    found = []
    for row in people.own(who.person_id or 0, on):
        sort = people.sort_of(row.kind)
        way = _way(sort) if sort is not None else None
        found.append((row, told(way, row.status, None)["status"]))
    return found


def told(way: Way | None, status: str, free: Free | None) -> dict[str, str]:
    """A status and an exemption in words; what no programme knows any more stays as it is."""
    if way is None:
        return {"way": "", "status": status, "exempt": free.reason if free else ""}
    return {
        "way": way.label,
        "status": dict(way.statuses).get(status, status),
        "exempt": dict(way.reasons).get(free.reason, free.reason) if free else "",
    }


def _wanted(request: HttpRequest, who: Actor) -> tuple[Wanted, str]:
    path, typed = "", request.GET.get("org-text", "")[:120]
    try:
        found = choosing.taken(request.GET, "org", "org", _scope(who))
    except InputError:
        found = None
    if isinstance(found, int):
        path, typed = orgs.org(found).path, choosing.chosen([str(found)])[0].label
    full, _, status = request.GET.get("status", "").partition(":")
    return (
        Wanted(
            full=full[:81],
            status=status[:40],
            org=path,
            text=request.GET.get("q", "").strip()[:60],
            exempt=bool(request.GET.get("exempt")),
        ),
        typed,
    )


def _begin(request: HttpRequest, who: Actor) -> None:
    full, _, status = request.POST.get("status", "").partition(":")
    place = choosing.taken(request.POST, "org", "org", _scope(who))
    if not isinstance(place, int):
        raise InputError({"org": ("input.required", {})})
    told: dict[str, Any] = {
        "start": day_of(request, "start", years=SINCE) or _today(),
        "since": day_of(request, "since", years=SINCE),
        "end": day_of(request, "end"),
        "at": now(),
        "actor": who,
    }
    if request.POST.get("new"):
        name = request.POST.get("person-text", "")[:60]
        code = request.POST.get("code", "")[:40]
        people.admit(name, orgs.org(place), full, status, code=code, **told)
        return
    person = choosing.taken(request.POST, "person", "person", choosing.of_staff(who, _today()))
    if not isinstance(person, int):
        raise InputError({"person": ("input.required", {})})
    people.begin(person, orgs.org(place), full, status, **told)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One membership: what was before, what may be changed by whom keeps the list."""
    who, today = actor_of(request), _today()
    shown = people.seen(who, pk, today)
    status = 200
    if request.method == "POST":
        if carry_out(request, lambda: _change(request, who, pk)):
            return redirect("desk:members")
        status = 422
    way = _way(shown.sort)
    statuses, reasons = dict(way.statuses), dict(way.reasons)
    context = {
        "section": "members",
        "shown": shown,
        "row": shown.row,
        "way": way,
        "status": statuses.get(shown.row.status, shown.row.status),
        "history": [(each, statuses.get(each.status, each.status)) for each in shown.history],
        "exemptions": [(one, reasons.get(one.reason, one.reason)) for one in shown.exemptions],
        "today": today,
        "given": request.POST,
    }
    return render(request, "desk/member.html", context, status=status)


def _change(request: HttpRequest, who: Actor, pk: int) -> None:
    do, at = request.POST.get("do", ""), now()
    row = people.member(who, pk)
    start = day_of(request, "start", years=SINCE) or _today()
    if do == "restate":
        people.begin(
            row.person_id,
            row.org,
            row.kind,
            request.POST.get("status", ""),
            start=start,
            end=day_of(request, "end"),
            at=at,
            actor=who,
        )
    elif do == "leave":
        people.leave(pk, last=day_of(request, "last") or _today(), at=at, actor=who)
    elif do == "exempt":
        people.exempt(
            pk,
            request.POST.get("reason", ""),
            start=start,
            end=day_of(request, "end"),
            note=request.POST.get("note", ""),
            at=at,
            actor=who,
        )
    elif do == "end_exemption":
        which = number_of(request.POST.get("exemption"))
        people.end_exemption(which, last=_today(), at=at, actor=who)
    else:
        raise InputError({"do": ("input.required", {})})


@login_required
@never_cache
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The list as a spreadsheet, logged by whom it was taken out."""
    who, at = actor_of(request), now()
    wanted, _ = _wanted(request, who)
    tongue = values.Tongue(words.text, words.of)
    content = exchange.members.workbook(who, wanted, tongue, at=at)
    return tables.sent(content, "bihuan-members.xlsx")
