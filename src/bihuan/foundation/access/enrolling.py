"""Somebody begins: account (or none), posts and roles in one, or nothing of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from bihuan.foundation.access import api as access
from bihuan.foundation.access import governing, officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.access.models import Grant
from bihuan.foundation.access.usernames import free_username
from bihuan.foundation.orgs.api import Org, OrgError, Person, tree
from bihuan.foundation.orgs.models import Post


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


def posted_within(path: str, on: date) -> list[Post]:
    """Posts in a subtree on a day, by organisation and name, with people and organisations."""
    low, high = tree.bounds(path)
    rows = Post.objects.filter(
        Q(end__isnull=True) | Q(end__gte=on),
        start__lte=on,
        org__path__gte=low,
        org__path__lt=high,
        person__is_active=True,
    )
    return list(rows.select_related("person", "org").order_by("org__path", "person__name", "pk"))
