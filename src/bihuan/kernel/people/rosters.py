"""Rosters: whom a rule means at an organisation on a day, and who of them is exempt."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from bihuan.foundation.access import api as grants
from bihuan.foundation.access import enrolling
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.people.declared import ROSTERS, RosterSpec
from bihuan.kernel.people.keeping import sort_of
from bihuan.spec.schema import Programme


@dataclass(frozen=True)
class Due:
    """One of those whom a roster means: a person at an organisation, or (without a person) the
    organisation itself. `exempt` is the reason for which they need not, '' for none; `kind` the
    membership whose reason it is."""

    person_id: int | None
    org_id: int
    org_path: str
    name: str
    exempt: str = ""
    kind: str = ""

    @property
    def key(self) -> str:
        """Under which key it stands in a list of such."""
        return f"p{self.person_id}" if self.person_id is not None else f"o{self.org_id}"


def resolve(
    programme: Programme, roster: str, org: Org, on: date, *, among: Collection[int] | None = None
) -> list[Due]:
    """Whom a roster of a programme means at an organisation on a day, by place in the tree and name,
    each once; only those `among` some people (organisations), where it is asked of them alone. People
    whose account was closed are none. Raises KeyError for a roster that is none."""
    rule = ROSTERS.of(programme)[roster]
    if rule.of_orgs:
        return _orgs(rule, org, among)
    found = (
        _members(programme, rule, org, on, among)
        if rule.members
        else _others(programme, rule, org, on, among)
    )
    once: dict[str, Due] = {}
    for one in found:
        if among is None or one.person_id in among:
            once.setdefault(one.key, one)
    return list(once.values())


def _orgs(rule: RosterSpec, org: Org, among: Collection[int] | None) -> list[Due]:
    low, high = tree.bounds(org.path)
    rows = Org.objects.filter(path__gte=low, path__lt=high, active=True, level__in=rule.orgs)
    if among is not None:
        rows = rows.filter(pk__in=among)
    if rule.reach == "here":
        rows = rows.filter(pk=org.pk)
    return [Due(None, one.pk, one.path, one.name) for one in rows.order_by("path")]


def _members(
    programme: Programme, rule: RosterSpec, org: Org, on: date, among: Collection[int] | None
) -> Iterable[Due]:
    of, name = rule.membership(programme.id)
    full = f"{of}.{name}"
    sort = sort_of(full)
    if sort is None:
        return []
    statuses = rule.statuses or sort.spec.members
    found = memberships.memberships_within(
        org.path, on, kinds=[full], statuses=statuses, below=rule.reach == "below"
    )
    rows = list(found if among is None else found.filter(person_id__in=among))
    people = [row.person_id for row in rows]
    free = memberships.exemptions_of(people, [full], on) if rule.excused else {}
    return [
        Due(
            row.person_id,
            row.org_id,
            row.org.path,
            row.person.name,
            free[row.person_id, full].reason if (row.person_id, full) in free else "",
            full,
        )
        for row in rows
    ]


def _others(
    programme: Programme, rule: RosterSpec, org: Org, on: date, among: Collection[int] | None
) -> Iterable[Due]:
    if rule.staff:
        return [
            Due(one.person_id, one.org_id, one.org.path, one.person.name)
            for one in enrolling.posted_within(org.path, on, among=among)
            if rule.reach == "below" or one.org_id == org.pk
        ]
    held = grants.grants_within(org.path, on, among=among)
    return [
        Due(row.person_id, row.org_id, row.org.path, row.person.name)
        for row in held
        if row.role in rule.roles
        and row.programme in ("", programme.id)
        and row.start <= on
        and row.person.is_active
        and (rule.reach == "below" or row.org_id == org.pk)
    ]
