"""Who administers what: the three officers 三员, and whom and what each of them is over.

A right over a place is a right over all below it. Over a person is who is over *every* place where
that person has a post or a grant; over the whole house who is over every root, for each root is a
city of its own. With settings.THREE_OFFICERS the work is divided between three roles that nobody
holds together (GB/T 22239-2019, security management centre); without it `admin` does all of it.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import ADMIN, Actor, DeniedError
from bihuan.foundation.access.models import Grant
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, tree
from bihuan.foundation.orgs.models import Membership, Post

# What there is to do, and whose role it is when the work is divided.
SYSTEM, SECURITY, AUDIT = "system", "security", "audit"
OFFICERS = dict(zip((SYSTEM, SECURITY, AUDIT), access.OFFICERS, strict=True))

Roles = Callable[[str], Iterable[str]]
_ROLES: list[Roles] = []


def offer_roles(roles: Roles) -> None:
    """Adds a source of roles that may be granted: asked with a programme's id, or '' for all."""
    if roles not in _ROLES:
        _ROLES.append(roles)


def roles(programme: str = "") -> set[str]:
    """Every role that may be granted, here or in one programme alone."""
    found = {role for source in _ROLES for role in source(programme)}
    return found if programme else found | set(officer_roles())


def officer_roles() -> tuple[str, ...]:
    """The roles that administer: one, or three when the work is divided."""
    return tuple(OFFICERS.values()) if settings.THREE_OFFICERS else (ADMIN,)


def apart(wanted: Iterable[Any]) -> bool:
    """Whether one of the roles (each with a `role`) is of those that nobody holds together."""
    return settings.THREE_OFFICERS and any(one.role in OFFICERS.values() for one in wanted)


def role_for(duty: str) -> str:
    """The role whose work a duty is."""
    return OFFICERS[duty] if settings.THREE_OFFICERS else ADMIN


def is_house(who: Actor) -> bool:
    """Whether this is the house itself: the command line of its operator, or a job."""
    return who.ref == "system"


def places(who: Actor, duty: str) -> list[str]:
    """Roots of the subtrees where somebody has a duty. None through a token without the scope."""
    return who.paths(role_for(duty)) if who.may_scope("admin") else []


def ever() -> bool:
    """Whether anybody administers this installation or ever did."""
    return Grant.objects.filter(role__in=access.OFFICERS).exists()


def is_officer(who: Actor) -> bool:
    """Whether somebody administers anything anywhere."""
    return who.may_scope("admin") and bool(who.roles() & set(officer_roles()))


def is_over(who: Actor, duty: str, path: str) -> bool:
    """Whether somebody has a duty at a place."""
    return is_house(who) or any(tree.covers(mine, path) for mine in places(who, duty))


def is_over_house(who: Actor, duty: str) -> bool:
    """Whether somebody has a duty at every root there is."""
    return is_house(who) or all(is_over(who, duty, path) for path in orgs.root_paths())


def is_over_person(who: Actor, duty: str, person_id: int, on: date) -> bool:
    """Whether somebody has a duty at every place where a person has, or will have, a right.

    Of somebody who has none any more the last ones count; of somebody who never had any,
    the whole house.
    """
    if is_house(who):
        return True
    found = rights([person_id], on).get(person_id)
    if not found:
        return is_over_house(who, duty)
    return all(is_over(who, duty, path) for path in found)


def require(who: Actor, duty: str, org: Org) -> None:
    """Raises DeniedError unless the actor has a duty at a place."""
    if not is_over(who, duty, org.path):
        raise DeniedError(role_for(duty))


def require_any(who: Actor, org: Org) -> None:
    """Raises DeniedError unless the actor has any duty at a place: to look, not to change."""
    if not any(is_over(who, duty, org.path) for duty in OFFICERS):
        raise DeniedError(ADMIN)


def require_house(who: Actor, duty: str) -> None:
    """Raises DeniedError unless the actor has a duty in the whole house."""
    if not is_over_house(who, duty):
        raise DeniedError(role_for(duty))


def require_person(who: Actor, duty: str, person_id: int, on: date) -> None:
    """Raises DeniedError unless the actor has a duty wherever a person has rights."""
    if not is_over_person(who, duty, person_id, on):
        raise DeniedError(role_for(duty))


def rights(people: list[int], on: date) -> dict[int, set[str]]:
    """Paths of the places where each person has a post or a grant on a day or later; of who has
    none of these, where they had one; of who never had any, where they are on a list of members."""
    found: dict[int, set[str]] = {}
    past: dict[int, set[str]] = {}
    lasting = Q(end__isnull=True) | Q(end__gte=on)
    for model in (Post, Grant):
        rows = model._default_manager.filter(person_id__in=people)
        for keep, some in ((found, rows.filter(lasting)), (past, rows.exclude(lasting))):
            for person_id, path in some.values_list("person_id", "org__path"):
                keep.setdefault(person_id, set()).add(path)
    known = {pk: found.get(pk) or past[pk] for pk in found.keys() | past.keys()}
    others = [pk for pk in people if pk not in known]
    listed = Membership.objects.filter(lasting, person_id__in=others)
    for person_id, path in listed.values_list("person_id", "org__path"):
        known.setdefault(person_id, set()).add(path)
    return known
