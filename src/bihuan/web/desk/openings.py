"""Opening anything that somebody may open: what there is, and a page made from what a kind asks for.

Where a kind has a page of its own (a call, a notice, a window) the list leads there."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access.api import Actor
from bihuan.foundation.files import api as files
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import prefilled
from bihuan.kernel.openings.api import by_role, openings, same_as_last
from bihuan.kernel.receivers.api import Receiver, receiver_of
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.spec import facets
from bihuan.web import choosing, errors, faces, fields, words
from bihuan.web.actor import actor_of

# Who handles it, if not the place that opens it; no field of a programme is posted under this name.
UNIT = "handled-by"


@dataclass(frozen=True)
class Door:
    """Something one may open, and the page that does. `hint` says where, if no page of the list
    does: under a matter."""

    label: str
    url: str
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """What one may open of a programme."""

    title: str
    summary: str
    doors: list[Door]


def _mine(who: Actor) -> list[Receiver]:
    return openings(who, timezone.localtime(now()).date())


def _door(one: Receiver, who: Actor, page: str = "desk:open") -> Door | None:
    """Where one of a kind is opened, the best page first, `page` for what is opened by the form of its fields;
    None where only other steps open it."""
    kind, doors = one.kind, one.programme.doors(one.kind_id)
    label = words.of(one.programme, f"kinds.{one.kind_id}")
    here = reverse(page, args=[one.programme.id, one.kind_id])
    if not by_role(who, one):
        return Door(label, here)
    if (address := faces.page_of(kind, one)) is not None:
        return Door(label, address)
    if doors.portal:
        return Door(label, f"{reverse('desk:register')}?{urlencode({'home': one.key})}")
    if doors.desk or doors.member:
        return Door(label, here)
    return Door(label, "", words.text("open.under")) if matters.hangs(kind) else None


def doors_of(who: Actor, page: str = "desk:open") -> list[Door]:
    """The pages that open what somebody may open, each kind once."""
    found: dict[tuple[str, str], Door] = {}
    for one in _mine(who):
        door = _door(one, who, page)
        if door is not None and door.url:
            found.setdefault((one.programme.id, one.kind_id), door)
    return list(found.values())


def groups_of(who: Actor, page: str = "desk:open") -> list[Group]:
    """Everything somebody may open, by programme, each kind once."""
    groups: dict[str, Group] = {}
    seen: set[tuple[str, str]] = set()
    for one in _mine(who):
        door = _door(one, who, page)
        if door is None or (one.programme.id, one.kind_id) in seen:
            continue
        seen.add((one.programme.id, one.kind_id))
        title, summary = (words.of(one.programme, name) for name in ("title", "summary"))
        groups.setdefault(one.programme.id, Group(title, summary, [])).doors.append(door)
    return list(groups.values())


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Everything the reader may open, by programme."""
    context = {"section": "open", "groups": groups_of(actor_of(request))}
    return render(request, "desk/openings.html", context)


@login_required
@require_GET
def choose(request: HttpRequest, kind: str) -> HttpResponse:
    """The organisations or people that what one opens may name, as one types."""
    scope = choosing.of_staff(actor_of(request), timezone.localtime(now()).date())
    return choosing.answer(request, scope, kind)


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, programme: str, kind: str) -> HttpResponse:
    """The form of a kind; posted, the matter. Who may not open it here finds nothing."""
    who = actor_of(request)
    homes = [each for each in _mine(who) if (each.programme.id, each.kind_id) == (programme, kind)]
    homes = _by_nearness(who, [each for each in homes if _leads_here(each)])
    if not homes:
        raise LookupError(kind)
    chosen = receiver_of(_asked(request, homes), homes) or homes[0]
    if request.method == "GET":
        return _page(request, homes, chosen, {})
    try:
        opened = _open(request, chosen, who)
    except InputError as error:
        return _page(request, homes, chosen, errors.by_field(error), 422)
    except (ProblemError, files.FileError) as error:
        return _page(request, homes, chosen, {"": errors.message(error)}, errors.status(error))
    seen = matters.sees(who, opened.matter)
    return redirect("desk:matter", pk=opened.matter.pk) if seen else redirect("desk:queue")


def _by_nearness(who: Actor, homes: Sequence[Receiver]) -> list[Receiver]:
    """Where a role lets one open it first, then where one is a member, one's own place before those
    above it."""

    def farness(one: Receiver) -> tuple[bool, int]:
        by_membership = not by_role(who, one)
        return by_membership, -len(one.org.path) if by_membership else 0

    return sorted(homes, key=farness)


def _leads_here(one: Receiver) -> bool:
    doors = one.programme.doors(one.kind_id)
    return doors.desk or doors.member


def _asked(request: HttpRequest, homes: Sequence[Receiver]) -> str:
    """The key of the place that is asked for, by its number."""
    pk = request.POST.get("home") or request.GET.get("home", "")
    return next((each.key for each in homes if str(each.org.pk) == pk), "")


def _page(
    request: HttpRequest,
    homes: Sequence[Receiver],
    chosen: Receiver,
    problems: dict[str, str],
    status: int = 200,
) -> HttpResponse:
    sources = {kind: reverse("desk:open_choose", args=[kind]) for kind in choosing.KINDS}
    desk = fields.Desk(chosen.programme, chosen.org, now(), sources)
    inputs, _ = fields.asked(chosen.kind, of_sender=False)
    last = same_as_last(actor_of(request), chosen.programme, chosen.kind_id)
    last = {name: value for name, value in last.items() if name in inputs}
    again = request.method == "GET" and "again" in request.GET
    who, known = actor_of(request), dict(last) if again else {}
    if request.method == "GET" and not by_role(who, chosen):
        known = prefilled.values(chosen.kind, who) | known
    offered = fields.as_posted(inputs, known) if known else QueryDict()
    context: dict[str, Any] = {
        "section": "open",
        "title": words.of(chosen.programme, f"kinds.{chosen.kind_id}"),
        "programme": chosen.programme,
        "homes": homes,
        "chosen": chosen,
        "fields": fields.views(inputs, desk, where=chosen.kind_id),
        "told_there": fields.tells_all(inputs),
        "titled": facets.titled(chosen.kind),
        "sources": sources if by_role(actor_of(request), chosen) else {},
        "problems": problems,
        "given": offered if request.method == "GET" else request.POST,
        "offered": fields.offered(offered) if known else fields.offered_again(request.POST),
        "same": bool(last) and request.method == "GET" and not again,
        "draft": f"open-{chosen.programme.id}-{chosen.kind_id}",
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
    }
    return render(request, "desk/open.html", context, status=status)


def _open(request: HttpRequest, chosen: Receiver, who: Actor) -> matters.Opened:
    at = now()
    inputs, _ = fields.asked(chosen.kind, of_sender=False)
    stored, named = fields.sent(request, inputs, "files")
    scope = choosing.of_home(chosen.org, at)
    unit = choosing.taken(request.POST, UNIT, "org", scope)
    typed = request.POST.get("body", "").strip()
    said = request.POST.get(fields.posted_name(fields.tells_all(inputs)), "")
    opening = matters.Opening(
        programme=chosen.programme.id,
        kind=chosen.kind_id,
        home=chosen.org,
        unit=orgs.org(unit) if isinstance(unit, int) else None,
        subject=request.POST.get("subject", ""),
        body=typed or said,
        fields=fields.taken(inputs, request.POST, scope, named),
        files=stored,
        own=[*fields.left_as_offered(inputs, request.POST), *(() if typed else ("body",))],
    )
    return matters.open_matter(opening, actor=who, at=at, key=request.POST.get("key") or None)
