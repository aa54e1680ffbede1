"""What somebody may know of a person or an organisation, put together from what each room knows of them.

Who may know of them at all: they themselves; whoever has a role over a place where they belong; whoever may
see something that a room knows. To all others there is nobody of that id.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Org, Person, orgs_at, tree
from bihuan.foundation.orgs.models import Post
from bihuan.kernel.matters import membership

Part = Mapping[str, Any]


@dataclass(frozen=True)
class Profile:
    """What a room knows of a person or of an organisation, by its `name`: called with them, with whoever
    looks, and the instant; None where there is nothing to show to that reader."""

    name: str
    of_person: Callable[[Person, Actor, datetime], Part | None] | None = None
    of_org: Callable[[Org, Actor, datetime], Part | None] | None = None


@dataclass(frozen=True)
class Place:
    """Where somebody belongs: with the title of a post there ('' without one)."""

    org: Org
    title: str = ""


@dataclass(frozen=True)
class KnownPerson:
    """A person as somebody may know them. Never how to reach them."""

    person: Person
    places: list[Place]
    parts: dict[str, Part]


@dataclass(frozen=True)
class KnownOrg:
    """An organisation as somebody may know it: `above` from the root down, `below` right under it."""

    org: Org
    above: list[Org]
    below: list[Org]
    parts: dict[str, Part]


_ALL: list[Profile] = []


def register(one: Profile) -> None:
    """Registers what a room knows, when its app is ready; shown in the order of the apps."""
    _ALL.append(one)


def may_know(who: Actor, found: Person | Org, at: datetime) -> bool:
    """Whether somebody may know of a person or an organisation by who they are: as themselves, or by a
    role over a place where the other belongs."""
    if isinstance(found, Org):
        places = frozenset({found.path})
        themselves = membership.is_member(who, found.path)
    else:
        places = membership.places_of(found, timezone.localtime(at).date())
        themselves = found.pk == who.person_id
    return themselves or any(tree.covers(over, at) for _, over, _ in who.held for at in places)


def person(pk: int, who: Actor, at: datetime) -> KnownPerson:
    """A person. Raises LookupError where there is none, or somebody may not know of them."""
    found = Person.objects.filter(pk=pk).first()
    if found is None:
        raise LookupError(pk)
    asked = ((one.name, one.of_person) for one in _ALL if one.of_person is not None)
    parts = {name: part for name, of in asked if (part := of(found, who, at)) is not None}
    if not parts and not may_know(who, found, at):
        raise LookupError(pk)
    return KnownPerson(found, list(_places(found, timezone.localtime(at).date())), parts)


def org(pk: int, who: Actor, at: datetime) -> KnownOrg:
    """An organisation. Raises LookupError where there is none, or somebody may not know of it."""
    found = Org.objects.filter(pk=pk).first()
    if found is None:
        raise LookupError(pk)
    parts = org_parts(found, who, at)
    if not parts and not may_know(who, found, at):
        raise LookupError(pk)
    low, high = tree.bounds(found.path)
    inside = Org.objects.filter(depth=found.depth + 1, path__gte=low, path__lt=high, active=True)
    above = orgs_at(tree.ancestors(found.path))
    return KnownOrg(
        found, [one for one in above if one.pk != found.pk], list(inside.order_by("path")), parts
    )


def org_parts(found: Org, who: Actor, at: datetime) -> dict[str, Part]:
    """What each room knows of an organisation and somebody may see."""
    asked = ((one.name, one.of_org) for one in _ALL if one.of_org is not None)
    return {name: part for name, of in asked if (part := of(found, who, at)) is not None}


def _places(found: Person, on: date) -> Iterator[Place]:
    """Where they belong on a day, in tree order: every post, and where they only have something to do."""
    running = Q(end__isnull=True) | Q(end__gte=on)
    posts = Post.objects.filter(running, person_id=found.pk, start__lte=on).select_related("org")
    titles: dict[str, list[str]] = {}
    for post in posts.order_by("org__path", "start"):
        titles.setdefault(post.org.path, []).append(post.title)
    # Where they are a member the room of members says, to whom it may.
    for one in orgs_at(membership.works_at(found, on)):
        for title in dict.fromkeys(titles.get(one.path, [""])):
            yield Place(one, title)
