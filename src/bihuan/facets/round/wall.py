"""The wall 星光大道: who holds which award, named where they want it; the list of those honoured in a period."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import ExtractYear

from bihuan.facets.round import rounds
from bihuan.facets.round.models import Award, Candidacy
from bihuan.facets.round.shown import whom
from bihuan.foundation.orgs.api import standing_org, tree
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme

# So many names are on the wall, the newest first.
MOST = 500


@dataclass(frozen=True)
class Held:
    """One who holds an award: the name and where from, '' where it is withheld; since when."""

    name: str
    place: str
    given: date


@dataclass(frozen=True)
class Row:
    """An award of a year with those who hold it: the named in the order of the tree, how many are not, and
    how many more are but stand here no more."""

    label: dict[str, str]
    year: int
    named: list[Held]
    withheld: int
    more: int

    @property
    def count(self) -> int:
        """How many hold it."""
        return len(self.named) + self.withheld + self.more


def holders(
    programme: Programme | None = None,
    path: str = "",
    first: date | None = None,
    after: date | None = None,
) -> list[tuple[Award, Matter, bool]]:
    """Awards that stand, newest first, with their nomination and whether the name may be told: of a
    programme, within a subtree, given from a day on and before another."""
    query = _standing()
    if programme is not None or path:
        within = Matter.objects.all()
        if programme is not None:
            within = within.filter(programme=programme.id)
        if path:
            low, high = tree.bounds(path)
            within = within.filter(home_path__gte=low, home_path__lt=high)
        query = query.filter(matter_id__in=within.values("pk"))
    if first is not None:
        query = query.filter(given__gte=first)
    if after is not None:
        query = query.filter(given__lt=after)
    shown = {*query.filter(matter_id__in=_agreed()).values_list("matter_id", flat=True)}
    rows = list(query)
    found = Matter.objects.in_bulk([row.matter_id for row in rows])
    return [(row, found[row.matter_id], row.matter_id in shown) for row in rows]


def _standing() -> QuerySet[Award]:
    return Award.objects.filter(ended__isnull=True).order_by("-given", "-pk")


def _agreed() -> QuerySet[Candidacy, Any]:
    """The nominations whose name may be told."""
    return Candidacy.objects.filter(shown=True).values("matter_id")


def label(row: Award, found: Matter) -> dict[str, str]:
    """What an award is called, by locale."""
    spec = programmes.spec_of(found.release_id)
    key = f"choices.{rounds.nominating(found).award}.{row.award}"
    return {locale: text.get(key, row.award) for locale, text in spec.strings.items()}


def wall() -> list[Row]:
    """Everything on the wall: the newest year first, awards by their words."""
    of = Matter.objects.filter(pk=OuterRef("matter_id")).values("programme")[:1]
    groups = (
        _standing()
        .order_by()
        .annotate(year=ExtractYear("given"), programme=Subquery(of))
        .values("year", "programme", "award")
        .annotate(
            all=Count("pk"), agreed=Count("pk", filter=Q(matter_id__in=_agreed())), newest=Max("pk")
        )
    )
    counts = {(one["year"], one["programme"], one["award"]): one for one in groups}
    rows = list(_standing().filter(matter_id__in=_agreed())[:MOST])
    firsts = Award.objects.in_bulk([one["newest"] for one in counts.values()])
    found = Matter.objects.in_bulk([row.matter_id for row in (*rows, *firsts.values())])
    named: dict[tuple[int, str, str], list[Award]] = {}
    for row in rows:
        key = (row.given.year, found[row.matter_id].programme, row.award)
        named.setdefault(key, []).append(row)
    told = []
    for key in sorted(counts, key=lambda k: (-k[0], k[1:])):
        count, first = counts[key], firsts[counts[key]["newest"]]
        ordered = sorted(
            named.get(key, ()), key=lambda one: (found[one.matter_id].home_path, one.pk)
        )
        held = [_held(one, found[one.matter_id]) for one in ordered]
        more, withheld = count["agreed"] - len(held), count["all"] - count["agreed"]
        told.append(Row(label(first, found[first.matter_id]), key[0], held, withheld, more))
    return told


def _held(row: Award, found: Matter) -> Held:
    place = "" if row.org_id is not None else standing_org(found.home_id).name
    return Held(whom(row)["name"], place, row.given)


def names(rows: Iterable[tuple[Award, Matter, bool]]) -> list[dict[str, Any]]:
    """Those of a list who may be named: award, name, where from, day."""
    return [
        {
            "award": label(row, found),
            "name": whom(row)["name"],
            "place": standing_org(found.home_id).name,
            "given": row.given,
        }
        for row, found, shown in rows
        if shown
    ]


def withheld(rows: Iterable[tuple[Award, Matter, bool]]) -> list[tuple[dict[str, str], int]]:
    """How many of a list are not named, by the words of the award; nothing else tells who they are."""
    first: dict[tuple[str, str], dict[str, str]] = {}
    many: Counter[tuple[str, str]] = Counter()
    for row, found, shown in rows:
        if not shown:
            key = (found.programme, row.award)
            first.setdefault(key, label(row, found))
            many[key] += 1
    return [(first[key], n) for key, n in many.items()]
