"""Organisations and people found by a name, a code or a part of one."""

from django.db.models import Case, Q, QuerySet, When

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
    mean by it (城管, csglj, zhujian); those that it names before those that only resemble it."""
    found = Org.objects.filter(active=True).order_by("path")
    if within:
        low, high = tree.bounds(within)
        found = found.filter(path__gte=low, path__lt=high)
    if query:
        near = _resembling(query)
        named = Q(name__icontains=query) | Q(short__icontains=query) | Q(code__iexact=query)
        there = found.filter(named | Q(pk__in=[pk for pk, _ in near]))
        ranked = [
            When(pk__in=[pk for pk, how in near if how == rank], then=rank) for rank in (0, 1)
        ]
        exact = When(Q(name=query) | Q(short=query) | Q(code__iexact=query), then=-1)
        found = there.order_by(Case(exact, *ranked, When(named, then=1), default=2), "path")
    return found[:limit]


@standing.kept
def _names() -> list[tuple[int, str, str]]:
    """The active organisations: id, name, short name."""
    return list(Org.objects.filter(active=True).values_list("pk", "name", "short"))


def _resembling(query: str) -> list[tuple[int, int]]:
    """(id, how close) of those that resemble what was typed, the closest first."""
    found = [
        (letters.closeness(query, name, short), pk)
        for pk, name, short in _names()
        if letters.resembles(query, name) or letters.resembles(query, short)
    ]
    return [(pk, how) for how, pk in sorted(found)[:RESEMBLING]]


def called(query: str) -> Q:
    """Whose name or user name holds `query`, or whose code it is."""
    return Q(name__icontains=query) | Q(username__icontains=query) | Q(code__iexact=query)


def find_people(query: str = "", *, limit: int = 20) -> QuerySet[Person]:
    """People by name, user name or code."""
    found = Person.objects.all()
    if query:
        found = found.filter(called(query))
    return found.order_by("name", "pk")[:limit]
