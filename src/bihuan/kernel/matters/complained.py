"""Who is complained of, in the sender's own words: what the words name is kept away from the matter.

Beijing's ordinance on swift response and Jinan's hotline ordinance §32: a complaint never goes to
those it names. So a name that fits several people keeps all of them away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from bihuan.foundation.access import api as grants
from bihuan.foundation.orgs.api import Org, Person, tree
from bihuan.spec.schema import Input

WORDS = Input(type="text", max=200, private=True)
MOST = 10
SHORTEST, LONGEST = 2, 20
# What the name of an organisation ends with; looked for in a whole text, where every run of
# characters would be too many.
ENDS = frozenset("局所处院校委办部厅会站队科室馆园司镇乡村店厂区道心")
LOOKED_AT, ENDINGS = 3000, 150


@dataclass(frozen=True)
class Named:
    """The organisations and people that some words name."""

    orgs: tuple[int, ...]
    people: tuple[int, ...]


def suggested(text: str, home: Org) -> list[Org]:
    """Organisations under the same root that a text speaks of, to be asked about; the root itself
    is nobody in particular."""
    text = text[:LOOKED_AT]
    ends = [i + 1 for i, char in enumerate(text) if char in ENDS][:ENDINGS]
    runs = {
        text[end - length : end]
        for end in ends
        for length in range(SHORTEST + 1, LONGEST + 1)
        if end >= length
    }
    spoken = _spoken(text, Org.objects.filter(name__in=runs)) if runs else []
    return _under_root(spoken, home)


def named(words: str, home: Org, on: date) -> Named:
    """Whom the words name among the organisations and the staff under the same root."""
    runs = set(_runs(words))
    if not runs:
        return Named((), ())
    rows = Org.objects.filter(Q(name__in=runs) | Q(short__in=runs))
    people = Person.objects.filter(name__in=runs, is_active=True).order_by("pk")
    here = grants.people_at(home.path[: tree.STEP], on)
    return Named(
        tuple(one.pk for one in _under_root(_spoken(words, rows), home)),
        tuple([pk for pk in people.values_list("pk", flat=True) if pk in here][:MOST]),
    )


def _spoken(text: str, rows: QuerySet[Org]) -> list[Org]:
    """Those that the text means: 邻市受理中心 is not our 受理中心, whose name it contains."""
    same: dict[str, list[Org]] = {}
    for one in rows.filter(active=True).order_by("path"):
        for name in {one.name, one.short} - {""}:
            same.setdefault(name, []).append(one)
    meant: dict[int, Org] = {}
    for name in sorted(same, key=len, reverse=True):
        if name in text:
            meant |= {one.pk: one for one in same[name]}
            text = text.replace(name, "\n")
    return list(meant.values())


def _under_root(rows: list[Org], home: Org) -> list[Org]:
    root = home.path[: tree.STEP]
    here = [one for one in rows if one.depth > 1 and tree.covers(root, one.path)]
    return sorted(here, key=lambda one: one.path)[:MOST]


def _runs(words: str) -> Iterator[str]:
    for start in range(len(words)):
        for length in range(SHORTEST, min(LONGEST, len(words) - start) + 1):
            yield words[start : start + length]
