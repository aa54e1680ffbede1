"""Somebody begins: account (or none), posts and roles in one, or nothing of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from bihuan.foundation.access import api as access
from bihuan.foundation.access import doings, governing, officers
from bihuan.foundation.access.api import AccessError, Actor, DeniedError
from bihuan.foundation.access.models import Grant
from bihuan.foundation.access.usernames import ALIKE, base_of, free_username
from bihuan.foundation.orgs import accounts
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import posts as posting
from bihuan.foundation.orgs.api import Org, OrgError, Person, tree
from bihuan.foundation.orgs.models import Post
from bihuan.lib.problems import ProblemError

# People who get a first password with one list: each hash takes a good part of a second.
FIRST = 50


@dataclass(frozen=True)
class Wanted:
    """What somebody gets: a role of one programme, '' for one that is none's."""

    role: str
    programme: str = ""


@transaction.atomic
def enrol(
    name: str,
    *,
    place: Org,
    at: datetime,
    actor: Actor,
    username: str = "",
    title: str = "",
    email: str = "",
    code: str = "",
    account: bool = True,
    password: str | None = None,
    also: Sequence[Org] = (),
    roles: Sequence[Wanted] = (),
    over: Org | None = None,
    start: date | None = None,
) -> Person:
    """A new account with its posts (at `place` under its title, and `also`) and its roles, which
    hold `over` an organisation, by default the one of the post. Without a user name it is the
    pinyin of the name. Without `account` there is none, and so neither user name, password nor
    roles. All of it, or nothing.

    Raises OrgError, AccessError, DeniedError as the verbs of `governing` do.
    """
    who: dict[str, Any] = {
        "place": place,
        "at": at,
        "actor": actor,
        "email": email,
        "code": code,
        "title": title,
    }
    if not account:
        if username.strip() or password:
            raise OrgError("orgs.account_or_not")
        made = governing.add_person(name, **who)
    else:
        free = username.strip() or free_username(name)
        made = governing.create_person(free, name, password=password, **who)
    place_at(made.pk, also, at=at, actor=actor, start=start)
    give_roles(made.pk, roles, over or place, at=at, actor=actor, start=start)
    return made


@dataclass(frozen=True)
class Newcomer:
    """Whom `enrol_all` enrols: as `enrol` is told it, at one place, with roles there."""

    name: str
    place: Org
    username: str = ""
    title: str = ""
    email: str = ""
    code: str = ""
    account: bool = True
    roles: tuple[Wanted, ...] = ()


Enrolled = Person | ProblemError | DeniedError


@transaction.atomic
def enrol_all(wanted: Sequence[Newcomer], *, at: datetime, actor: Actor) -> list[Enrolled]:
    """Enrols many from today on, in a few statements, none with a password: for each the person, or why
    there is none. What `enrol` asks of each is asked of each."""
    found: dict[int, Enrolled] = {}
    plain: list[int] = []
    unknown = _unknown({role for one in wanted for role in one.roles})
    for nth, one in enumerate(wanted):
        why = _refusal(one, actor, unknown)
        if why is not None:
            found[nth] = why
        elif not officers.apart(one.roles):
            plain.append(nth)
    names = _usernames([wanted[nth] for nth in plain])
    newcomers = [
        accounts.Newcomer(name, wanted[nth].name, wanted[nth].email, wanted[nth].code)
        for nth, name in zip(plain, names, strict=True)
    ]
    made = accounts.create_people(newcomers, at=at, actor=actor.ref)
    found |= dict(zip(plain, made, strict=True))
    _settle(wanted, found, at=at, actor=actor)
    for nth, one in enumerate(wanted):
        if nth not in found:
            # Officers that nobody holds together: each is asked of what was given just before.
            found[nth] = _enrolled(one, at=at, actor=actor)
    return [found[nth] for nth in range(len(wanted))]


def _unknown(roles: Collection[Wanted]) -> dict[Wanted, ProblemError]:
    found = {}
    for one in roles:
        try:
            governing.known_role(one.role, one.programme)
        except ProblemError as error:
            found[one] = error
    return found


def _refusal(
    one: Newcomer, actor: Actor, unknown: Mapping[Wanted, ProblemError]
) -> ProblemError | DeniedError | None:
    """Why somebody may not enrol this one, or None."""
    if not one.account and one.username.strip():
        return OrgError("orgs.account_or_not")
    if not one.account and one.roles:
        return AccessError("access.no_account", name=one.name)
    try:
        officers.require(actor, officers.SYSTEM, one.place)
        orgs.must_be_open(one.place)
        if one.roles:
            officers.require(actor, officers.SECURITY, one.place)
    except (ProblemError, DeniedError) as error:
        return error
    return next((unknown[role] for role in one.roles if role in unknown), None)


def _usernames(wanted: Sequence[Newcomer]) -> list[str | None]:
    """The user name of each: as given, else the pinyin of the name with a number where it is taken, ''
    where there is none; None for who is to have no account."""
    bases = {
        one.name: base_of(one.name) for one in wanted if one.account and not one.username.strip()
    }
    taken = accounts.usernames_like(set(bases.values()) - {""})
    taken |= {one.username.strip() for one in wanted}
    found: list[str | None] = []
    for one in wanted:
        if not one.account:
            found.append(None)
            continue
        base = bases.get(one.name, "")
        tries = (f"{base}{n}" if n > 1 else base for n in range(1, ALIKE + 1))
        free = next((tried for tried in tries if base and tried not in taken), "")
        name = one.username.strip() or free
        taken.add(name)
        found.append(name)
    return found


def _settle(
    wanted: Sequence[Newcomer], found: Mapping[int, Enrolled], *, at: datetime, actor: Actor
) -> None:
    day = governing.day_of(at)
    made = [(wanted[nth], who) for nth, who in found.items() if isinstance(who, Person)]
    placings = [posting.Placing(who.pk, one.place.pk, one.title) for one, who in made]
    grants = [
        access.Granting(who.pk, role.role, one.place.pk, role.programme)
        for one, who in made
        for role in dict.fromkeys(one.roles)
    ]
    posts = posting.give_posts(placings, start=day, at=at, actor=actor.ref)
    given = access.give_all(grants, start=day, at=at, actor=actor.ref)
    for one in (*posts, *given):
        if isinstance(one, ProblemError):
            # Nobody new has anything that could meet it, and the rest was asked before.
            raise one


def _enrolled(one: Newcomer, *, at: datetime, actor: Actor) -> Enrolled:
    try:
        with transaction.atomic():
            return enrol(
                one.name,
                place=one.place,
                username=one.username,
                title=one.title,
                email=one.email,
                code=one.code,
                account=one.account,
                roles=one.roles,
                at=at,
                actor=actor,
            )
    except (ProblemError, DeniedError) as error:
        return error


@transaction.atomic
def place_at(
    person_id: int,
    places: Sequence[Org],
    *,
    at: datetime,
    actor: Actor,
    title: str = "",
    start: date | None = None,
) -> list[Post]:
    """Posts at several organisations at once. Raises what `governing.give_post` raises."""
    day = start or governing.day_of(at)
    return [
        governing.give_post(person_id, one.pk, start=day, at=at, actor=actor, title=title)
        for one in places
    ]


@transaction.atomic
def give_roles(
    person_id: int,
    roles: Sequence[Wanted],
    over: Org,
    *,
    at: datetime,
    actor: Actor,
    start: date | None = None,
    end: date | None = None,
) -> list[Grant]:
    """Several roles over one organisation at once. Raises what `governing.give` raises."""
    day = start or governing.day_of(at)
    return [
        governing.give(
            person_id,
            one.role,
            over.pk,
            start=day,
            end=end,
            at=at,
            actor=actor,
            programme=one.programme,
        )
        for one in roles
    ]


def standing_of(actor: Actor, person_id: int, on: date) -> tuple[list[Post], list[Grant]]:
    """Posts and grants of somebody that have not ended on a day, as far as the actor administers
    where they are."""

    def mine(org: Org) -> bool:
        return any(officers.is_over(actor, duty, org.path) for duty in officers.OFFICERS)

    lasting = Post.objects.filter(Q(end__isnull=True) | Q(end__gte=on), person_id=person_id)
    posts = [one for one in lasting.select_related("org").order_by("start", "pk") if mine(one.org)]
    return posts, [one for one in access.grants_of(person_id, on) if mine(one.org)]


def posted_within(
    path: str, on: date, *, among: Collection[int] | None = None, until: date | None = None
) -> list[Post]:
    """Posts in a subtree on a day (or on any day `until` another), by organisation and name, with people and organisations; only those
    of `among` some people, where it is asked of them alone."""
    low, high = tree.bounds(path)
    rows = Post.objects.filter(
        Q(end__isnull=True) | Q(end__gte=on),
        start__lte=until or on,
        org__path__gte=low,
        org__path__lt=high,
        person__is_active=True,
    )
    if among is not None:
        rows = rows.filter(person_id__in=among)
    return list(rows.select_related("person", "org").order_by("org__path", "person__name", "pk"))


def first_passwords(under: Org, *, at: datetime, actor: Actor) -> list[tuple[Person, str, str]]:
    """Passwords for the first FIRST people at and below an organisation who have none: the person, where
    they are, the password. That a list was made is a security event, and
    each password one; whom the actor is not over is left out.

    Raises DeniedError unless the actor is security administrator of `under`.
    """
    officers.require(actor, officers.SECURITY, under)
    day = governing.day_of(at)
    without = {
        one.person_id: one
        for one in reversed(posted_within(under.path, day))
        if not one.person.has_usable_password()
    }
    rights = officers.rights(list(without), day)
    mine = [
        one
        for pk, one in without.items()
        if pk != actor.person_id
        and all(officers.is_over(actor, officers.SECURITY, path) for path in rights.get(pk, ()))
    ]
    mine.sort(key=lambda one: (one.org.path, one.person.name, one.pk))
    made = [(one.person, one.org.name, orgs.passwords.temporary()) for one in mine[:FIRST]]
    for who, _, secret in made:
        governing.reset_password(who.pk, secret, at=at, actor=actor)
    if made:
        doings.done(actor, "passwords.listed", at, {"org": under.pk, "people": len(made)})
    return made
