"""One step on many matters of a list: what can be done to them, and doing it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import api as matters
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.fields import FieldView
from bihuan.web.forms import ActionForm, action_forms, collect

_LONGEST = 18


@dataclass(frozen=True)
class Asked:
    """One field of a step: as it is posted, and whether the step cannot do without it. A form that
    holds the fields of every step makes none of them required."""

    field: FieldView
    needed: bool


@dataclass(frozen=True)
class Step:
    """A step that can be taken on many, with its own fields."""

    id: str
    label: str
    asks: tuple[Asked, ...]


def _step(form: ActionForm) -> Step:
    own = (field for field in form.fields if field.editor != "file")
    asks = (Asked(replace(f, name=f"{form.id}.{f.name}", required=False), f.required) for f in own)
    return Step(form.id, form.label, tuple(asks))


def steps(rows: Sequence[matters.Matter], who: Actor, picked: Sequence[str]) -> list[Step]:
    """The steps of the first of `rows` that is picked, or of the first: what can be done to it can be
    tried on its like."""
    chosen = [row for row in rows if str(row.pk) in picked] or rows
    first = next(iter(chosen), None)
    if first is None:
        return []
    return [_step(f) for f in action_forms(first, who, now()) if f.bulk and f.refusal is None]


def _own(posted: QueryDict, action: str) -> QueryDict:
    """The fields of one step out of a form that holds those of others too, under their own names."""
    found = QueryDict(mutable=True)
    for name, given in posted.lists():
        if name.startswith(f"{action}."):
            found.setlist(name.removeprefix(f"{action}."), given)
    return found


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """One action on many matters: each its own transaction, each refusal named."""
    who = actor_of(request)
    action = request.POST.get("action", "")
    back = f"{request.path.removesuffix('bulk')}?{request.POST.get('back', '')[:500]}"
    if not action:
        messages.warning(request, words.text("desk.bulk_no_step"))
        return redirect(back)
    own, sent = _own(request.POST, action), request.POST.get("key") or None
    done, refused = 0, []
    for text in dict.fromkeys(request.POST.getlist("pick")):
        if not (text.isascii() and text.isdigit() and len(text) < _LONGEST):
            continue
        pk, shown = int(text), text
        try:
            matter = matters.matter(who, pk)
            shown = matter.number
            data = collect(matter, action, own, now())
            # Typed once, for all of them.
            before = tuple(data) if done else ()
            once = sent and f"{sent}:{pk}"
            matters.act(pk, action, actor=who, at=now(), data=data, key=once, own=before)
            done += 1
        except ProblemError as error:
            refused.append(f"{shown}: {errors.message(error)}")
        except LookupError:
            refused.append(words.text("desk.bulk_unknown", number=pk))
    if done:
        messages.success(request, words.text("desk.bulk_done", count=done), extra_tags="good")
    for line in refused[:20]:
        messages.error(request, line, extra_tags="bad")
    if not done and not refused:
        messages.warning(request, words.text("desk.bulk_nothing"))
    return redirect(back)
