"""Queues: what is mine, what is late; filters, export."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html_join
from django.views.decorators.http import require_GET, require_POST

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.absences import api as absences
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.kernel.values import api as values
from bihuan.kernel.watches import api as watches
from bihuan.kernel.workbench import api as workbench
from bihuan.lib.clock import now
from bihuan.web import fragments, tables, words
from bihuan.web.actor import actor_of
from bihuan.web.desk import bulk, rows
from bihuan.web.numbers import whole

NAMES = ("text", "programme", "kind", "state", "phase", "category", "channel", "level", "order")
TABS: dict[str, dict[str, str]] = {
    "mine": {"scope": "mine", "phase": "active", "order": "due"},
    "new": {"scope": "unassigned", "phase": "open", "order": "due"},
    "late": {"phase": "active", "level": "late", "order": "due"},
    "urgent": {"phase": "active", "level": "urgent", "order": "due"},
    "active": {"phase": "active", "order": "due"},
    "left": {"phase": "active", "order": "due"},
    "opened": {"scope": "opened", "order": "newest"},
    "all": {"order": "newest"},
}
# Shown to those for whom there is something in it.
OFTEN_EMPTY = ("left", "opened")


def _instant(text: str, *, end: bool) -> datetime | None:
    day = None
    try:
        day = parse_date(text)
    except ValueError:
        return None
    if day is None:
        return None
    moment = timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here
    return moment + timedelta(days=1) if end else moment


def _unit(given: Mapping[str, str]) -> orgs.Org | None:
    """The organisation a list is narrowed to; what is no number of one narrows nothing."""
    pk = whole(given.get("unit", ""))
    return orgs.org_if_any(pk) if pk is not None else None


def wanted(given: Mapping[str, str], tab: str) -> matters.Filter:
    """The filter a query string asks for; a tab gives what is not said."""
    values: dict[str, Any] = dict(TABS.get(tab, {}))
    values |= {name: given[name][:80] for name in NAMES if given.get(name)}
    unit = _unit(given)
    return matters.Filter(
        **values,
        left_by=timezone.localdate(now()) if tab == "left" else None,
        since=_instant(given.get("since", ""), end=False),
        until=_instant(given.get("until", ""), end=True),
        unit_path=unit.path if unit else "",
        before=whole(given.get("before", "")),
        page=min(whole(given.get("page", "")) or 1, 1000),
    )


def _tab(request: HttpRequest, who: Actor) -> str:
    asked = request.GET.get("tab", "")
    if asked in TABS:
        return asked
    if any(request.GET.get(name) for name in NAMES):
        return "all"
    if duties.anywhere(who, "receive"):
        return "new"
    return "mine" if duties.anywhere(who, "handle") else "active"


# A filter's choices: a heading, and what stands under it, each as it is sent and in words.
Offered = list[tuple[str, list[tuple[str, str]]]]


@standing.kept
def _choices(locale: str, on: date) -> dict[str, Offered]:
    """What filters offer, in the words of the reader's `locale`, under what each belongs to."""
    del locale
    found: dict[str, dict[str, tuple[str, str]]] = {"category": {}, "channel": {}, "state": {}}
    for programme in programmes.known():
        title = words.of(programme, "title")
        for kind_id, kind in programme.kinds.items():
            for name in ("category", "channel"):
                for choice in kind.fields[name].choices if name in kind.fields else ():
                    text = words.of(programme, f"choices.{name}.{choice}")
                    found[name].setdefault(choice, (title, text))
            for state in kind.states:
                text = words.of(programme, f"states.{kind_id}.{state}")
                found["state"].setdefault(state, (words.of(programme, f"kinds.{kind_id}"), text))
    for row in programmes.local_choices(on):
        name, _, choice = row.name.rpartition(".")
        field = name.rpartition(".")[2]
        if field in found:
            text = words.choose(row.value["words"])
            found[field].setdefault(choice, (words.text("desk.local_choices"), text))
    return {name: _headed(choices) for name, choices in found.items()}


def _headed(choices: Mapping[str, tuple[str, str]]) -> Offered:
    under: dict[str, list[tuple[str, str]]] = {}
    for value, (heading, text) in choices.items():
        under.setdefault(heading, []).append((value, text))
    return list(under.items())


@standing.kept
def _options(locale: str, on: date, name: str, chosen: str) -> str:
    """The choices of one filter as they stand in its list, drawn once: there are some sixty."""
    offered = _choices(locale, on)[name]
    return render_to_string("desk/_options.html", {"headings": offered, "chosen": chosen})


def _filters(request: HttpRequest) -> list[tuple[str, str]]:
    """Each filter with its list of choices. What is not among them is not chosen: addresses are
    typed by anybody, and lists are kept."""
    locale, on = words.locale(), timezone.localtime(now()).date()
    found = []
    for name, offered in _choices(locale, on).items():
        given = request.GET.get(name, "")
        known = given if any(given == value for _, pairs in offered for value, _ in pairs) else ""
        found.append((name, _options(locale, on, name, known)))
    return found


def _next(request: HttpRequest, page: matters.Page) -> str:
    given = request.GET.copy()
    for name in ("bulk", "pick"):
        given.pop(name, None)
    if page.filter.order == "due" and not page.filter.text:
        given["page"] = str(page.filter.page + 1)
    else:
        given["before"] = str(page.rows[-1].pk)
    return given.urlencode()


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """A list, with the tabs' counts beside it; a fragment when htmx asks."""
    who = actor_of(request)
    tab = _tab(request, who)
    sight = matters.visible(who)
    page = matters.matters(who, wanted(request.GET.dict(), tab), sight=sight)
    counted = [name for name in TABS if name != "all"]
    found = matters.counts(who, [wanted({}, name) for name in counted], sight=sight)
    counts = dict(zip(counted, found, strict=True))
    query = request.GET.copy()
    # What can be done in bulk is asked for when somebody opens it, not on every look at the list.
    bulky, picked = query.pop("bulk", None), query.pop("pick", [])
    context: dict[str, Any] = {
        "section": "queue",
        "tab": tab,
        "page": page,
        "rows": format_html_join("", "{}", ((rows.row(matter),) for matter in page.rows)),
        "tabs": [
            (name, counts.get(name))
            for name in TABS
            if name not in OFTEN_EMPTY or counts[name] or name == tab
        ],
        "cap": 1000,
        "given": request.GET,
        "unit": _unit(request.GET.dict()),
        "filters": _filters(request),
        "saved": workbench.filters_of(who.person_id or 0),
        "next": _next(request, page) if page.more else "",
        "query": query.urlencode(),
        "bulk": bulk.steps(page.rows, who, picked) if bulky else None,
        "key": secrets.token_urlsafe(16),
        "now": now(),
        "watched": len(watches.waiting_texts(who, at=now(), sight=sight)),
        "away": absences.absence_of(who.person_id),
        "standing": absences.standing_for(who.person_id),
    }
    return fragments.page(request, "desk/queue.html", context)


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The list as a spreadsheet, up to 5,000 rows; no contact data in it."""
    who = actor_of(request)
    asked = wanted(request.GET.dict(), _tab(request, who))
    tongue = values.Tongue(words.text, words.of)
    content, _ = exchange.listing.workbook(
        who, asked, tongue, limit=exchange.listing.MAX_ROWS, at=now()
    )
    return tables.sent(content, "bihuan-list.xlsx")


@login_required
@require_POST
def filters(request: HttpRequest) -> HttpResponse:
    """Keeps the present list under a name, or forgets one."""
    who = actor_of(request)
    assert who.person_id is not None
    drop = whole(request.POST.get("drop", ""))
    query = request.POST.get("query", "")[:500]
    if drop is not None:
        workbench.delete_filter(who.person_id, drop)
    else:
        workbench.save_filter(who.person_id, request.POST.get("name", ""), query)
        messages.success(request, words.text("desk.saved"), extra_tags="good")
    return redirect(f"{request.path.removesuffix('filters')}?{query}")
