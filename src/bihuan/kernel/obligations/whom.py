"""Whom a matter counts for where not whoever did something: whom it is about, whom a field names, who opened it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from bihuan.kernel.matters import subjects
from bihuan.kernel.matters.api import Matter, Party
from bihuan.kernel.obligations import checks
from bihuan.kernel.obligations.models import Deed
from bihuan.spec.load import Problem
from bihuan.spec.schema import Kind
from bihuan.spec.ways import Looked

OPEN, OPENER = "open", "opener"
BATCH = 500


def few(looked: Looked) -> bool:
    """Whether so few are looked for that a statement names them: for one's own page not the house is read. Of
    more than a statement takes, what is found is chosen from afterwards."""
    return looked.who is not None and len(looked.who) <= BATCH


def with_whom(rows: "QuerySet[Deed]") -> "QuerySet[Deed]":
    """With whom the matter of each is about."""
    about = Party.objects.filter(matter_id=OuterRef("matter_id"), role__in=subjects.ROLES)
    return rows.annotate(
        about_person=Subquery(about.values("person_id")[:1]),
        about_org=Subquery(about.values("org_id")[:1]),
    )


def named(field: str, matters: Collection[int]) -> Mapping[int, int]:
    """matter: the person in a field of it, or its `opener`; without those that name nobody."""
    wanted, found = sorted(matters), dict[int, int]()
    for first in range(0, len(wanted), BATCH):
        some = wanted[first : first + BATCH]
        if field == OPENER:
            opened = Deed.objects.filter(matter_id__in=some, action=OPEN, seq=1).order_by()
            rows = opened.values_list("matter_id", "person_id")
            found |= {matter: pk for matter, pk in rows if pk is not None}
            continue
        for matter, facts in Matter.objects.filter(pk__in=some).values_list("pk", "facts"):
            if isinstance(pk := facts.get(field), int):
                found[matter] = pk
    return found


def naming(field: str, matters: "QuerySet[Matter]", looked: Looked) -> "QuerySet[Any]":
    """Of some matters the numbers of those that name one of the few who are looked for."""
    who = sorted(looked.who or ())
    if field == OPENER:
        opened = Deed.objects.filter(action=OPEN, seq=1, person_id__in=who)
        return opened.filter(matter_id__in=matters.values("pk")).values("matter_id")
    return matters.filter(**{f"facts__{field}__in": who}).values("pk")


def said_on(field: str, matters: Collection[int]) -> Mapping[int, date]:
    """matter: the day in a field of it; without those that name none."""
    wanted, found = sorted(matters), dict[int, date]()
    for first in range(0, len(wanted), BATCH):
        some = wanted[first : first + BATCH]
        for matter, facts in Matter.objects.filter(pk__in=some).values_list("pk", "facts"):
            if day := facts.get(field):
                found[matter] = date.fromisoformat(str(day)[:10])
    return found


def names_somebody(
    path: str, kind_name: str, name: str | None, kind: Kind, *, opener: bool
) -> Iterator[Problem]:
    """What is wrong with a field that is to name somebody; `opener`: whoever opened it may be meant."""
    field = kind.fields.get(name or "")
    known = sorted(each for each, one in kind.fields.items() if one.type == "person")
    if name is None or (field is not None and field.type == "person"):
        return
    if name != OPENER or not opener:
        cause = f"{kind_name} has no field {name!r} of type person"
        remedy = f"one of {[*known, OPENER] if opener else known}"
        yield Problem(checks.FILE, f"{path}.person", cause, remedy)
