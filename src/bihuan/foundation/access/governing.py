"""Administration: every change of organisations, people, posts, grants and tokens by somebody.

Pages, interface, command line and imports call these. Each asks whether the actor is over all that
is touched (see `officers`) and raises DeniedError where not. Nobody gives more than they hold, to
themselves, for a day that is over, or to somebody they are not over. The house itself (SYSTEM: the
operator's command line, jobs, stories) may do anything that can be.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.foundation.access import connecting, factors, inviting, logins, officers
from bihuan.foundation.access.api import AccessError, Actor, DeniedError
from bihuan.foundation.access.models import Grant, Invitation, Token
from bihuan.foundation.access.officers import SECURITY, SYSTEM
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.foundation.orgs.api import Org, OrgError, Person
from bihuan.foundation.orgs.models import CalendarYear, OrgType, Post, WorkCalendar

Moved = Callable[[int, str, datetime], None]
_MOVED: list[Moved] = []


def tell_moved(told: Moved) -> None:
    """Adds who tells a person that their e-mail address was changed: (whose, the one before, when)."""
    if told not in _MOVED:
        _MOVED.append(told)


def day_of(at: datetime) -> date:
    """The local day on which something is done."""
    return timezone.localtime(at).date()


def _not_over(actor: Actor, day: date, at: datetime) -> None:
    if day < day_of(at) and not officers.is_house(actor):
        raise AccessError("access.in_the_past", day=day_of(at).isoformat())


@transaction.atomic
def create_org(name: str, *, parent: Org | None, at: datetime, actor: Actor, **values: str) -> Org:
    """A new organisation. A new root is a city of its own: who may make one is over the whole
    house, and administers it from the first day, so that they still are. Raises OrgError."""
    if parent is not None:
        officers.require(actor, SYSTEM, parent)
        return orgs.create_org(name, parent=parent, at=at, actor=actor.ref, **values)
    officers.require_house(actor, SYSTEM)
    made = orgs.create_org(name, parent=None, at=at, actor=actor.ref, **values)
    if actor.person_id is not None:
        role = officers.role_for(SYSTEM)
        access.give(actor.person_id, role, made.pk, start=day_of(at), at=at, actor=actor.ref)
    return made


def change_org(pk: int, *, at: datetime, actor: Actor, **values: object) -> Org:
    """Renames or otherwise changes an organisation. Raises OrgError."""
    officers.require(actor, SYSTEM, orgs.org(pk))
    return orgs.change_org(pk, at=at, actor=actor.ref, **values)


@transaction.atomic
def create_person(
    username: str,
    name: str,
    *,
    place: Org | None,
    at: datetime,
    actor: Actor,
    password: str | None = None,
    email: str = "",
    code: str = "",
    lasting: bool = False,
    title: str = "",
) -> Person:
    """A new account with its first post, from today on. Without `place` it is where the actor
    administers; only the house makes accounts of nobody. The password must be changed at the first
    log-in, unless the house says that it is `lasting`. Raises OrgError.

    Raises AccessError when the actor administers several places and named none.
    """
    where = place or _only_place(actor)
    if where is not None:
        officers.require(actor, SYSTEM, where)
    made = orgs.create_person(
        username,
        name,
        at=at,
        actor=actor.ref,
        password=password,
        email=email,
        code=code,
        must_change=not (lasting and officers.is_house(actor)),
    )
    if where is not None:
        orgs.give_post(made.pk, where.pk, start=day_of(at), at=at, actor=actor.ref, title=title)
    return made


@transaction.atomic
def add_person(
    name: str,
    *,
    place: Org | None,
    at: datetime,
    actor: Actor,
    code: str = "",
    email: str = "",
    title: str = "",
) -> Person:
    """Somebody new without an account, with their first post from today on; `place` as of
    `create_person`. Raises OrgError, AccessError when the actor administers several places and named
    none."""
    where = place or _only_place(actor)
    if where is not None:
        officers.require(actor, SYSTEM, where)
    made = orgs.add_person(name, code=code, email=email, at=at, actor=actor.ref)
    if where is not None:
        orgs.give_post(made.pk, where.pk, start=day_of(at), at=at, actor=actor.ref, title=title)
    return made


def _only_place(actor: Actor) -> Org | None:
    if officers.is_house(actor):
        return None
    mine = set(officers.places(actor, SYSTEM))
    if not mine:
        raise DeniedError(officers.role_for(SYSTEM))
    if len(mine) > 1:
        raise AccessError("access.place_missing")
    return orgs.orgs_at(mine)[0]


@transaction.atomic
def change_person(pk: int, *, at: datetime, actor: Actor, **values: object) -> Person:
    """Changes name, code, e-mail, language, digest or whether somebody is active; what is as it was
    needs no right. Raises OrgError, also for closing one's own account."""
    row = orgs.person(pk)
    fresh = {name: value for name, value in values.items() if getattr(row, name, None) != value}
    if fresh.keys() - {"is_active"}:
        officers.require_person(actor, SYSTEM, pk, day_of(at))
    if "is_active" in fresh:
        officers.require_person(actor, SECURITY, pk, day_of(at))
        if pk == actor.person_id:
            raise OrgError("orgs.not_yourself")
    if not fresh:
        return row
    if fresh.get("is_active") is False:
        inviting.end(pk, at=at, actor=actor.ref)
    return orgs.change_person(pk, at=at, actor=actor.ref, **fresh)


def reset_password(
    pk: int, password: str, *, at: datetime, actor: Actor, lasting: bool = False
) -> None:
    """Gives somebody a new password, which they must change when they log in, unless the house says
    that it is `lasting`; their connections with providers end. Raises OrgError when it is weak, or for one's own: that is changed by who
    knows the old one."""
    officers.require_person(actor, SECURITY, pk, day_of(at))
    _not_oneself(actor, pk)
    lasts = lasting and officers.is_house(actor)
    orgs.set_password(pk, password, at=at, actor=actor.ref, must_change=not lasts)
    logins.end_sessions(pk, at, by=actor.ref, why="password")
    connecting.end_all(pk, at=at, actor=actor.ref)


@transaction.atomic
def take_factors_off(pk: int, *, at: datetime, actor: Actor) -> bool:
    """Takes off all second factors of somebody who lost theirs and their connections with providers,
    ends their sessions and tells them; False where there was neither. Raises OrgError for one's own:
    those are taken off by who has them."""
    officers.require_person(actor, SECURITY, pk, day_of(at))
    _not_oneself(actor, pk, "orgs.own_factor")
    ended = connecting.end_all(pk, at=at, actor=actor.ref)
    if not factors.take_all_off(pk, at=at, by=actor.ref, tells=ended > 0) and not ended:
        return False
    logins.end_sessions(pk, at, by=actor.ref, why="factor")
    return True


def _not_oneself(actor: Actor, pk: int, key: str = "orgs.own_password") -> None:
    if pk == actor.person_id:
        raise OrgError(key)


@transaction.atomic
def invite(
    pk: int, *, at: datetime, actor: Actor, expires: date | None = None
) -> tuple[Invitation, str]:
    """Invites somebody to an account, or to a new password of theirs, through the day `expires` (see
    `inviting.give`); returns the invitation and its secret, which is told this once. Raises AccessError
    for a day that cannot be or a closed account, OrgError for oneself."""
    officers.require_person(actor, SECURITY, pk, day_of(at))
    _not_oneself(actor, pk)
    return inviting.give(pk, at=at, actor=actor.ref, expires=expires)


def end_invitation(pk: int, *, at: datetime, actor: Actor) -> Invitation | None:
    """Ends the invitation that somebody has; None where there is none to end."""
    officers.require_person(actor, SECURITY, pk, day_of(at))
    return inviting.end(pk, at=at, actor=actor.ref)


def change_own(
    *,
    at: datetime,
    actor: Actor,
    old: str = "",
    new: str = "",
    session: str | None = None,
    began: datetime | None = None,
    source: str = "",
    **values: object,
) -> Person:
    """Changes one's own e-mail address, language or digest, and one's password where there is a
    `new` one, which ends all one's sessions but the one with the key `session`. Nobody need be over
    oneself, but for a new password the `old` must be right, and for another address too unless the
    log-in `began` lately (`factors.confirm`; `source` is from where it is asked); the address of before
    is told, links asked for end. Raises OrgError, TooSoonError, DeniedError for who comes without an
    account or by a token."""
    if actor.person_id is None or actor.scopes is not None:
        raise DeniedError("login")
    beyond = values.keys() - {"email", "locale", "digest"}
    if beyond:
        raise OrgError("orgs.unknown_field", field=", ".join(sorted(beyond)))
    was = orgs.person(actor.person_id)
    if new and not was.check_password(old):
        raise OrgError("orgs.old_password_wrong")
    moves = "email" in values and values["email"] != was.email
    if moves and not new:
        # Outside the transaction: a wrong password is counted also where nothing is changed.
        factors.confirm(actor, began=began, password=old, source=source, at=at)
    return _changed_own(was, new, session, values, at=at, actor=actor)


@transaction.atomic
def _changed_own(
    was: Person,
    new: str,
    session: str | None,
    values: dict[str, object],
    *,
    at: datetime,
    actor: Actor,
) -> Person:
    if new:
        orgs.set_password(was.pk, new, at=at, actor=actor.ref)
        logins.end_sessions(was.pk, at, by=actor.ref, why="password", but=session)
    if values.get("email", was.email) != was.email:
        orgs.accounts.require_own(was.pk, str(values["email"]))
    row = orgs.change_person(was.pk, at=at, actor=actor.ref, **values)
    if row.email != was.email:
        inviting.end_asked(was.pk, at=at, actor=actor.ref)
        for told in _MOVED:
            told(was.pk, was.email, at)
    return row


@transaction.atomic
def give_post(
    person_id: int, org_id: int, *, start: date, at: datetime, actor: Actor, title: str = ""
) -> Post:
    """Places a person in an organisation from a day on. Raises OrgError, AccessError."""
    officers.require(actor, SYSTEM, orgs.org(org_id))
    _may_receive(actor, SYSTEM, person_id, at)
    _not_over(actor, start, at)
    return orgs.give_post(person_id, org_id, start=start, at=at, actor=actor.ref, title=title)


def end_post(pk: int, *, end: date, at: datetime, actor: Actor) -> Post:
    """Ends a post with a last day, yesterday at the earliest. Raises OrgError, AccessError."""
    officers.require(actor, SYSTEM, orgs.org_of_post(pk))
    _not_over(actor, end + timedelta(days=1), at)
    return orgs.end_post(pk, end=end, at=at, actor=actor.ref)


def _may_receive(actor: Actor, duty: str, person_id: int, at: datetime) -> None:
    if person_id == actor.person_id:
        raise AccessError("access.to_oneself")
    officers.require_person(actor, duty, person_id, day_of(at))


def known_role(role: str, programme: str) -> None:
    """Raises AccessError for a role that there is not, in a programme or in the house."""
    if role not in officers.roles(programme):
        raise AccessError("access.unknown_role", role=role)


@transaction.atomic
def give(
    person_id: int,
    role: str,
    org_id: int,
    *,
    start: date,
    at: datetime,
    actor: Actor,
    end: date | None = None,
    programme: str = "",
) -> Grant:
    """Grants a role that there is, at a place the actor is over, to somebody the actor is over.

    Raises AccessError: no such role, for oneself, for a day that is over, ends before it starts.
    """
    officers.require(actor, SECURITY, orgs.org(org_id))
    known_role(role, programme)
    _may_receive(actor, SECURITY, person_id, at)
    _not_over(actor, start, at)
    return access.give(
        person_id,
        role,
        org_id,
        start=start,
        end=end,
        programme=programme,
        at=at,
        actor=actor.ref,
    )


def end(pk: int, *, on: date, at: datetime, actor: Actor) -> Grant:
    """Ends a grant with the day before `on`, today at the earliest. Raises AccessError,
    LookupError where the actor may not know of it."""
    row = access.grant(pk)
    if not officers.is_over(actor, SECURITY, row.org.path):
        raise LookupError(pk)
    _not_over(actor, on, at)
    return access.end(pk, on=on, at=at, actor=actor.ref)


def scopes_of(actor: Actor) -> list[str]:
    """What a token of the actor's own may be issued for."""
    return [one for one in access.SCOPES if one != "admin" or officers.is_officer(actor)]


def issue_token(name: str, scopes: list[str], *, expires: date, at: datetime, actor: Actor) -> str:
    """A new token of the actor's own, within what the actor may do; the secret is told once.

    Raises AccessError: unknown scope, none, or one that the actor has nothing of; DeniedError for
    who has no account or comes by a token.
    """
    if actor.person_id is None or actor.scopes is not None:
        raise DeniedError("login")
    beyond = [one for one in scopes if one in access.SCOPES and one not in scopes_of(actor)]
    if beyond:
        raise AccessError("access.more_than_held", scopes=", ".join(beyond))
    return access.issue_token(
        actor.person_id, name, scopes, expires=expires, at=at, actor=actor.ref
    )


def revoke_token(pk: int, *, at: datetime, actor: Actor) -> None:
    """Ends a token at once: its holder's own, or of somebody the actor is over. Raises LookupError
    where the actor may not know of it."""
    row = access.token(pk)
    mine = actor.person_id is not None and row.person_id == actor.person_id
    if not mine and not officers.is_over_person(actor, SECURITY, row.person_id, day_of(at)):
        raise LookupError(pk)
    access.revoke_token(pk, at=at, actor=actor.ref)


def tokens(actor: Actor, at: datetime) -> list[Token]:
    """Tokens of the people the actor is over, newest first; never a secret."""
    found = access.tokens()
    known = officers.rights([row.person_id for row in found], day_of(at))
    whole = officers.is_over_house(actor, SECURITY)
    return [row for row in found if whole or _all_over(actor, known.get(row.person_id, ()))]


def may_know(actor: Actor, person_id: int, at: datetime) -> bool:
    """Whether somebody's account is shown to an administrator: one with a duty at one of the
    places at least where the person has rights."""
    found = officers.rights([person_id], day_of(at)).get(person_id, set())
    duties = officers.OFFICERS
    if not found:
        return any(officers.is_over_house(actor, duty) for duty in duties)
    return any(officers.is_over(actor, duty, path) for duty in duties for path in found)


def _all_over(actor: Actor, paths: Iterable[str]) -> bool:
    found = list(paths)
    return bool(found) and all(officers.is_over(actor, SECURITY, path) for path in found)


@transaction.atomic
def set_year(
    calendar: WorkCalendar, raw: dict[str, Any], *, at: datetime, actor: Actor
) -> CalendarYear:
    """Sets a year of the calendar that every city of the house works by. Raises CalendarError."""
    officers.require_house(actor, SYSTEM)
    return orgs.calendars.set_year(calendar, raw, at=at, actor=actor.ref)


def add_type(
    name: str, *, at: datetime, actor: Actor, name_en: str = "", code: str = ""
) -> OrgType:
    """A new type of organisations, for every city of the house. Raises OrgError."""
    officers.require_house(actor, SYSTEM)
    return org_types.add(name, name_en=name_en, code=code, at=at, actor=actor.ref)


def change_type(code: str, *, at: datetime, actor: Actor, **values: Any) -> OrgType:
    """Renames, retires or moves a type of organisations. Raises OrgError, OrgType.DoesNotExist."""
    officers.require_house(actor, SYSTEM)
    return org_types.change_type(code, at=at, actor=actor.ref, **values)
