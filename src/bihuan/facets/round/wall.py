"""The wall 星光大道: who holds which award, named where they want it; the list of those honoured in a period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bihuan.facets.round import rounds
from bihuan.facets.round.models import Award, Candidacy
from bihuan.facets.round.shown import whom
from bihuan.foundation.orgs.api import standing_org
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme

# So many awards are on the wall, the newest first.
MOST = 500


@dataclass(frozen=True)
class Held:
    """One who holds an award: the name and where from, '' where it is withheld; since when."""

    name: str
    place: str
    given: date


@dataclass(frozen=True)
class Row:
    """An award of a year with those who hold it: the named in the order of the tree, and how many more."""

    label: dict[str, str]
    year: int
    named: list[Held]
    withheld: int

    @property
    def count(self) -> int:
        """How many hold it."""
        return len(self.named) + self.withheld


def holders(
    programme: Programme | None = None,
    path: str = "",
    first: date | None = None,
    after: date | None = None,
) -> list[tuple[Award, Matter, bool]]:
    """Awards that stand, newest first, with their nomination and whether the name may be told: of a
    programme, within a subtree, given from a day on and before another."""
    query = Award.objects.filter(ended__isnull=True).order_by("-given", "-pk")
    if first is not None:
        query = query.filter(given__gte=first)
    if after is not None:
        query = query.filter(given__lt=after)
    rows = list(query[:MOST])
    found = Matter.objects.in_bulk([row.matter_id for row in rows])
    shown = dict(Candidacy.objects.filter(matter_id__in=found).values_list("matter_id", "shown"))
    return [
        (row, found[row.matter_id], shown.get(row.matter_id) is True)
        for row in rows
        if (programme is None or found[row.matter_id].programme == programme.id)
        and found[row.matter_id].home_path.startswith(path)
    ]


def label(row: Award, found: Matter) -> dict[str, str]:
    """What an award is called, by locale."""
    spec = programmes.spec_of(found.release_id)
    key = f"choices.{rounds.nominating(found).award}.{row.award}"
    return {locale: text.get(key, row.award) for locale, text in spec.strings.items()}


def wall() -> list[Row]:
    """Everything on the wall: the newest year first, awards by their words."""
    by: dict[tuple[int, str], list[tuple[Award, Matter, bool]]] = {}
    for row, found, shown in holders():
        by.setdefault((row.given.year, f"{found.programme}.{row.award}"), []).append(
            (row, found, shown)
        )
    return [_row(year, by[year, name]) for year, name in sorted(by, key=lambda k: (-k[0], k[1]))]


def _row(year: int, rows: list[tuple[Award, Matter, bool]]) -> Row:
    first, found, _ = rows[0]
    named = [(one, of) for one, of, shown in rows if shown]
    ordered = sorted(named, key=lambda one: (one[1].home_path, one[0].pk))
    return Row(
        label(first, found),
        year,
        [_held(one, of) for one, of in ordered],
        len(rows) - len(named),
    )


def _held(row: Award, found: Matter) -> Held:
    place = "" if row.org_id is not None else standing_org(found.home_id).name
    return Held(whom(row)["name"], place, row.given)


def names(rows: Iterable[tuple[Award, Matter, bool]]) -> list[dict[str, Any]]:
    """The same as words of a list: award, name ('' withheld), where from, day."""
    return [
        {
            "award": label(row, found),
            "name": whom(row)["name"] if shown else "",
            "place": standing_org(found.home_id).name,
            "given": row.given,
        }
        for row, found, shown in rows
    ]
