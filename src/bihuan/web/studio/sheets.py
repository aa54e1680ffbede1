"""Organisations and people as spreadsheets: out, and in again after a look at what would become."""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.exchange import export, rosters
from bihuan.language.tabular.picking import Picked
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.lib.tables import TableError
from bihuan.web import errors, tables, words
from bihuan.web.actor import actor_of
from bihuan.web.studio import levels
from bihuan.web.studio.door import chosen, show, system_administrator

SHOWN_ROWS = 500


def _kind(name: str) -> str:
    if name not in rosters.NAMES:
        raise LookupError(name)
    return name


@system_administrator
@require_GET
def out(request: HttpRequest, kind: str) -> HttpResponse:
    """What one administers, as a file that comes in again as it went out."""
    name = words.text(f"studio.{_kind(kind)}")
    content = rosters.workbook(
        kind, actor_of(request), name=name, levels=dict(levels.choices()), at=now()
    )
    response = HttpResponse(content, content_type=export.MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="bihuan-{kind}.xlsx"'
    return response


@system_administrator
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest, kind: str) -> HttpResponse:
    """A table: first what each row would become, then, confirmed, the import."""
    context: dict[str, Any] = {"page": _kind(kind), "kind": kind}
    if request.method == "GET":
        return show(request, "studio/sheet.html", context)
    try:
        under = orgs.org(chosen(request, "under", "org"))
        name, content = tables.content(request)
        context |= {"under": under, "ticket": tables.ticket(name, content)}
        done = bool(request.POST.get("confirm"))
        result = (rosters.run if done else rosters.preview)(
            kind,
            content,
            name,
            under=under,
            at=now(),
            actor=actor_of(request),
            levels={word: one for one, word in levels.choices()},
            layout=tables.layout(request, rosters.NAMES[kind]),
        )
    except rosters.MissingColumnsError as error:
        told = words.text(f"error.{error.key}", **error.values)
        context |= {"problem": told, **_choices(kind, error.picked)}
        return show(request, "studio/sheet.html", context)
    except TableError as error:
        context["problem"] = words.text(f"error.{error.key}", **error.values)
        return show(request, "studio/sheet.html", context)
    except (ProblemError, signing.BadSignature) as error:
        context["problem"] = errors.message(error)
        return show(request, "studio/sheet.html", context)
    counts = {status: result.count(status) for status in rosters.STATUSES}
    worst = sorted(result.lines, key=lambda one: one.status != "bad")[:SHOWN_ROWS]
    context |= {
        **_choices(kind, result.picked),
        "result": result,
        "done": done,
        "rows": [(one, _told(one)) for one in worst],
        "counts": counts,
        "good": counts["new"] + counts["changed"],
    }
    return render(request, "studio/sheet.html", {"section": "studio", **context})


def _choices(kind: str, picked: Picked) -> dict[str, Any]:
    fields = rosters.NAMES[kind]
    return tables.choices(picked, fields, lambda name: words.text(f"studio.sheet.field.{name}"))


def _told(line: rosters.Line) -> str:
    return words.text(f"error.{line.problem}", **line.values) if line.problem else ""
