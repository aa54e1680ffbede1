"""Organisations, people and services as spreadsheets: out, and in again after a look at what would become."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.exchange import export, rosters
from bihuan.kernel.services import intake
from bihuan.language.tabular.picking import Picked
from bihuan.language.tabular.taking import STATUSES, Line, MissingColumnsError, Result
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.lib.tables import TableError
from bihuan.web import errors, tables, words
from bihuan.web.actor import actor_of
from bihuan.web.studio import levels
from bihuan.web.studio.door import (
    chosen,
    label_of,
    own_place,
    show,
    system_administrator,
    today,
)

SHOWN_ROWS = 500


@dataclass(frozen=True)
class Sheet:
    """A table that the studio takes in: its columns, where the words for it stand, what looks at it and
    what takes it in, and what those ask for besides."""

    names: Mapping[str, Sequence[str]]
    words: str
    look: Callable[..., Result]
    take: Callable[..., Result]
    more: Callable[[], dict[str, Any]]


def _levels() -> dict[str, Any]:
    return {"levels": {word: one for one, word in levels.choices()}}


def _roster(kind: str) -> Sheet:
    look, take = partial(rosters.preview, kind), partial(rosters.run, kind)
    return Sheet(rosters.NAMES[kind], "studio.sheet", look, take, _levels)


SHEETS = {
    rosters.ORGS: _roster(rosters.ORGS),
    rosters.PEOPLE: _roster(rosters.PEOPLE),
    "services": Sheet(
        intake.NAMES,
        "studio.services",
        intake.preview,
        intake.run,
        lambda: {"start": today()},
    ),
}


@system_administrator
@require_GET
def out(request: HttpRequest, kind: str) -> HttpResponse:
    """What one administers, as a file that comes in again as it went out."""
    if kind not in rosters.NAMES:
        raise LookupError(kind)
    content = rosters.workbook(
        kind,
        actor_of(request),
        name=words.text(f"studio.{kind}"),
        levels=dict(levels.choices()),
        at=now(),
    )
    response = HttpResponse(content, content_type=export.MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="bihuan-{kind}.xlsx"'
    return response


@system_administrator
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest, kind: str) -> HttpResponse:
    """A table: first what each row would become, then, confirmed, the import."""
    if kind not in SHEETS:
        raise LookupError(kind)
    context: dict[str, Any] = {"page": kind, "kind": kind, "goes_out": kind in rosters.NAMES}
    if request.method == "GET":
        context["under_label"] = label_of(own_place(actor_of(request)))
        return show(request, "studio/sheet.html", context)
    asked = SHEETS[kind]
    try:
        under = orgs.org(chosen(request, "under", "org"))
        name, content = tables.content(request)
        context |= {"under": under, "ticket": tables.ticket(name, content)}
        done = bool(request.POST.get("confirm"))
        result = (asked.take if done else asked.look)(
            content,
            name,
            under=under,
            at=now(),
            actor=actor_of(request),
            layout=tables.layout(request, asked.names),
            **asked.more(),
        )
    except MissingColumnsError as error:
        told = words.text(f"error.{error.key}", **error.values)
        context |= {"problem": told, **_choices(asked, error.picked)}
        return show(request, "studio/sheet.html", context)
    except TableError as error:
        context["problem"] = words.text(f"error.{error.key}", **error.values)
        return show(request, "studio/sheet.html", context)
    except (ProblemError, signing.BadSignature) as error:
        context["problem"] = errors.message(error)
        return show(request, "studio/sheet.html", context)
    counts: dict[str, Any] = {status: result.count(status) for status in STATUSES}
    worst = sorted(result.lines, key=lambda one: one.status != "bad")[:SHOWN_ROWS]
    context |= {
        **_choices(asked, result.picked),
        "result": result,
        "done": done,
        "rows": [(one, _told(one)) for one in worst],
        "counted": words.text(f"{asked.words}.imported", **counts),
        "name_label": words.text(f"{asked.words}.field.name"),
        "statuses": f"{asked.words}.status.",
        "counts": counts,
        "good": counts["new"] + counts["changed"],
    }
    return render(request, "studio/sheet.html", {"section": "studio", **context})


def _choices(asked: Sheet, picked: Picked) -> dict[str, Any]:
    return tables.choices(
        picked, asked.names, lambda name: words.text(f"{asked.words}.field.{name}")
    )


def _told(line: Line) -> str:
    return words.text(f"error.{line.problem}", **line.values) if line.problem else ""
