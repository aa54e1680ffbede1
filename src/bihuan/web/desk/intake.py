"""Importing a spreadsheet: look first, then take the good rows, get the bad ones back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.foundation.orgs.api import Org
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.receivers import api as receivers
from bihuan.kernel.receivers.api import Receiver
from bihuan.language.tabular.picking import Picked
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.lib.tables import TableError
from bihuan.web import errors, fields, tables, words
from bihuan.web.actor import actor_of

PREVIEW_ROWS = 50
SHOWN_ROWS = 500
STATUSES = ("ready", "opened", "repeated", "bad")
REJECTS = "bihuan-rejects.xlsx"
_first_rows = partial(exchange.intake.preview, limit=PREVIEW_ROWS)


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """First the file and what each of its first rows would become; then, confirmed, the import.

    What was said of the columns is remembered for the next table of this kind.
    """
    homes = receivers.desks_of(actor_of(request), timezone.localtime(now()).date())
    home = receivers.receiver_of(request.POST.get("home", ""), homes)
    context: dict[str, Any] = {
        "section": "import",
        "homes": homes,
        "home": home,
        "limit": PREVIEW_ROWS,
    }
    if home is None:
        context["problem"] = words.text("error.matters.may_not_open")
        return render(request, "desk/import.html", context, status=403)
    if request.method == "GET":
        return render(request, "desk/import.html", context)
    context |= {
        "as_of_now": request.POST.get("as_of_now", ""),
        "guesses": request.POST.get("guesses", ""),
    }
    try:
        name, content = tables.content(request)
        context["ticket"] = tables.ticket(name, content)
        result = _taker(request)(
            content,
            name,
            home=home.org,
            actor=actor_of(request),
            at=now(),
            programme=home.programme.id,
            kind=home.kind_id,
            layout=tables.layout(request, exchange.intake.columns(home.programme, home.kind_id)),
            own_time=not context["as_of_now"],
            guesses=bool(context["guesses"]),
        )
    except exchange.intake.UnknownColumnsError as error:
        context |= {"problem": _told(error), **_choices(error.picked, home)}
        return render(request, "desk/import.html", context, status=422)
    except (TableError, ProblemError, signing.BadSignature) as error:
        context["problem"] = _told(error)
        return render(request, "desk/import.html", context, status=422)
    if request.POST.get("rejects"):
        return _rejects(result, home.org)
    context |= {
        **_choices(result.picked, home),
        "result": result,
        "rows": [_shown(result, line) for line in result.lines[:SHOWN_ROWS]],
        "guessed": sum(bool(line.guessed) for line in result.lines),
        "counts": [(one, result.count(one)) for one in STATUSES if result.count(one)],
        "bad": result.count("bad"),
        "cut": max(0, len(result.table.rows) - PREVIEW_ROWS),
        "good": _has_good(result),
        "done": bool(request.POST.get("confirm")),
    }
    return render(request, "desk/import.html", context)


def _has_good(result: exchange.intake.Result) -> bool:
    """Whether something would be opened: a row without fault, one that waits for a guess to be agreed
    to, or one behind those that were looked at."""
    seen = any(line.guessed or line.status not in ("bad", "repeated") for line in result.lines)
    return seen or len(result.table.rows) > PREVIEW_ROWS


def _choices(picked: Picked, home: Receiver) -> dict[str, Any]:
    programme, kind = home.programme, home.kind_id
    called = partial(exchange.intake.called, programme, kind, tongue=fields.TONGUE)
    return tables.choices(picked, exchange.intake.columns(programme, kind), called)


def _shown(result: exchange.intake.Result, line: exchange.intake.Line) -> dict[str, Any]:
    """A row of the page: what was understood, what of it is a guess, every fault."""
    return {
        "line": line,
        "category": words.choice_of(result.programme, "category", line.category),
        "told": exchange.intake.describe(result, line, fields.TONGUE),
        "said": [
            words.text("import.problem", field=result.called(name, fields.TONGUE), text=text[:60])
            for name, text in line.said.items()
            if text and name not in ("subject", "body", "time", "category")
        ],
        "guessed": [result.called(name, fields.TONGUE) for name in line.guessed],
    }


def _taker(request: HttpRequest) -> Callable[..., exchange.intake.Result]:
    if request.POST.get("confirm"):
        return partial(exchange.intake.run, actor=actor_of(request))
    # Who wants the bad rows wants all of them, not those of the first page.
    return exchange.intake.preview if request.POST.get("rejects") else _first_rows


def _rejects(result: exchange.intake.Result, home: Org) -> HttpResponse:
    """The bad rows as a spreadsheet with the reasons; corrected, it can be imported again."""
    reason = words.text("import.reason")
    content = exchange.intake.rejects(
        result, REJECTS, reason=reason, tongue=fields.TONGUE, home=home, at=now()
    )
    return tables.sent(content, REJECTS)


def _told(error: Exception) -> str:
    key = getattr(error, "key", "")
    if key and words.has(f"error.{key}"):
        return words.text(f"error.{key}", **getattr(error, "values", {}))
    return errors.message(error)
