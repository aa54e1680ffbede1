"""Organisations and people found by a name, a code or a part of one."""

from itertools import islice

from django.db.models import Q, QuerySet

from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import tree
from bihuan.foundation.orgs.models import Org, Person
from bihuan.language import letters

# Of those that only resemble what was typed: more than anybody looks through.
RESEMBLING = 100


def orgs_coded(code: str) -> list[Org]:
    """Organisations with this code, in tree order; nothing keeps codes apart."""
    return list(Org.objects.filter(code=code).order_by("path"))


def orgs_called(text: str, *, within: str, limit: int = 6) -> list[Org]:
    """Active organisations of a subtree whose code, name or short name is exactly `text`."""
    low, high = tree.bounds(within)
    return list(
        Org.objects.filter(
            Q(code__iexact=text) | Q(name=text) | Q(short=text),
            active=True,
            path__gte=low,
            path__lt=high,
        ).order_by("path")[:limit]
    )


def find_orgs(query: str = "", *, within: str = "", limit: int = 20) -> QuerySet[Org]:
    """Active organisations whose name, short name or code contains `query`, or whose name people may
    mean by it (城管, csglj)."""
    found = Org.objects.filter(active=True)
    if within:
        low, high = tree.bounds(within)
        found = found.filter(path__gte=low, path__lt=high)
    if query:
        found = found.filter(
            Q(name__icontains=query)
            | Q(short__icontains=query)
            | Q(code__iexact=query)
            | Q(pk__in=_resembling(query))
        )
    return found.order_by("path")[:limit]


@standing.kept
def _names() -> list[tuple[int, str, str]]:
    """The active organisations: id, name, short name."""
    return list(Org.objects.filter(active=True).values_list("pk", "name", "short"))


def _resembling(query: str) -> list[int]:
    found = (
        pk
        for pk, name, short in _names()
        if letters.resembles(query, name) or letters.resembles(query, short)
    )
    return list(islice(found, RESEMBLING))


def people_ever_of(org_path: str, query: str = "") -> QuerySet[Person]:
    """People, active or not, who have or had a post in the subtree, by name or user name."""
    low, high = tree.bounds(org_path)
    named = Q(name__icontains=query) | Q(username__icontains=query) if query else Q()
    inside = Q(posts__org__path__gte=low, posts__org__path__lt=high)
    return Person.objects.filter(named, inside).distinct().order_by("name", "pk")


def find_people(query: str = "", *, limit: int = 20) -> QuerySet[Person]:
    """People by name or user name."""
    found = Person.objects.all()
    if query:
        found = found.filter(Q(name__icontains=query) | Q(username__icontains=query))
    return found.order_by("name", "pk")[:limit]
