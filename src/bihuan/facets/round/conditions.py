"""The conditions of an award, read from what the house has: each met or not, with from where it is known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from bihuan.facets.round import rounds
from bihuan.facets.round.block import ConditionSpec
from bihuan.facets.round.models import Award
from bihuan.facets.subject.block import owner_of
from bihuan.foundation.orgs.api import Org, orgs_at, standing_org, tree
from bihuan.insight.api import InsightError
from bihuan.kernel.matters import subjects
from bihuan.kernel.matters.api import Matter, Party
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity import honours
from bihuan.rules.periods import Grain, Period
from bihuan.spec.schema import Programme

# So many sources of one condition are told: more than anybody opens.
SOURCES = 20


@dataclass(frozen=True)
class Whom:
    """A candidate: a person, or an organisation."""

    person_id: int | None
    org_id: int | None

    @property
    def key(self) -> str:
        """As a slot names them."""
        return f"p{self.person_id}" if self.person_id is not None else f"o{self.org_id}"


@dataclass(frozen=True)
class Looked:
    """A condition as it is now: `is_met`, not, or (None) nothing there tells; `seen` is from where."""

    name: str
    is_met: bool | None
    seen: list[list[Any]]


@dataclass(frozen=True)
class _Asked:
    programme: Programme
    round: Matter
    award: str
    whom: Whom
    on: date
    at: datetime


def look(found: Matter, award: str, whom: Whom, *, on: date, at: datetime) -> list[Looked]:
    """Every condition of an award of a round, for a candidate, on a day. Raises ProblemError where the
    round knows no such award."""
    programme, block = programmes.spec_of(found.release_id), rounds.block_of(found)
    asked = _Asked(programme, found, award, whom, on, at)
    names = block.awards[award].eligibility if award in block.awards else ()
    return [Looked(name, *_ask(asked, block.conditions[name])) for name in names]


def slot(found: Matter, award: str, whom: Whom, on: date) -> str:
    """What stands once: an award of a kind for somebody in a period."""
    period = Period.of(Grain(rounds.block_of(found).once), on)
    return f"{found.programme}.{award}:{whom.key}:{period.text}"


def _ask(asked: _Asked, one: ConditionSpec) -> tuple[bool | None, list[list[Any]]]:
    return next(run(asked, one) for name, run in _SORTS.items() if getattr(one, name))


def _clear(asked: _Asked, one: ConditionSpec) -> tuple[bool | None, list[list[Any]]]:
    of_kinds = Q(pk__in=[])
    for named in one.clear:
        programme, kind = owner_of(asked.programme.id, named)
        of_kinds |= Q(programme=programme, kind=kind)
    stands = Q(state__in=one.states) if one.states else ~Q(phase="done")
    if one.days is not None:
        stands &= Q(closed_at__isnull=True) | Q(closed_at__gte=asked.at - timedelta(days=one.days))
    rows = Matter.objects.filter(of_kinds, stands, _theirs(asked.whom, one)).order_by("-pk")
    seen = list(rows.values_list("pk", flat=True)[:SOURCES])
    return not seen, [["matter", pk] for pk in seen]


def _theirs(whom: Whom, one: ConditionSpec) -> Q:
    if one.of == "unit":
        if whom.org_id is not None:
            return Q(unit_id=whom.org_id)
        return Q(assignee_id=whom.person_id)
    about = Party.objects.filter(
        role__in=subjects.ROLES, person_id=whom.person_id, org_id=whom.org_id
    )
    return Q(pk__in=about.values("matter_id"))


def _roster(asked: _Asked, one: ConditionSpec) -> tuple[bool | None, list[list[Any]]]:
    pk = asked.whom.person_id or asked.whom.org_id or 0
    home = standing_org(asked.round.home_id)
    meant = people.resolve(asked.programme, str(one.roster), home, asked.on, among=[pk])
    mine = [
        due for due in meant if pk in (due.person_id, due.org_id if due.person_id is None else 0)
    ]
    return bool(mine), [["place", due.org_id] for due in mine]


def _listed(asked: _Asked, one: ConditionSpec) -> tuple[bool | None, list[list[Any]]]:
    owner, name = owner_of(asked.programme.id, str(one.listed))
    org = standing_org(asked.whom.org_id or 0) if asked.whom.org_id is not None else None
    if org is None:
        return None, []
    period = Period.of(Grain(one.over), asked.on).before()
    try:
        there = honours.stands_on(owner, name, _top(org), period)
    except InsightError:
        return None, [["list", f"{owner}.{name}", period.text]]
    return org.pk in there, [["list", f"{owner}.{name}", period.text]]


def _top(org: Org) -> Org:
    """Within which organisation a list is made: the whole tree, as the public page has it."""
    return next(iter(orgs_at([org.path[: tree.STEP]])), org)


def _fresh(asked: _Asked, one: ConditionSpec) -> tuple[bool | None, list[list[Any]]]:
    del one
    wanted = slot(asked.round, asked.award, asked.whom, asked.on)
    seen = Award.objects.filter(slot=wanted).values_list("matter_id", flat=True)
    return not seen, [["matter", pk] for pk in seen]


_Sort = Callable[[_Asked, ConditionSpec], tuple[bool | None, list[list[Any]]]]
_SORTS: dict[str, _Sort] = {"clear": _clear, "roster": _roster, "listed": _listed, "fresh": _fresh}
