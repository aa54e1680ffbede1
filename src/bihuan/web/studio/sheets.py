"""Services as a spreadsheet, taken in after a look at what each row would become."""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.services import intake
from bihuan.language.tabular.picking import Picked
from bihuan.language.tabular.taking import STATUSES, Line, MissingColumnsError
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.lib.tables import TableError
from bihuan.web import errors, tables, words
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import (
    chosen,
    label_of,
    own_place,
    show,
    system_administrator,
    today,
)

SHOWN_ROWS = 500


@system_administrator
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """A table: first what each row would become, then, confirmed, the import."""
    context: dict[str, Any] = {"page": "services"}
    if request.method == "GET":
        context["under_label"] = label_of(own_place(actor_of(request)))
        return show(request, "studio/sheet.html", context)
    try:
        under = orgs.org(chosen(request, "under", "org"))
        name, content = tables.content(request)
        context |= {"under": under, "ticket": tables.ticket(name, content)}
        done = bool(request.POST.get("confirm"))
        result = (intake.run if done else intake.preview)(
            content,
            name,
            under=under,
            at=now(),
            actor=actor_of(request),
            layout=tables.layout(request, intake.NAMES),
            start=today(),
        )
    except MissingColumnsError as error:
        told = words.text(f"error.{error.key}", **error.values)
        context |= {"problem": told, **_choices(error.picked)}
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
        **_choices(result.picked),
        "result": result,
        "done": done,
        "rows": [(one, _told(one)) for one in worst],
        "counted": words.text("studio.services.imported", **counts),
        "name_label": words.text("studio.services.field.name"),
        "counts": counts,
        "good": counts["new"] + counts["changed"],
    }
    return render(request, "studio/sheet.html", {"section": "studio", **context})


def _choices(picked: Picked) -> dict[str, Any]:
    return tables.choices(
        picked, intake.NAMES, lambda name: words.text(f"studio.services.field.{name}")
    )


def _told(line: Line) -> str:
    return words.text(f"error.{line.problem}", **line.values) if line.problem else ""
