"""The whole of a round with its edits in place, and the same as a spreadsheet; what somebody can and needs."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.facets.pair import board, cards, waiting
from bihuan.facets.pair.block import BRING_BACK, EDITS, LEAVE_OUT, PAIR
from bihuan.facets.pair.board import Board
from bihuan.facets.pair.cards import LONG, MORE, NAMES
from bihuan.facets.pair.models import PairCard
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import ConflictError, standing
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.spec.schema import Programme
from bihuan.web import errors, faces, paging, tables, words
from bihuan.web.actor import actor_of
from bihuan.web.faces import Waiting
from bihuan.web.navigation import Room

PAGE = 60
_COLUMNS = ("one", "one_org", "other", "other_org", "gives", "takes", "how", "number", "state")


def _today() -> date:
    return timezone.localtime(now()).date()


def _read(request: HttpRequest, pk: int) -> tuple[Actor, Matter, Board]:
    """Who looks, the round, what is read of it. Raises LookupError where there is none, or nobody in
    it yet, or nothing that the reader may read."""
    who = actor_of(request)
    found = matters.matter(who, pk)
    told = board.board(found, who, _today())
    if told is None or not told.sides:
        raise LookupError(pk)
    return who, found, told


def _edits(found: Matter, who: Actor, at: datetime) -> dict[str, tuple[str, dict[str, str]]]:
    """The edits that the reader may make now: verb → the action, and its inputs by argument."""
    told: dict[str, tuple[str, dict[str, str]]] = {}
    for one in matters.offered(found, who, at):
        if one.refusal is not None:
            continue
        for verb in one.action.effects:
            if verb.do in EDITS:
                names = {key: str(name) for key, name in verb.args.items()}
                wanted = {n for n, asked in one.action.inputs.items() if asked.required}
                if wanted <= {*names.values()}:
                    told.setdefault(verb.do, (one.id, names))
    return told


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def every(request: HttpRequest, pk: int) -> HttpResponse:
    """A round's pairs and those without one, so many at a time; ticked, they are edited."""
    who, found, told = _read(request, pk)
    problem, status = "", 200
    if request.method == "POST":
        problem, status = _edit(request, who, found)
        if not problem:
            return redirect(f"{reverse('pair:all', args=[pk])}?{request.GET.urlencode()}")
        found = matters.matter(who, pk)
        told = board.board(found, who, _today()) or told
    counts, query = told.counts(), request.GET.get("q", "").strip()[:60]
    name = request.GET.get("list", "")
    name = name if name in board.LISTS else ""
    links = [one for one in board.seen(told, who) if _wanted(told, one, name, query)]
    people = _people(told, name, query) if told.keeps else []
    page = paging.number(request)
    start = (page - 1) * PAGE
    context = {
        "section": "queue",
        "matter": found,
        "told": counts,
        "keeps": told.keeps,
        "list": name,
        "query": query,
        "lists": [("", counts["pairs"]), *((one, counts[one]) for one in board.LISTS)],
        "links": [board.link(told, one) for one in links[start : start + PAGE]],
        "people": people[start : start + PAGE],
        "bars": _bars(told) if told.keeps and name == "apart" else [],
        "before": page - 1,
        "after": page + 1 if max(len(links), len(people)) > start + PAGE else 0,
        "edits": {verb.partition(".")[2] for verb in _edits(found, who, now())},
        "key": secrets.token_urlsafe(16),
        "problem": problem,
        "ticked": request.POST.getlist("who"),
        "given": request.POST,
        "unpaged": _without(request, "page"),
        "programme": told.programme,
    }
    return render(request, "pair/all.html", context, status=status)


def _without(request: HttpRequest, name: str) -> str:
    kept = request.GET.copy()
    kept.pop(name, None)
    return kept.urlencode()


def _version(request: HttpRequest) -> int | None:
    """The version that was looked at; None where the form names none that there could be."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _is_key(text: str) -> bool:
    number = text[1:]
    return number.isascii() and number.isdigit() and len(number) < 18


def _wanted(told: Board, one: Any, name: str, query: str) -> bool:
    if name and (name not in ("suggested", "stands") or one.stands != (name == "stands")):
        return False
    return not query or any(query in cards.name_of(key) for key in (one.first, one.second))


def _people(told: Board, name: str, query: str) -> list[dict[str, Any]]:
    """Those without a partner, or one list of them."""
    if name in ("suggested", "stands", "apart"):
        return []
    keys = board.keys_of(told, name or "alone")
    return [board.alone(told, key) for key in keys if not query or query in cards.name_of(key)]


def _bars(told: Board) -> list[dict[str, Any]]:
    pairs = [(one, one.key.split("-")) for one in told.bars]
    return [
        {"one": board.side(told, a), "other": board.side(told, b), "reason": one.reason}
        for one, (a, b) in pairs
        if a in told.sides and b in told.sides
    ]


def _edit(request: HttpRequest, who: Actor, found: Matter) -> tuple[str, int]:
    """Makes the edit that was pressed with those who were ticked. Returns what was wrong with it."""
    verb = f"pair.{request.POST.get('do', '')}"
    edits = _edits(found, who, now())
    if verb not in edits:
        return words.text("error.matters.may_not_act"), 403
    action, names = edits[verb]
    ticked = [one for one in dict.fromkeys(request.POST.getlist("who")) if _is_key(one)]
    alone = verb in (LEAVE_OUT, BRING_BACK)
    if len(ticked) != (1 if alone else 2):
        return words.text("pair.tick_one" if alone else "pair.tick_two", n=len(ticked)), 422
    data: dict[str, Any] = {names["who"]: ticked[0][1:]} if alone else {
        names["first"]: ticked[0][1:],
        names["second"]: ticked[1][1:],
    }  # fmt: skip
    if "reason" in names and request.POST.get("reason"):
        data[names["reason"]] = request.POST["reason"]
    try:
        matters.act(
            found.pk,
            action,
            actor=who,
            at=now(),
            data=data,
            key=request.POST.get("key") or None,
            version=_version(request),
        )
    except InputError as error:
        return "\n".join(errors.by_field(error).values()), 422
    except (ProblemError, ConflictError) as error:
        return errors.message(error), errors.status(error)
    label = words.of(programmes.spec_of(found.release_id), f"actions.{found.kind}.{action}")
    messages.success(request, words.text("desk.acted", action=label), extra_tags="good")
    return "", 200


@login_required
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """All the pairs and those without one, as a spreadsheet."""
    who, found, told = _read(request, pk)
    rows = [_line(board.link(told, one)) for one in board.seen(told, who)]
    if told.keeps:
        for name in ("alone", "exempt", "out", "gone"):
            rows += [_single(one) for one in _people(told, name, "")]
    content = exchange.taken_out(
        who,
        [words.text(f"pair.column_{name}") for name in _COLUMNS],
        rows,
        name=f"{words.text('pair.all_title')} {found.number}",
        said={"matter": found.number, "list": "pairs"},
        at=now(),
    )
    return tables.sent(content, f"pairs-{found.number}.xlsx")


def _line(one: dict[str, Any]) -> list[Any]:
    how = "by_hand" if one["by_hand"] else "suggested"
    return [
        one["one"]["name"],
        one["one"]["org"]["name"],
        one["other"]["name"],
        one["other"]["org"]["name"],
        words.listed(words.choose(each) for each in one["gives"]),
        words.listed(words.choose(each) for each in one["takes"]),
        words.text(f"pair.how.{how}"),
        one["matter"]["number"] if one["matter"] else "",
        words.choose(one["matter"]["state_label"])
        if one["matter"]
        else words.text(f"pair.how.{'stands' if one['stands'] else 'not_stands'}"),
    ]


def _single(one: dict[str, Any]) -> list[Any]:
    state = words.text(f"pair.state.{one['state']}")
    return [one["name"], one["org"]["name"], "", "", "", "", "", "", state]


# What somebody can and needs.


@login_required
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """One's own card, those of the organisations one speaks for, and of whom one says it in rounds that
    are open."""
    who, on = actor_of(request), _today()
    own = [(spec, one, cards.card(spec.id, one.key)) for spec, one in cards.mine(who, on)]
    keys = {(spec.id, one.key) for spec, one, _ in own}
    others = [one for one in waiting.asked(who) if (one.programme.id, one.key) not in keys]
    context = {
        "section": "pair",
        "own": [(spec, one, _told(spec, row)) for spec, one, row in own],
        "unsaid": [one for one in others if not one.said],
        "others": [one for one in others if one.said],
    }
    return render(request, "pair/index.html", context)


def _told(spec: Programme, row: PairCard | None) -> dict[str, Any] | None:
    if row is None:
        return None
    said = {name: board.labels(spec, cards.all_of(row, name)) for name in NAMES}
    return {**said, "said_at": row.said_at}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def card(request: HttpRequest, programme: str, whom: str) -> HttpResponse:
    """What somebody can and needs: ticked from the programme's dictionary, or in their own words."""
    who, on = actor_of(request), _today()
    one, spec = cards.opened(who, programme, whom, on)
    row = cards.card(spec.id, one.key)
    problems: dict[str, str] = {}
    failed, status = "", 200
    if request.method == "POST":
        try:
            cards.say(
                one.key,
                spec.id,
                _posted(request),
                actor=who,
                at=now(),
                version=_version(request),
            )
        except InputError as error:
            problems, status = errors.by_field(error), 422
        except ProblemError as error:
            failed, status = errors.message(error), errors.status(error)
        else:
            messages.success(request, words.text("pair.card_said"), extra_tags="good")
            return redirect("pair:index")
    ticked = _posted(request) if request.method == "POST" else _kept(row)
    context = {
        "section": "pair",
        "whom": one,
        "own": cards.is_own(who, one, spec),
        "programme": spec,
        "row": row,
        "version": row.version if row else 0,
        "columns": [
            {
                "name": name,
                "skills": [
                    (skill, cards.skill_words(spec, skill), skill in ticked[name])
                    for skill in cards.dictionary(spec, one.sort)
                ],
                "more": "\n".join(ticked[f"{name}_more"]),
                "problem": problems.get(name) or problems.get(f"{name}_more", ""),
            }
            for name in NAMES
        ],
        "most": MORE,
        "long": LONG,
        "failed": failed,
    }
    return render(request, "pair/card.html", context, status=status)


def _posted(request: HttpRequest) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: request.POST.getlist(name) for name in NAMES}
    for name in NAMES:
        text = request.POST.get(f"{name}_more", "")[: MORE * LONG * 8]
        found[f"{name}_more"] = [one for line in text.splitlines() if (one := line.strip())]
    return found


def _kept(row: PairCard | None) -> dict[str, list[str]]:
    names = (*NAMES, *(f"{name}_more" for name in NAMES))
    return {name: list(getattr(row, name)) if row else [] for name in names}


def _awaited(who: Actor, at: datetime) -> Iterable[Waiting]:
    """Cards that nobody filled in, of those in rounds that are open."""
    on = timezone.localtime(at).date()
    if not may_look(who):
        return
    unsaid = [one for one in waiting.asked(who) if not one.said]
    own = {(spec.id, one.key) for spec, one in cards.mine(who, on)} if unsaid else set()
    mine = [one for one in unsaid if (one.programme.id, one.key) in own]
    if len(mine) == 1:
        address = reverse("pair:card", args=[mine[0].programme.id, mine[0].key])
        yield Waiting("pair.waits.own", 1, address)
    elif mine:
        yield Waiting("pair.waits.own", len(mine), reverse("pair:index"))
    yield Waiting("pair.waits.others", len(unsaid) - len(mine), reverse("pair:index"))


@standing.kept
def _pairing() -> bool:
    return any(True for spec in programmes.known() for _ in PAIR.kinds(spec))


def may_look(who: Actor) -> bool:
    """Whether somebody has a card, or says for others what they can and need."""
    if who.person_id is None or not _pairing():
        return False
    if any(cards.roles(spec) & who.roles() for spec in programmes.known()):
        return True
    return bool(cards.mine(who, _today()))


def register() -> None:
    """A room in the menu, and cards that wait among what waits for somebody."""
    faces.placed("people", Room("pair", "pair:index", "pair.cards_title", icon="users"), may_look)
    faces.awaits(_awaited)
