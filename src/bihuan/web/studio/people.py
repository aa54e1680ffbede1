"""People: somebody with or without an account, their posts and roles in one form, and each of them
later; an invitation to an account."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import (
    connecting,
    enrolling,
    factors,
    governing,
    holders,
    inviting,
    officers,
)
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError
from bihuan.web import choosing, errors, words
from bihuan.web.actor import actor_of
from bihuan.web.studio import roles
from bihuan.web.studio.directory import LISTED
from bihuan.web.studio.door import (
    administrator,
    carry_out,
    chosen,
    day_of,
    number_of,
    own_place,
    show,
    today,
)

# What becomes of a new person's account: they are invited, get a password to be changed, have none.
HOW = INVITED, TEMPORARY, WITHOUT = ("invite", "temporary", "without")


def start_of(request: HttpRequest) -> date:
    """The day from which what is posted holds: the one that was filled in, or today."""
    return day_of(request, "start") or today()


@administrator
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Accounts, and a new one with its posts and roles."""
    who = actor_of(request)
    made: list[orgs.Person] = []
    if request.method == "POST" and carry_out(
        request, lambda: made.append(_enrol(request, who)), said=True
    ):
        if request.POST.get("account") == INVITED:
            return redirect("studio:invite", pk=made[0].pk)
        return redirect("studio:people")
    wanted, place = _wanted(request, who)
    rows = holders.entries(who, wanted, now(), limit=LISTED)
    context: dict[str, Any] = {
        "page": "people",
        "rows": [
            (
                one,
                words.listed(_posts(one), by="semicolon"),
                words.listed(roles.in_words(one.grants)),
            )
            for one in rows
        ],
        "wanted": wanted,
        "place": place,
        "narrowed": wanted != holders.Wanted(),
        "role_groups": roles.known(who),
        "role": request.GET.get("role", ""),
        "standings": holders.STANDINGS,
        "cut": len(rows) >= LISTED,
        "offered": roles.offered(who),
        "ticked": request.POST.getlist("roles"),
        "today": today(),
        "may_name": bool(officers.places(who, officers.SYSTEM)),
        "accounts": [
            (one, words.text(f"studio.account_{one}"))
            for one in HOW
            if one != INVITED or officers.places(who, officers.SECURITY)
        ],
        "account": request.POST.get("account", TEMPORARY),
        "without": _without(who, wanted) if rows else None,
        "first": enrolling.FIRST,
    }
    return show(request, "studio/people.html", context)


def _without(who: Actor, wanted: holders.Wanted) -> Org | None:
    """Where those who are listed for having no password get a first one, if the reader may give it."""
    if wanted.standing != holders.NONE or not officers.places(who, officers.SECURITY):
        return None
    return wanted.org or own_place(who)


def _wanted(request: HttpRequest, who: Actor) -> tuple[holders.Wanted, str]:
    """What the list is narrowed to, and the organisation of it as its field shows it."""
    place, typed = None, request.GET.get("org-text", "")[:120]
    try:
        found = choosing.taken(request.GET, "org", "org", choosing.of_admin(who, today()))
        if isinstance(found, int):
            place, typed = orgs.org(found), choosing.chosen([str(found)])[0].label
    except InputError as error:
        messages.error(request, errors.message(error), extra_tags="bad")
    programme, _, role = request.GET.get("role", "").rpartition(":")
    standing = request.GET.get("standing", "")
    wanted = holders.Wanted(
        query=request.GET.get("q", "").strip()[:60],
        org=place,
        role=role[:40],
        programme=programme[:40],
        standing=standing if standing in holders.STANDINGS else "",
    )
    return wanted, typed


def _posts(one: holders.Entry) -> list[str]:
    return [
        words.text("studio.post_as", org=post.org.name, title=post.title)
        if post.title
        else post.org.name
        for post in one.posts
    ]


def _orgs(request: HttpRequest, name: str) -> list[Org]:
    scope = choosing.of_admin(actor_of(request), today())
    found = choosing.taken(request.POST, name, "orgs", scope)
    return orgs.orgs_of(found) if isinstance(found, list) else []


def _over(request: HttpRequest) -> Org | None:
    scope = choosing.of_admin(actor_of(request), today())
    found = choosing.taken(request.POST, "over", "org", scope)
    return orgs.org(found) if isinstance(found, int) else None


def _enrol(request: HttpRequest, who: Actor) -> orgs.Person:
    typed, how = request.POST.get("password", ""), request.POST.get("account", "")
    made_up = orgs.passwords.temporary() if how == TEMPORARY and not typed else ""
    person = enrolling.enrol(
        request.POST.get("name", "")[:60],
        place=orgs.org(chosen(request, "org", "org")),
        username=request.POST.get("username", "")[:60],
        title=request.POST.get("title", "")[:60],
        email=request.POST.get("email", "")[:120],
        code=request.POST.get("code", "")[:40],
        account=how != WITHOUT,
        password=typed or made_up or None,
        also=_orgs(request, "also"),
        roles=roles.taken(request),
        over=_over(request),
        at=now(),
        actor=who,
    )
    key = "enrolled_invite" if how == INVITED else "enrolled" if made_up else "enrolled_plain"
    if how == WITHOUT:
        key = "added_plain"
    told = words.text(f"studio.{key}", name=person.name, username=person.username, password=made_up)
    messages.success(request, told, extra_tags="good")
    return person


@administrator
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody: names, code, account and password, whether they may log in; their posts and roles."""
    who = actor_of(request)
    row = orgs.person(pk)
    if not governing.may_know(who, pk, now()):
        raise LookupError(pk)
    if request.method == "POST" and carry_out(request, lambda: _do(request, pk, who)):
        return redirect("studio:person", pk=pk)
    posts, grants = enrolling.standing_of(who, pk, today())
    mine = pk == who.person_id
    context = {
        "page": "people",
        "person": row,
        "may_name": officers.is_over_person(who, officers.SYSTEM, pk, today()),
        "may_close": officers.is_over_person(who, officers.SECURITY, pk, today()),
        "mine": mine,
        "taken_off": factors.has_any(pk) or bool(connecting.connected(pk)),
        "invitation": inviting.open_of(pk, now()),
        "posts": posts,
        "grants": roles.told(grants),
        "offered": [] if mine or not row.has_account else roles.offered(who),
        "ticked": request.POST.getlist("roles"),
        "today": today(),
    }
    return show(request, "studio/person.html", context)


def _do(request: HttpRequest, pk: int, who: Actor) -> None:
    step, at = request.POST.get("do", ""), now()
    if step == "place":
        title = request.POST.get("title", "")[:60]
        start = start_of(request)
        place = orgs.org(chosen(request, "org", "org"))
        enrolling.place_at(pk, [place], title=title, start=start, at=at, actor=who)
    elif step == "give":
        over = orgs.org(chosen(request, "over", "org"))
        start, end = start_of(request), day_of(request, "end")
        wanted = roles.taken(request)
        enrolling.give_roles(pk, wanted, over, start=start, end=end, at=at, actor=who)
    elif step == "end_post":
        post = number_of(request.POST.get("post"))
        governing.end_post(post, end=today(), at=at, actor=who)
    elif step == "end":
        governing.end(number_of(request.POST.get("grant")), on=today(), at=at, actor=who)
    elif step == "factor_off":
        governing.take_factors_off(pk, at=at, actor=who)
    elif step == "temporary":
        made_up = orgs.passwords.temporary()
        governing.reset_password(pk, made_up, at=at, actor=who)
        messages.warning(request, words.text("studio.temporary_once", password=made_up))
    else:
        _change(request, pk, who)


@transaction.atomic
def _change(request: HttpRequest, pk: int, who: Actor) -> None:
    at, row = now(), orgs.person(pk)
    values: dict[str, object] = {}
    if "name" in request.POST:
        values["name"] = request.POST["name"][:60]
        values["email"] = request.POST.get("email", "")[:120]
        values["code"] = request.POST.get("code", row.code)[:40]
    if "closing" in request.POST:
        values["is_active"] = bool(request.POST.get("is_active"))
    if request.POST.get("password"):
        governing.reset_password(pk, request.POST["password"], at=at, actor=who)
    governing.change_person(pk, at=at, actor=who, **values)
