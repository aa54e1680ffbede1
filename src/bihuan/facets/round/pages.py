"""Pages of rounds: all of them, nominating, the ballot; the wall, which everybody reads."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.facets.roll import counting
from bihuan.facets.round import guards, nominating, rounds, shown, voting, wall
from bihuan.facets.round.block import NOMINATION
from bihuan.facets.round.models import Criterion
from bihuan.facets.round.sources import by_matter
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.audit.api import standing
from bihuan.foundation.files import api as files
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import membership
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import choosing, errors, faces, words
from bihuan.web.actor import actor_of
from bihuan.web.choosing import Scope
from bihuan.web.faces import Waiting
from bihuan.web.navigation import Room

SECTION = "rounds"
# No matter has a longer number.
DIGITS = 18


def may_look(who: Actor) -> bool:
    """Whether somebody finds a round: has a role in a programme with rounds, or belongs where one is in
    force in which members nominate. Asked on every page."""
    return _finds(who, timezone.localtime(now()).date())


@standing.kept
def _finds(who: Actor, on: date) -> bool:
    ids = {programme for programme, _ in rounds.kinds()}
    known = [one for one in programmes.known() if one.id in ids]
    roles = {role.id for one in known for role in one.manifest.roles}
    if not roles.isdisjoint(who.roles()):
        return True
    for_members = {
        one.id
        for one in known
        for kind_id, _ in NOMINATION.kinds(one)
        if one.kinds[kind_id].for_members()
    }
    return bool(for_members) and any(
        not for_members.isdisjoint(programmes.in_force_at(path, on))
        for path in membership.places(who)
    )


def _open_rounds(person_id: int) -> Iterable[Matter]:
    """The rounds that go on, on whose jury somebody is."""
    mine = counting.of_person(person_id).values("matter_id")
    return Matter.objects.filter(rounds.of_kinds(), ~Q(phase="done"), pk__in=mine).order_by("pk")


@login_required
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The rounds that the reader sees or in which they may nominate, with what is theirs to do."""
    who, at = actor_of(request), now()
    rows = [(one, shown.of_round(one, who, at)) for one in nominating.running(who)]
    context = {
        "section": SECTION,
        "going": [(one, part) for one, part in rows if one.phase != "done"],
        "over": [(one, part) for one, part in rows if one.phase == "done"],
        "seen": {one.pk for one, _ in rows if matters.sees(who, one)},
    }
    return render(request, "round/index.html", context)


def _scope(row: Matter) -> Scope:
    return Scope((row.home_path,), timezone.localtime(now()).date())


@login_required
@require_GET
def choose(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Whom one may nominate, as one types."""
    row = nominating.found(pk, actor_of(request))
    return choosing.answer(request, _scope(row), kind)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def nominate(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom, and why. Everything else is looked up."""
    who = actor_of(request)
    row = nominating.found(pk, who)
    if not nominating.may(who, row):
        raise DeniedError("round.nominate")
    if request.method == "GET":
        return _form(request, row)
    sort = nominating.kind(row)[3].is_
    try:
        whom = choosing.taken(request.POST, "whom", sort, _scope(row))
        made = nominating.nominate(
            pk,
            whom if isinstance(whom, int) else None,
            request.POST.get("why", ""),
            actor=who,
            at=now(),
            files=tuple(
                files.accept(one.name or "", one.read()) for one in request.FILES.getlist("files")
            ),
            key=request.POST.get("key") or None,
        )
    except InputError as error:
        field = nominating.kind(row)[3].field
        names = {field: "whom", "body": "why"}
        told = {names.get(name, name): text for name, text in errors.by_field(error).items()}
        return _form(request, row, problems=told, status=422)
    except ProblemError as error:
        told = {"": errors.message(error)}
        return _form(request, row, problems=told, status=errors.status(error))
    messages.success(request, words.text("round.nominated_now", number=made.matter.number))
    if matters.sees(who, made.matter):
        return redirect("desk:matter", pk=made.matter.pk)
    return redirect("round:index")


def _form(
    request: HttpRequest, row: Matter, *, problems: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    who = actor_of(request)
    part = shown.of_round(row, who, now())
    spec = programmes.spec_of(row.release_id)
    block = rounds.block_of(row)
    names = rounds.award_of(row, rounds.running(row)).eligibility
    context = {
        "section": SECTION,
        "round": row,
        "part": part,
        "sees": matters.sees(who, row),
        "conditions": [words.of(spec, f"conditions.{row.kind}.{name}") for name in names],
        "award": words.choice_of(spec, block.award, rounds.running(row).award),
        "person": nominating.kind(row)[3].is_ == "person",
        "problems": problems or {},
        "given": request.POST,
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "round/nominate.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def ballot(request: HttpRequest, pk: int) -> HttpResponse:
    """Every nomination on which the reader has a vote, voted in one go."""
    who, at = actor_of(request), now()
    # Whoever is on the jury votes, though the round itself may lie above all that they see.
    row = Matter.objects.filter(rounds.of_kinds(), pk=pk).first() if 0 < pk < 2**63 else None
    if row is None or who.person_id not in guards.on_roll(row):
        raise LookupError(pk)
    sees = matters.sees(who, row)
    told: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        given = _given(request.POST.items())
        if not given and not voting.lines(row, who, at):
            raise LookupError(pk)
        try:
            done = voting.vote(row, given, actor=who, at=at)
        except ProblemError as error:
            told, status = {"": errors.message(error)}, errors.status(error)
        else:
            messages.success(request, words.text("round.voted", n=done))
            return redirect("desk:matter", pk=pk) if sees else redirect("round:index")
    lines = voting.lines(row, who, at)
    if not lines and not told:
        raise LookupError(pk)
    context = {
        "section": SECTION,
        "round": row,
        "sees": sees,
        "lines": [_line(line, row, who) for line in lines],
        "problems": told,
        "given": request.POST,
    }
    return render(request, "round/ballot.html", context, status=status)


def _given(posted: Iterable[tuple[str, object]]) -> dict[int, str]:
    """The choices that were sent, by nomination; a number that is too long for any is that of none."""
    found: dict[int, str] = {}
    for name, value in posted:
        text = name.removeprefix("vote-")
        if text != name and text.isascii() and text.isdigit() and value:
            plain = text.lstrip("0")
            found[int(plain or 0) if len(plain) <= DIGITS else 0] = str(value)
    return found


def _line(line: voting.Line, row: Matter, who: Actor) -> dict[str, Any]:
    one = line.matter
    mine = rounds.candidacy(one)
    rows = Criterion.objects.filter(stream=one.stream).order_by("pk")
    spec = programmes.spec_of(one.release_id)
    return {
        "matter": one,
        "whom": shown.whom(mine) if mine is not None else {},
        "conditions": by_matter(rows, who, row).get(one.pk, []),
        "why": str(matters.timeline(one, who)[0].private.get("body", "")),
        "mine": line.mine,
        "choices": [(name, words.of(spec, f"stances.{one.kind}.{name}")) for name in line.choices],
    }


@require_GET
def public_wall(request: HttpRequest) -> HttpResponse:
    """Who holds which award; a name only where its holder wants it there."""
    return render(request, "round/wall.html", {"section": "wall", "rows": wall.wall()})


def _awaited(who: Actor, at: datetime) -> Iterable[Waiting]:
    """The rounds in which somebody has nominations left to vote on."""
    if who.person_id is not None and may_look(who):
        for one in _open_rounds(who.person_id):
            if n := len(voting.left(one, who, at)):
                yield Waiting("round.waits", n, reverse("round:ballot", args=[one.pk]))


def register() -> None:
    """A room in the menu, the page that opens nominations, what waits for somebody, the wall outside."""
    room = Room(SECTION, "round:index", "round.title", icon="award")
    faces.placed("appraisals", room, may_look)
    faces.opened_at(NOMINATION, lambda one: reverse("round:index"))
    faces.awaits(_awaited)
    faces.outside(Room("wall", "wall:wall", "round.wall", icon="award"))
