"""参加: what somebody may sign up for, answer, take a stance on; and what they gave already."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.kernel.joining import api as joining
from bihuan.kernel.joining.api import Joinable
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.web import words
from bihuan.web.actor import actor_of
from bihuan.web.member.places import JOIN
from bihuan.web.member.steps import Press, presses


@dataclass(frozen=True)
class Shown:
    """A matter as 参加 shows it: its buttons, whether its page asks for more, what one gave already, why
    nothing can be given now, what can on a page of its own, with its address, and what one should know
    of it before."""

    matter: Matter
    presses: list[Press]
    asks: bool
    given: list[str]
    refusal: str
    page: tuple[str, str] | None
    tells: tuple[str, ...]


def _shown(one: Joinable) -> Shown:
    spec = programmes.spec_of(one.matter.release_id)
    found = presses(one.matter, one.actions)
    may = [each for each in one.actions if each.refusal is None]
    refused = [each.refusal for each in one.actions if each.refusal is not None]
    return Shown(
        one.matter,
        found,
        bool({each.id for each in may} - {each.action for each in found}),
        [words.text(each.text, choice=words.of(spec, each.choice)) for each in one.given],
        words.text(f"error.{refused[0].key}", **refused[0].values) if refused and not may else "",
        (words.of(spec, f"actions.{one.matter.kind}.{one.page[0]}"), one.page[1])
        if one.page is not None
        else None,
        one.tells,
    )


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What goes on that one may take part in, first what one has not."""
    found, more = joining.joinable(actor_of(request), now())
    context = {
        "section": JOIN.section,
        "waits": [_shown(one) for one in found if one.waits],
        "others": [_shown(one) for one in found if not one.waits],
        "more": more,
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "member/join.html", context)
