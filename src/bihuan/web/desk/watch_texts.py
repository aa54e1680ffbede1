"""Reading a text before somebody outside does: released in certain words, or taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.foundation.audit.api import ConflictError
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.watches import api as watches
from bihuan.language import redact
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import errors, words
from bihuan.web.actor import actor_of


def name(one: watches.Reading) -> str:
    """What a text is: the subject, or the field of a report."""
    if not one.text.action:
        return words.text("desk.column.subject")
    return words.of(programmes.spec_of(one.matter.release_id), f"fields.{one.text.name}")


@login_required
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """One text with what was found in it, beside the words to release; what was typed survives a
    refusal, with what was found in that."""
    who = actor_of(request)
    one = watches.reading(pk, actor=who)
    problem, status = "", 200
    typed = request.POST.get("words", one.proposed)[:80_000]
    if request.method == "POST":
        try:
            state = _do(request, pk, typed)
        except InputError as error:
            ((told, values),) = error.fields.values()
            problem, status = words.text(f"error.{told}", **values), 422
        except (ProblemError, ConflictError) as error:
            problem, status = errors.message(error), errors.status(error)
        else:
            messages.success(request, words.text(f"watch.read.done.{state}"), extra_tags="good")
            return redirect("desk:publications")
        one = watches.reading(pk, actor=who)
    found = watches.found_in(pk, typed, actor=who) if problem else []
    programme, action = programmes.spec_of(one.matter.release_id), one.text.action
    step = words.of(programme, f"events.{one.matter.kind}.{action}") if action else ""
    context = {
        "section": "publications",
        "one": one,
        "name": name(one),
        "step": step,
        "pieces": redact.pieces(one.text.words, one.found),
        "typed": typed,
        "problem": problem,
        "left": list(dict.fromkeys(hit.text for hit in found)),
        "works": not one.row.watch.revoked
        and one.row.watch.expires >= timezone.localtime(now()).date(),
    }
    return render(request, "desk/watch_text.html", context, status=status)


def _do(request: HttpRequest, pk: int, typed: str) -> str:
    """The state that the text has now."""
    who, at = actor_of(request), now()
    given = request.POST.get("version", "")
    version = int(given) if given.isdecimal() and len(given) < 9 else 0
    if request.POST.get("do") == "withdraw":
        return watches.withdraw_text(pk, version=version, actor=who, at=at).state
    return watches.release_text(pk, typed, version=version, actor=who, at=at).state
