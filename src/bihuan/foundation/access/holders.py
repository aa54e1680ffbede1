"""The holders of accounts where somebody administers: what each has and whether the account works."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.access.governing import day_of
from bihuan.foundation.access.models import Grant
from bihuan.foundation.audit.api import security
from bihuan.foundation.orgs.api import Org, Person, tree
from bihuan.foundation.orgs.finding import called
from bihuan.foundation.orgs.models import Membership, Post

# Whether an account works: it does; somebody else's password must be changed first; it has none;
# an administrator closed it; there is no account.
ACTIVE, INVITED, NONE, LOCKED, ABSENT = STANDINGS = (
    "active",
    "invited",
    "none",
    "locked",
    "absent",
)
# What the house does by itself when somebody logs in changes nothing that an administrator made.
_BY_ITSELF = frozenset({"person.password_rehashed", "person.password_taken_up"})
_STREAMS = ("person", "post", "grant", "invitation")


@dataclass(frozen=True)
class Wanted:
    """Which people: by part of a name or user name or by code, with a post or a role at `org` or below it, with a
    `role` (of a `programme`, where it is one's), whose account is as `standing` says. What is empty
    does not narrow."""

    query: str = ""
    org: Org | None = None
    role: str = ""
    programme: str = ""
    standing: str = ""


@dataclass(frozen=True)
class Changed:
    """The last change of somebody's account, posts or roles: its type, when, who did it ('' the house)."""

    kind: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Entry:
    """A holder; posts and grants as far as the reader administers where they are."""

    person: Person
    posts: tuple[Post, ...]
    grants: tuple[Grant, ...]
    standing: str
    changed: Changed | None


def standing_of(person: Person) -> str:
    """Whether an account works, as one of STANDINGS."""
    if not person.is_active:
        return LOCKED
    if not person.has_account:
        return ABSENT
    if not person.has_usable_password():
        return NONE
    return INVITED if person.must_change else ACTIVE


def entries(actor: Actor, wanted: Wanted, at: datetime, *, limit: int) -> list[Entry]:
    """The first `limit` people by name whom an administrator may know, as far as they are wanted."""
    mine = _paths(actor)
    rows = _wanted(_known(actor, mine), wanted, at)
    on = day_of(at)
    found: list[Person] = []
    for row in rows.iterator(chunk_size=limit):
        if wanted.standing and standing_of(row) != wanted.standing:
            continue
        found.append(row)
        if len(found) >= limit:
            break
    whole = _is_over_all(actor)
    rights = {} if whole else officers.rights([row.pk for row in found], on)
    known = [row for row in found if whole or _within(rights.get(row.pk, ()), mine)]
    pks = [row.pk for row in known]
    lasting = Q(end__isnull=True) | Q(end__gte=on)
    posts: dict[int, list[Post]] = {}
    for post in Post.objects.filter(lasting, person_id__in=pks).select_related("org"):
        posts.setdefault(post.person_id, []).append(post)
    grants: dict[int, list[Grant]] = {}
    for grant in Grant.objects.filter(lasting, person_id__in=pks).select_related("org"):
        grants.setdefault(grant.person_id, []).append(grant)
    changed = _changed(pks)
    return [
        Entry(
            row,
            tuple(p for p in posts.get(row.pk, ()) if whole or _within([p.org.path], mine)),
            tuple(g for g in grants.get(row.pk, ()) if whole or _within([g.org.path], mine)),
            standing_of(row),
            changed.get(row.pk),
        )
        for row in known
    ]


def _paths(actor: Actor) -> list[str]:
    return sorted({path for duty in officers.OFFICERS for path in officers.places(actor, duty)})


def _is_over_all(actor: Actor) -> bool:
    return any(officers.is_over_house(actor, duty) for duty in officers.OFFICERS)


def _within(paths: Iterable[str], mine: list[str]) -> bool:
    return any(tree.covers(one, path) for path in paths for one in mine)


def _below(prefix: str, path: str) -> Q:
    low, high = tree.bounds(path)
    return Q(**{f"{prefix}org__path__gte": low, f"{prefix}org__path__lt": high})


def _known(actor: Actor, mine: list[str]) -> QuerySet[Person]:
    rows = Person.objects.order_by("name", "pk")
    if _is_over_all(actor):
        return rows
    found = Q(pk__in=[])
    for path in mine:
        found |= Q(pk__in=Post.objects.filter(_below("", path)).values("person_id"))
        found |= Q(pk__in=Grant.objects.filter(_below("", path)).values("person_id"))
        found |= Q(pk__in=Membership.objects.filter(_below("", path)).values("person_id"))
    return rows.filter(found)


def _wanted(rows: QuerySet[Person], wanted: Wanted, at: datetime) -> QuerySet[Person]:
    on = day_of(at)
    lasting = Q(end__isnull=True) | Q(end__gte=on)
    if wanted.query:
        rows = rows.filter(called(wanted.query))
    if wanted.org is not None:
        here = _below("", wanted.org.path)
        posted = Post.objects.filter(lasting, here).values("person_id")
        granted = Grant.objects.filter(lasting, here).values("person_id")
        listed = Membership.objects.filter(lasting, here).values("person_id")
        rows = rows.filter(Q(pk__in=posted) | Q(pk__in=granted) | Q(pk__in=listed))
    if wanted.role:
        held = Grant.objects.filter(lasting, role=wanted.role)
        if wanted.programme:
            held = held.filter(programme__in=("", wanted.programme))
        rows = rows.filter(pk__in=held.values("person_id"))
    return rows


def _changed(pks: list[int]) -> dict[int, Changed]:
    kinds = [
        one
        for one in security.kinds()
        if one.partition(".")[0] in _STREAMS and one not in _BY_ITSELF
    ]
    last = security.last_about(pks, kinds)
    doers = {_number(one.doer) for one in last.values()}
    names = dict(Person.objects.filter(pk__in=doers).values_list("pk", "name"))
    return {
        pk: Changed(one.type, one.at, names.get(_number(one.doer), "")) for pk, one in last.items()
    }


def _number(ref: str) -> int:
    kind, _, number = ref.partition(":")
    return int(number) if kind == "person" and number.isdecimal() else 0
