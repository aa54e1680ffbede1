"""Memberships: who belongs to an organisation, in which status, from when until when; who is exempt.

What kinds and statuses there are, and who may say so, is the programmes': `kernel.people`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from bihuan.foundation.audit.api import Happening, change, create, create_all, standing
from bihuan.foundation.orgs import tree
from bihuan.foundation.orgs.merging import must_be_open
from bihuan.foundation.orgs.models import Exemption, Membership, Org, Person
from bihuan.foundation.orgs.problems import OrgError
from bihuan.foundation.sql.lookup import NO_DAY, Columns
from bihuan.rules.spans import DAY, MeetsError, Span, ended, followed, free, gaps


def _lasting(on: date) -> Q:
    return Q(end__isnull=True) | Q(end__gte=on)


def person_at_a_time(person_id: int) -> None:
    """Lets whoever changes where somebody belongs, or what they are free of, wait until another has done so. Within a
    transaction; SQLite has one writer."""
    Person.objects.select_for_update().filter(pk=person_id).values_list("pk").first()


@transaction.atomic
def begin_membership(
    person_id: int,
    org_id: int,
    kind: str,
    status: str,
    *,
    start: date,
    at: datetime,
    actor: str,
    since: date | None = None,
    end: date | None = None,
    alone: bool = False,
    counted: bool = True,
    kept: Collection[str] = (),
) -> Membership:
    """Somebody belongs to an organisation from a day on. In the same status there already, they
    stay as they are; in another, that one ends the day before. `alone`: nobody belongs in two
    places at once by this kind. `counted`: in this status they are a member, and not only on the list.
    `kept` are the statuses that one does not leave so.

    Raises OrgError: the organisation is no more, ends before it starts, meets other days
    (`rules.spans`), or belongs elsewhere.
    """
    must_be_open(Org.objects.get(pk=org_id))
    if end is not None and end < start:
        raise OrgError("orgs.ends_before_start")
    person_at_a_time(person_id)
    rows = list(Membership.objects.filter(person_id=person_id, kind=kind).order_by("start", "pk"))
    wanted = Span.through(start, end)
    if alone:
        _nowhere_else(wanted, [row for row in rows if row.org_id != org_id])
    there = [row for row in rows if row.org_id == org_id]
    for one in there:
        if one.status == status and one.start <= start and one.end is None and end is None:
            return one
    try:
        before = followed(wanted, [(one, Span.through(one.start, one.end)) for one in there])
    except MeetsError as error:
        raise OrgError(error.key, **error.values) from error
    if before is not None:
        if before.status in kept:
            raise OrgError("orgs.status_kept", status=before.status)
        change(before, Happening("membership.ended", at, actor, set={"end": start - DAY}))
        since = since or before.since
    made = Membership(
        person_id=person_id,
        org_id=org_id,
        kind=kind,
        status=status,
        counted=counted,
        since=since,
        start=start,
        end=end,
    )
    return create(made, Happening("membership.begun", at, actor))


@dataclass(frozen=True)
class Belonging:
    """Who belongs where, as `begin_membership` is told it."""

    person_id: int
    org_id: int
    kind: str
    status: str
    start: date
    since: date | None = None
    end: date | None = None
    alone: bool = False
    counted: bool = True
    kept: Collection[str] = ()


@transaction.atomic
def begin_memberships(
    wanted: Sequence[Belonging], *, at: datetime, actor: str
) -> list[Membership | OrgError]:
    """Many begin to belong at once, as `begin_membership` begins each: the membership, or why there is
    none."""
    people = sorted({one.person_id for one in wanted})
    places = {one.org_id for one in wanted}
    open_orgs = {row.pk for row in Org.objects.filter(pk__in=places) if row.merged_into_id is None}
    list(Person.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
    held = set(Membership.objects.filter(person_id__in=people).values_list("person_id", "kind"))
    fresh: dict[int, Membership] = {}
    for nth, one in enumerate(wanted):
        pair = (one.person_id, one.kind)
        ends_well = one.end is None or one.end >= one.start
        if pair in held or one.org_id not in open_orgs or not ends_well:
            continue
        held.add(pair)
        fresh[nth] = Membership(
            person_id=one.person_id,
            org_id=one.org_id,
            kind=one.kind,
            status=one.status,
            counted=one.counted,
            since=one.since,
            start=one.start,
            end=one.end,
        )
    create_all(list(fresh.values()), Happening("membership.begun", at, actor))
    # What is there already may stay, end, or stand in the way.
    return [fresh.get(nth) or _begun(one, at=at, actor=actor) for nth, one in enumerate(wanted)]


def _begun(one: Belonging, *, at: datetime, actor: str) -> Membership | OrgError:
    try:
        return begin_membership(
            one.person_id,
            one.org_id,
            one.kind,
            one.status,
            start=one.start,
            since=one.since,
            end=one.end,
            alone=one.alone,
            counted=one.counted,
            kept=one.kept,
            at=at,
            actor=actor,
        )
    except OrgError as error:
        return error


def _nowhere_else(wanted: Span, others: Iterable[Membership]) -> None:
    for one in others:
        if wanted.meets(Span.through(one.start, one.end)):
            where = Org.objects.get(pk=one.org_id)
            raise OrgError("orgs.member_elsewhere", org=where.name, start=one.start)


@transaction.atomic
def end_membership(pk: int, *, end: date, at: datetime, actor: str) -> Membership:
    """Ends a membership with a last day. Raises OrgError when it would end before it began, or later
    than it does."""
    row = Membership.objects.get(pk=pk)
    person_at_a_time(row.person_id)
    row.refresh_from_db()
    if row.end is not None and end > row.end:
        raise OrgError("orgs.membership_ended", end=row.end)
    if end < row.start:
        raise OrgError("orgs.ends_before_start")
    if row.end == end:
        return row
    return change(row, Happening("membership.ended", at, actor, set={"end": end}))


@transaction.atomic
def move_memberships(pk: int, into: int, *, on: date, at: datetime, actor: str) -> int:
    """Everybody who belongs to one organisation belongs to another from a day on, but for the days
    for which they do so already. Returns how many memberships were ended."""
    rows = list(Membership.objects.filter(_lasting(on), org_id=pk))
    for row in rows:
        wanted = Span.through(max(row.start, on), row.end)
        last = max(row.start, on - DAY)
        change(row, Happening("membership.ended", at, actor, set={"end": last}))
        there = Membership.objects.filter(person_id=row.person_id, kind=row.kind, org_id=into)
        for part in gaps(wanted, [Span.through(one.start, one.end) for one in there]):
            made = Membership(
                person_id=row.person_id,
                org_id=into,
                kind=row.kind,
                status=row.status,
                counted=row.counted,
                since=row.since,
                start=part.start,
                end=part.last,
            )
            create(made, Happening("membership.begun", at, actor))
    return len(rows)


@transaction.atomic
def exempt(
    person_id: int,
    kind: str,
    reason: str,
    *,
    start: date,
    at: datetime,
    actor: str,
    end: date | None = None,
    note: str = "",
) -> Exemption:
    """Somebody need not do what those of a kind have to, from a day to a day. Raises OrgError when
    it would end before it starts, or meets another."""
    if end is not None and end < start:
        raise OrgError("orgs.ends_before_start")
    person_at_a_time(person_id)
    there = Exemption.objects.filter(person_id=person_id, kind=kind)
    try:
        free(Span.through(start, end), [Span.through(one.start, one.end) for one in there])
    except MeetsError as error:
        raise OrgError(error.key, **error.values) from error
    made = Exemption(
        person_id=person_id, kind=kind, reason=reason, start=start, end=end, note=note[:200]
    )
    return create(made, Happening("exemption.given", at, actor))


@transaction.atomic
def end_exemption(pk: int, *, end: date, at: datetime, actor: str) -> Exemption:
    """Ends an exemption with a last day; one that has not begun yet is over before it does. Raises
    OrgError when it would end later than it does."""
    row = Exemption.objects.get(pk=pk)
    person_at_a_time(row.person_id)
    row.refresh_from_db()
    try:
        after = ended(Span.through(row.start, row.end), end + DAY)
    except MeetsError as error:
        raise OrgError("orgs.exemption_ended", end=row.end) from error
    return change(row, Happening("exemption.ended", at, actor, set={"end": after - DAY}))


def memberships_within(
    path: str,
    on: date,
    *,
    kinds: Iterable[str] = (),
    statuses: Iterable[str] = (),
    below: bool = True,
) -> QuerySet[Membership]:
    """Memberships on a day at an organisation (and `below` it), of these kinds and statuses (none
    named: of any), of people who are active, by organisation and name; with both."""
    low, high = tree.bounds(path)
    where = Q(org__path__gte=low, org__path__lt=high) if below else Q(org__path=path)
    rows = Membership.objects.filter(where, _lasting(on), start__lte=on, person__is_active=True)
    if kinds := list(kinds):
        rows = rows.filter(kind__in=kinds)
    if statuses := list(statuses):
        rows = rows.filter(status__in=statuses)
    return rows.select_related("person", "org").order_by("org__path", "person__name", "pk")


def memberships_of(person_id: int) -> list[Membership]:
    """All memberships somebody has or had, the latest first, with their organisations."""
    rows = Membership.objects.filter(person_id=person_id).select_related("org")
    return list(rows.order_by(F("start").desc(), "-pk"))


def membership(pk: int) -> Membership:
    """One membership with its person and organisation. Raises Membership.DoesNotExist."""
    return Membership.objects.select_related("person", "org").get(pk=pk)


def exemptions_of(
    people: Iterable[int], kinds: Iterable[str], on: date
) -> dict[tuple[int, str], Exemption]:
    """Who of these is exempt on a day from what those of the kinds have to do: by person and kind."""
    rows = Exemption.objects.filter(_lasting(on), start__lte=on, kind__in=list(kinds))
    wanted = set(people)
    return {
        (row.person_id, row.kind): row for row in rows.order_by("pk") if row.person_id in wanted
    }


def exempt_on(people: Sequence[int], on: date) -> QuerySet[Exemption]:
    """The exemptions of these people on a day, of whatever kind."""
    return Exemption.objects.filter(_lasting(on), start__lte=on, person_id__in=people).order_by(
        "pk"
    )


def exemption(pk: int) -> Exemption:
    """One exemption with its person. Raises Exemption.DoesNotExist."""
    return Exemption.objects.select_related("person").get(pk=pk)


def exemptions_for(person_id: int) -> list[Exemption]:
    """All exemptions somebody has or had, the latest first."""
    return list(Exemption.objects.filter(person_id=person_id).order_by("-start", "-pk"))


_BELONGING = Membership.objects.filter(
    _lasting(NO_DAY), person_id=-1, start__lte=NO_DAY, counted=True
)
_MEMBER_PATHS = Columns(
    _BELONGING.values_list("org__path").order_by("org__path").distinct(), -1, NO_DAY
)


@standing.kept
def member_paths(person_id: int, on: date) -> tuple[str, ...]:
    """Paths of the organisations of which somebody is a member on a day; who only applies is none."""
    return tuple(path for (path,) in _MEMBER_PATHS(person_id, on))
