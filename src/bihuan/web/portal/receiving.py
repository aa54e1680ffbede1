"""Who shall have it: found by the kind of trouble, by place, or by a name as people type it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.foundation.orgs.api import named_above
from bihuan.kernel.receivers.api import Receiver
from bihuan.language import letters, troubles
from bihuan.web.portal import ask

LONGEST = 40


@dataclass(frozen=True)
class Row:
    """One who receives; `where` is what it belongs to."""

    receiver: Receiver
    where: str


def _found(rows: Sequence[Row], query: str) -> list[Row]:
    """Those of this name, or whose business it usually is; the name first."""
    meant = troubles.about(query)
    named = [row for row in rows if _called(row, query)]
    theirs = [
        row
        for row in rows
        if row not in named
        and any(troubles.is_theirs(name, row.receiver.org.name) for name in meant)
    ]
    return [*named, *theirs]


def _called(row: Row, query: str) -> bool:
    org = row.receiver.org
    return (
        query in org.name
        or query in org.short
        or letters.resembles(query, org.name)
        or letters.resembles(query, org.short)
    )


@require_GET
def receiving(request: HttpRequest) -> HttpResponse:
    """The organisations that take what is sent, narrowed by what is asked for."""
    known = ask.open_now()
    wanted = ask.kind_of(request.GET.get("kind", ""))
    kinds = list(dict.fromkeys(ask.kind_of(one.key) for one in known))
    kind = wanted if wanted in kinds else next(iter(kinds), "")
    same = [one for one in known if ask.kind_of(one.key) == kind]
    above = named_above([one.org for one in same])
    rows = [Row(one, above.get(one.org.pk, "")) for one in same]
    query = " ".join(request.GET.get("q", "").split())[:LONGEST]
    trouble, place = request.GET.get("about", ""), request.GET.get("at", "")
    there = [
        name
        for name in troubles.TROUBLES
        if any(troubles.is_theirs(name, row.receiver.org.name) for row in rows)
    ]
    if query:
        found = _found(rows, query)
    elif trouble in there:
        found = [row for row in rows if troubles.is_theirs(trouble, row.receiver.org.name)]
    else:
        found = [row for row in rows if place and row.where == place]
    context = {
        "section": "ask",
        "kind": f".{kind}",
        "usual": next(iter(rows), None),
        "rows": rows,
        "found": found,
        "narrowed": bool(query or trouble or place),
        "query": query,
        "about": trouble,
        "place": place,
        "troubles": there,
        "places": list(dict.fromkeys(row.where for row in rows if row.where)),
    }
    return render(request, "portal/receiving.html", context)
