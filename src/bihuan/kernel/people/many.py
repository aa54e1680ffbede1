"""Keeping the list of members for many at once: what `keeping` asks of each, asked of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from bihuan.foundation.access import api as access
from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import accounts, memberships
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, Person, tree
from bihuan.foundation.orgs.memberships import Belonging
from bihuan.foundation.orgs.models import Membership
from bihuan.kernel.people import keeping
from bihuan.kernel.people.keeping import PeopleError, Sort
from bihuan.lib.problems import ProblemError
from bihuan.rules.spans import DAY

Refusal = ProblemError | DeniedError


@dataclass(frozen=True)
class Beginning:
    """Who begins to belong where: somebody who is there, or without `person_id` somebody new by name
    and code, without an account, as `admit` is told it."""

    org: Org
    full: str
    status: str
    start: date
    person_id: int | None = None
    name: str = ""
    code: str = ""
    since: date | None = None
    end: date | None = None


class Keeper:
    """Somebody who keeps lists, on a day: what they may at each organisation, asked once."""

    def __init__(self, actor: Actor, on: date) -> None:
        self.actor, self.on = actor, on
        self._sorts: dict[str, dict[str, Sort]] = {}
        self._keeps: dict[tuple[str, str], bool] = {}
        self._over: dict[str, bool] = {}
        self._elsewhere: dict[str, frozenset[int]] = {}

    def sorts(self, path: str) -> dict[str, Sort]:
        """The memberships in force at an organisation, by full name."""
        if path not in self._sorts:
            found = keeping.sorts_within(path, self.on)
            self._sorts[path] = {one.full: one for one in found}
        return self._sorts[path]

    def keeps(self, sort: Sort, path: str) -> bool:
        """Whether they keep a list there."""
        asked = (sort.full, path)
        if asked not in self._keeps:
            self._keeps[asked] = keeping.keeps(self.actor, sort, path)
        return self._keeps[asked]

    def over(self, path: str) -> bool:
        """Whether they administer there."""
        if path not in self._over:
            self._over[path] = officers.is_over(self.actor, officers.SYSTEM, path)
        return self._over[path]

    def _strangers(self, path: str) -> frozenset[int]:
        """Whose places are all under other roots than an organisation's: nobody to any but the house."""
        root = path[: tree.STEP]
        if root not in self._elsewhere:
            others = () if officers.is_house(self.actor) else orgs.root_paths()
            there = (access.people_at(one, self.on) for one in others if one != root)
            elsewhere = frozenset[int]().union(*there)
            self._elsewhere[root] = (
                elsewhere - access.people_at(root, self.on) if elsewhere else elsewhere
            )
        return self._elsewhere[root]

    def objections(
        self,
        sort: Sort,
        path: str,
        person_id: int | None,
        status: str,
        *,
        start: date,
        since: date | None = None,
        end: date | None = None,
    ) -> list[Refusal]:
        """Why somebody may not begin to belong so; nobody new is the actor."""
        found = keeping.objections(
            sort,
            status,
            start=start,
            today=self.on,
            since=since,
            end=end,
            keeping=self.keeps(sort, path),
            over=self.over(path),
            own=person_id is not None and person_id == self.actor.person_id,
            around=person_id is None or person_id not in self._strangers(path),
        )
        return list(found)

    def refusal(self, one: Beginning) -> Refusal | None:
        """The first of them, or that there is no such membership."""
        sort = self.sorts(one.org.path).get(one.full)
        if sort is None:
            known = ", ".join(self.sorts(one.org.path)) or "–"
            return PeopleError("people.no_membership", kind=one.full, known=known)
        found = self.objections(
            sort,
            one.org.path,
            one.person_id,
            one.status,
            start=one.start,
            since=one.since,
            end=one.end,
        )
        return next(iter(found), None)


@transaction.atomic
def begin_all(
    wanted: Sequence[Beginning], keeper: Keeper, *, at: datetime
) -> list[Membership | Refusal]:
    """Many begin to belong, in a few statements, by a keeper of the day of `at`: for each the membership,
    or why there is none. What `begin` and `admit` ask of each is asked of each."""
    actor = keeper.actor
    found: dict[int, Membership | Refusal] = {}
    good: list[int] = []
    for nth, one in enumerate(wanted):
        why = keeper.refusal(one)
        if why is None:
            good.append(nth)
        else:
            found[nth] = why
    people = _entered([(nth, wanted[nth]) for nth in good], at=at, actor=actor)
    found |= {nth: who for nth, who in people.items() if isinstance(who, ProblemError)}
    asked = {
        nth: _belonging(wanted[nth], who, keeper)
        for nth, who in people.items()
        if isinstance(who, int)
    }
    begun = memberships.begin_memberships(list(asked.values()), at=at, actor=actor.ref)
    found |= dict(zip(asked, begun, strict=True))
    return [found[nth] for nth in range(len(wanted))]


def _entered(
    wanted: Iterable[tuple[int, Beginning]], *, at: datetime, actor: Actor
) -> dict[int, int | ProblemError]:
    """The person of each by number; who is new is entered, without an account."""
    some = list(wanted)
    found: dict[int, int | ProblemError] = {
        nth: one.person_id for nth, one in some if one.person_id is not None
    }
    new = [(nth, one) for nth, one in some if one.person_id is None]
    newcomers = [accounts.Newcomer(None, one.name, code=one.code) for _, one in new]
    made = accounts.create_people(newcomers, at=at, actor=actor.ref)
    for (nth, _), who in zip(new, made, strict=True):
        found[nth] = who.pk if isinstance(who, Person) else who
    return found


def _belonging(one: Beginning, person_id: int, keeper: Keeper) -> Belonging:
    sort = keeper.sorts(one.org.path)[one.full]
    return Belonging(
        person_id,
        one.org.pk,
        one.full,
        one.status,
        start=one.start,
        since=one.since,
        end=one.end,
        alone=sort.spec.alone,
        counted=one.status in sort.spec.members,
        kept=keeping.kept_by_matter(keeper.actor, sort, one.org.path),
    )


@transaction.atomic
def move(pk: int, one: Beginning, *, at: datetime, actor: Actor) -> Membership:
    """Somebody who belongs elsewhere does so at another organisation from a day on, without a transfer:
    for an administrator of both, who brings in what was decided before. They belong as long as before.

    Raises DeniedError unless the actor administers both organisations, and what `begin` raises."""
    row = memberships.membership(pk)
    for org in (row.org, one.org):
        officers.require(actor, officers.SYSTEM, org)
    keeping.must_not_be_own(actor, row.person_id)
    memberships.end_membership(pk, end=one.start - DAY, at=at, actor=actor.ref)
    return keeping.begin(
        row.person_id,
        one.org,
        one.full,
        one.status,
        start=one.start,
        since=one.since or row.since,
        end=one.end,
        at=at,
        actor=actor,
    )
