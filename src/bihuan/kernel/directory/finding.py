"""The people whom rows may be about, as the database has them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet

from bihuan.foundation.orgs.api import Person, tree
from bihuan.foundation.orgs.models import Membership, Post
from bihuan.kernel.directory.kinds import Frame
from bihuan.kernel.directory.lines import Row
from bihuan.kernel.directory.whom import Known, Who

# Values of one query: what every database takes.
ASKED = 5_000
T = TypeVar("T")


def some_of(many: Iterable[T]) -> Iterator[list[T]]:
    """Many values, as many at a time as a query takes."""
    found = list(many)
    for start in range(0, len(found), ASKED):
        yield found[start : start + ASKED]


def current_posts(day: date) -> QuerySet[Post]:
    """Posts of a day."""
    return Post.objects.filter(Q(end__isnull=True) | Q(end__gte=day), start__lte=day)


def current_memberships(day: date) -> QuerySet[Membership]:
    """Memberships of a day."""
    return Membership.objects.filter(Q(end__isnull=True) | Q(end__gte=day), start__lte=day)


def persons(
    rows: Sequence[Row], frame: Frame, within: str
) -> tuple[dict[int, Person], frozenset[int]]:
    """Whom the rows name, by number: by user name; by code and by name who works or is a member in a
    subtree. And which of them do."""
    named = [Who.of(row) for row in rows]
    wanted = {
        "username": {one.username for one in named} - {""},
        "code": {one.code for one in named} - {""},
        "name": {one.name for one in named if not one.username} - {""},
    }
    alike: dict[str, dict[int, Person]] = {column: {} for column in wanted}
    for column, texts in wanted.items():
        for some in some_of(texts):
            rows_of = Person.objects.filter(**{f"{column}__in": some})
            alike[column] |= {one.pk: one for one in rows_of}
    low, high = tree.bounds(within)
    here: set[int] = set()
    for pks in some_of({pk for some_alike in alike.values() for pk in some_alike}):
        for placed in (current_posts(frame.day), current_memberships(frame.day)):
            there = placed.filter(person_id__in=pks, org__path__gte=low, org__path__lt=high)
            here |= set(there.values_list("person_id", flat=True))
    found = alike.pop("username")
    for others in alike.values():
        found |= {pk: one for pk, one in others.items() if pk in here}
    return found, frozenset(here)


def known(one: Person, *, here: bool) -> Known:
    """Somebody as rows see them, without their posts and roles."""
    return Known(
        one.pk,
        one.name,
        one.username or "",
        one.code,
        one.email,
        one.is_active,
        one.has_account,
        here,
    )
