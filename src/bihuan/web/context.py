"""What every page knows: who reads it, what they may open, which languages there are."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from bihuan.foundation.access import officers, overseeing
from bihuan.foundation.access.api import ADMIN, Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.identity import api as identity
from bihuan.foundation.notify import api as notify
from bihuan.kernel.halls import api as halls
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.openings.api import opens
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import duties
from bihuan.kernel.receivers import api as receivers
from bihuan.kernel.upkeep import api as upkeep
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import faces, landing, words
from bihuan.web.actor import actor_of
from bihuan.web.member.places import places
from bihuan.web.portal import terminal
from bihuan.web.site import LOOKS, look_of
from bihuan.web.spans import today


def _whose() -> identity.Site:
    """Whose site it is. A page that says that the database does not answer has no name then."""
    try:
        return identity.site()
    except DatabaseError:
        return identity.Site()


@standing.kept
def _left(who: Actor, on: date) -> tuple[str, ...]:
    """What of a first morning is left for a reader to do themselves, by name."""
    if not officers.is_officer(who):
        return ()
    return tuple(t.name for t in upkeep.first_steps(who, on) if t.mine and not t.done)


def rights(who: Actor) -> frozenset[str]:
    """What lets a reader in somewhere, as menus and pages ask for it. Standing data."""
    return _rights(who, today())


@standing.kept
def _rights(who: Actor, on: date) -> frozenset[str]:
    asked = {
        "is_admin": officers.is_officer(who),
        "is_beginning": upkeep.is_beginning(who, on),
        "may_oversee": overseeing.may(who),
        "may_publish": duties.anywhere(who, *publicity.READERS),
        "may_count": bool(who.roles() - {ADMIN}),
        "may_lead": duties.anywhere(who, *duties.LEADING),
        "may_register": receivers.takes_down(who),
        "may_window": halls.is_at_desk(who, "ticket"),
        "may_visit": halls.is_at_desk(who, "apply"),
        "may_open": opens(who),
        "may_merge": duties.anywhere(who, "receive", "lead"),
        "may_members": people.anywhere(who),
        "may_owe": obligations.anywhere(who),
        "at_desk": landing.shell(who) == landing.DESK,
        "may_direct": duties.anywhere(who, *duties.LEADING),
        "may_weigh": bool(officers.places(who, officers.SYSTEM))
        or duties.anywhere(who, *duties.LEADING),
    }
    return frozenset(name for name, may in asked.items() if may)


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every template."""
    whose = _whose()
    stands = terminal.here(request)
    context: dict[str, Any] = {
        "languages": settings.LANGUAGES,
        "locale": words.locale(),
        "look": look_of(request),
        "looks": ("", *LOOKS),
        "here": request.get_full_path(),
        "terminal": stands.seconds,
        "terminal_home": stands.home,
        "outside_rooms": faces.rooms_outside(),
        "site": whose,
        "site_name": whose.name or words.text("site.name"),
    }
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        who = actor_of(request)
        context["who"] = who
        context["rights"] = rights(who)
        context |= dict.fromkeys(context["rights"], True)
        inside = request.path.startswith("/m/")
        context["shell"] = landing.MEMBER if inside else landing.shell(who)
        context["member_places"] = places(who)
        context["first_left"] = _left(who, today())
        context["facet_rooms"] = faces.rooms(who)
        context["unread"] = notify.unread(who.person_id or 0)
    return context
