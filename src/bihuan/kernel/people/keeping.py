"""Keeping the list of members: who begins to belong, in which status, who leaves, who is exempt.

Whoever has a role in `kept_by` over the organisation keeps it; so does its system administrator, who
also brings in what was so before the house knew. Nobody says anything of themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import Org, tree
from bihuan.foundation.orgs.models import Exemption, Membership
from bihuan.kernel.matters import membership
from bihuan.kernel.people.declared import MEMBERSHIPS, MembershipSpec
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import InputError, ProblemError, RefusedError
from bihuan.spec.schema import Programme

# Before it nobody whom a house knows can have begun to belong anywhere.
FIRST = date(1921, 1, 1)


class PeopleError(ProblemError):
    """Something about who belongs where that cannot be; `key` names the message."""


@dataclass(frozen=True)
class Sort:
    """A membership of a programme that is in force: `full` is how rows name it."""

    programme: Programme
    name: str
    spec: MembershipSpec

    @property
    def full(self) -> str:
        return f"{self.programme.id}.{self.name}"


def sorts_at(org: Org, on: date) -> list[Sort]:
    """The memberships of the programmes in force at an organisation on a day."""
    return sorts_within(org.path, on)


def sorts_within(path: str, on: date) -> list[Sort]:
    """The same by the organisation's path."""
    found = []
    for _, force in sorted(programmes.in_force_at(path, on).items()):
        # What holds at one place changes values, and never adds a membership.
        if not MEMBERSHIPS.of(programmes.spec_of(force.release_id)):
            continue
        spec = programmes.held_under(force.release_id, path, on).programme
        found += [Sort(spec, key, one) for key, one in MEMBERSHIPS.of(spec).items()]
    return found


def sort_at(full: str, org: Org, on: date) -> Sort:
    """One of them. Raises PeopleError where there is none of that name, naming those there are."""
    known = {one.full: one for one in sorts_at(org, on)}
    if full not in known:
        raise PeopleError("people.no_membership", kind=full, known=", ".join(known) or "–")
    return known[full]


def sort_of(full: str) -> Sort | None:
    """A membership as the newest release of its programme says, in force or not; None where that
    knows no such thing any more."""
    programme_id, _, name = full.partition(".")
    for spec in programmes.known():
        if spec.id == programme_id and name in MEMBERSHIPS.of(spec):
            return Sort(spec, name, MEMBERSHIPS.of(spec)[name])
    return None


def today_of(at: datetime) -> date:
    """The local day of an instant."""
    return timezone.localtime(at).date()


def keeps(actor: Actor, sort: Sort, path: str) -> bool:
    """Whether somebody keeps the list of members at an organisation."""
    return actor.may_scope("matters:write") and (
        any(actor.has(role, path, sort.programme.id) for role in sort.spec.kept_by)
        or officers.is_over(actor, officers.SYSTEM, path)
    )


@standing.kept
def kept_at(actor: Actor) -> tuple[str, ...]:
    """The roots under which somebody keeps a list of members by a role, in tree order: not what
    administrators may do anywhere. Standing data."""
    return tuple(
        sorted(
            {
                path
                for programme in programmes.known()
                for spec in MEMBERSHIPS.of(programme).values()
                for role in spec.kept_by
                for path in actor.paths(role, programme.id)
            }
        )
    )


def keepers(sort: Sort, path: str, on: date) -> tuple[int, ...]:
    """Those who keep the list of members at an organisation by a role, the nearest ones."""
    roles = sort.spec.kept_by
    found = (pk for one in roles for pk in grants.holders(one, path, on, sort.programme.id))
    return tuple(dict.fromkeys(found))


def reads(actor: Actor, sort: Sort, path: str) -> bool:
    """Whether somebody is shown the list of members at an organisation."""
    names = (*sort.spec.kept_by, *sort.spec.read_by)
    return actor.may_scope("matters:read") and (
        any(actor.has(role, path, sort.programme.id) for role in names)
        or officers.is_over(actor, officers.SYSTEM, path)
    )


def _must_keep(actor: Actor, sort: Sort, org: Org, person_id: int) -> None:
    if not keeps(actor, sort, org.path):
        raise DeniedError(sort.spec.kept_by[0])
    must_not_be_own(actor, person_id)


def _is_around(actor: Actor, person_id: int, org: Org, on: date) -> bool:
    """Whether somebody has a place under the same root, or none at all."""
    if officers.is_house(actor):
        return True
    places = membership.places_of(orgs.person(person_id), on)
    return not places or any(tree.covers(org.path[: tree.STEP], at) for at in places)


def must_not_be_own(actor: Actor, person_id: int) -> None:
    """Raises RefusedError where somebody would say something of themselves."""
    if actor.person_id == person_id:
        raise RefusedError("people.not_yourself")


def objections(
    sort: Sort,
    status: str,
    *,
    start: date,
    today: date,
    since: date | None = None,
    end: date | None = None,
    keeping: bool,
    over: bool,
    own: bool,
    around: bool,
) -> Iterator[ProblemError | DeniedError]:
    """Everything for which somebody may not begin to belong so, as `begin` asks it: `keeping` whether
    the actor keeps the list there, `over` whether they administer there, `own` whether it is they,
    `around` whether their places are not all under other roots: else they are nobody to the actor."""
    spec = sort.spec
    if not around:
        yield InputError({"person": ("input.unknown_person", {})})
    if not keeping:
        yield DeniedError(spec.kept_by[0])
    if own:
        yield RefusedError("people.not_yourself")
    if status not in spec.statuses:
        yield PeopleError("people.no_status", status=status, known=", ".join(spec.statuses))
    if status in spec.by_matter and not over:
        yield PeopleError("people.by_matter", status=status)
    if spec.term and end is None:
        yield PeopleError("people.term_wanted")
    if not FIRST <= start <= today:
        yield PeopleError("people.no_such_day", day=start, first=FIRST, last=today)
    if since is not None and not FIRST <= since <= start:
        yield PeopleError("people.no_such_day", day=since, first=FIRST, last=start)


def kept_by_matter(actor: Actor, sort: Sort, path: str) -> tuple[str, ...]:
    """The statuses that somebody may not end by one act: those into which only a matter leads."""
    return () if officers.is_over(actor, officers.SYSTEM, path) else sort.spec.by_matter


@transaction.atomic
def begin(
    person_id: int,
    org: Org,
    full: str,
    status: str,
    *,
    start: date,
    at: datetime,
    actor: Actor,
    since: date | None = None,
    end: date | None = None,
) -> Membership:
    """Somebody belongs to an organisation from a day on, today at the latest; or their status
    changes there. `since`: the day since when they belong at all, if that is earlier. Into a status
    of `by_matter`, or out of one, only an administrator puts somebody so, for whom it was decided before.

    Raises DeniedError, RefusedError for oneself, PeopleError, OrgError; InputError for somebody who
    belongs elsewhere only, of whom the actor may not know.
    """
    sort, today = sort_at(full, org, today_of(at)), today_of(at)
    for problem in objections(
        sort,
        status,
        start=start,
        today=today,
        since=since,
        end=end,
        keeping=keeps(actor, sort, org.path),
        over=officers.is_over(actor, officers.SYSTEM, org.path),
        own=actor.person_id == person_id,
        around=_is_around(actor, person_id, org, today),
    ):
        raise problem
    return memberships.begin_membership(
        person_id,
        org.pk,
        full,
        status,
        start=start,
        since=since,
        end=end,
        alone=sort.spec.alone,
        counted=status in sort.spec.members,
        kept=kept_by_matter(actor, sort, org.path),
        at=at,
        actor=actor.ref,
    )


@transaction.atomic
def admit(
    name: str,
    org: Org,
    full: str,
    status: str,
    *,
    start: date,
    at: datetime,
    actor: Actor,
    code: str = "",
    since: date | None = None,
    end: date | None = None,
) -> Membership:
    """Somebody new, without an account, begins to belong; `code` is the number by which their office
    knows them. Raises as `begin` does, and OrgError without a name; then there is nobody new."""
    made = orgs.add_person(name, code=code, at=at, actor=actor.ref)
    return begin(made.pk, org, full, status, start=start, since=since, end=end, at=at, actor=actor)


@transaction.atomic
def leave(pk: int, *, last: date, at: datetime, actor: Actor) -> Membership:
    """Somebody no longer belongs, after a last day, today at the latest. Raises as `begin` does;
    LookupError where the actor may not know of the membership."""
    row = _known(pk, actor)
    sort = _sort(row.kind)
    _must_keep(actor, sort, row.org, row.person_id)
    if last > today_of(at):
        raise PeopleError("people.no_such_day", day=last, first=row.start, last=today_of(at))
    return memberships.end_membership(pk, end=last, at=at, actor=actor.ref)


@transaction.atomic
def exempt(
    pk: int,
    reason: str,
    *,
    start: date,
    at: datetime,
    actor: Actor,
    end: date | None = None,
    note: str = "",
) -> Exemption:
    """A member need not do, from a day to a day, what the others have to, for one of the reasons of
    their membership. Raises as `leave` does; PeopleError for a reason that is none."""
    row = _known(pk, actor)
    sort = _sort(row.kind)
    _must_keep(actor, sort, row.org, row.person_id)
    if row.end is not None and row.end < today_of(at):
        raise PeopleError("people.no_longer", end=row.end)
    if reason not in sort.spec.exempt:
        known = ", ".join(sort.spec.exempt) or "–"
        raise PeopleError("people.no_reason", reason=reason, known=known)
    return memberships.exempt(
        row.person_id, row.kind, reason, start=start, end=end, note=note, at=at, actor=actor.ref
    )


@transaction.atomic
def end_exemption(pk: int, *, last: date, at: datetime, actor: Actor) -> Exemption:
    """An exemption is over after a last day. Raises DeniedError, RefusedError, OrgError; LookupError
    where the actor keeps no list in which its person stands."""
    row = memberships.exemption(pk)
    sort = _sort(row.kind)
    today = today_of(at)
    mine = [
        one
        for one in memberships.memberships_of(row.person_id)
        if one.kind == row.kind
        and (one.end is None or one.end >= today)
        and reads(actor, sort, one.org.path)
    ]
    if not mine:
        raise LookupError(pk)
    _must_keep(actor, sort, mine[0].org, row.person_id)
    return memberships.end_exemption(pk, end=last, at=at, actor=actor.ref)


def member(actor: Actor, pk: int) -> Membership:
    """One membership that somebody is shown, with person and organisation. Raises LookupError."""
    return _known(pk, actor)


def _known(pk: int, actor: Actor) -> Membership:
    try:
        row = memberships.membership(pk)
    except Membership.DoesNotExist as error:
        raise LookupError(pk) from error
    sort = sort_of(row.kind)
    if sort is None or not reads(actor, sort, row.org.path):
        raise LookupError(pk)
    return row


def _sort(full: str) -> Sort:
    found = sort_of(full)
    if found is None:
        raise PeopleError("people.no_membership", kind=full, known="–")
    return found


def own(person_id: int, on: date) -> list[Membership]:
    """Where somebody belongs on a day: what they are shown of themselves."""
    rows = memberships.memberships_of(person_id)
    return [row for row in rows if row.start <= on and (row.end is None or row.end >= on)]
