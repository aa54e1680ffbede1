"""Plans of many matters at once: their journals, milestones and leaders, in a constant number of queries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count as Counted
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from bihuan.facets.plan import owed, standing
from bihuan.facets.plan.block import PLAN
from bihuan.facets.plan.models import JournalEntry, PlanLine, PlanMember, PlanRun
from bihuan.facets.plan.owed import Square
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing as kept
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.matters import access
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes

PAGE = 50
MOST = 5000
DONE = ("in_time", "late")


@kept.kept
def kinds() -> tuple[tuple[str, str], ...]:
    """(programme, kind) of the kinds with a plan, by any release ever."""
    found: set[tuple[str, str]] = set()
    for row in programmes.releases():
        spec = programmes.spec_of(row.pk)
        found |= {(spec.id, kind_id) for kind_id, _ in PLAN.kinds(spec)}
    return tuple(sorted(found))


@kept.kept
def _without_team() -> frozenset[tuple[str, str]]:
    """Those of them whose plan has no team: whoever has such a matter in hand answers first."""
    found: set[tuple[str, str]] = set()
    for row in programmes.releases():
        spec = programmes.spec_of(row.pk)
        found |= {(spec.id, kind_id) for kind_id, block in PLAN.kinds(spec) if not block.people}
    return frozenset(found)


def _of_plan() -> Q:
    return _any_of(kinds())


def _any_of(named: Iterable[tuple[str, str]]) -> Q:
    q = Q(pk__in=[])
    for programme, kind in sorted(named):
        q |= Q(programme=programme, kind=kind)
    return q


def journals(rows: Iterable[Matter], today: date) -> dict[int, list[Square]]:
    """The periods of the journals of matters until a day; of those that have none, nothing."""
    found = {row.pk: row for row in rows}
    runs = PlanRun.objects.filter(matter_id__in=found).exclude(every="")
    entries = JournalEntry.objects.filter(matter_id__in=found)
    return dict(_squares(found, runs, entries, today))


def all_squares(today: date) -> Iterator[tuple[int, list[Square]]]:
    """The same of every matter there is, by its id."""
    runs = PlanRun.objects.exclude(every="")
    pks = runs.values("matter_id")
    fields = ("release_id", "kind", "closed_at")
    found = {row.pk: row for row in Matter.objects.filter(pk__in=pks).only("pk", *fields)}
    return _squares(found, runs, JournalEntry.objects.all(), today)


def _squares(
    found: dict[int, Matter],
    runs: QuerySet[PlanRun],
    entries: QuerySet[JournalEntry],
    today: date,
) -> Iterator[tuple[int, list[Square]]]:
    written: dict[int, dict[str, str]] = {}
    for pk, key, timing in entries.values_list("matter_id", "key", "timing"):
        written.setdefault(pk, {})[key] = timing
    for run in runs.order_by("matter_id"):
        one = found[run.matter_id]
        block = PLAN.of(programmes.spec_of(one.release_id).kinds[one.kind])
        if block is not None and block.journal is not None:
            columns = standing.run_of(run.values(), standing.over(one))
            theirs = written.get(one.pk, {})
            yield one.pk, owed.squares(columns, theirs, today, block.journal.grace)


@dataclass(frozen=True)
class Wanted:
    """What a portfolio is narrowed to: the subtree of a `unit` (a path), the `year` in which a matter
    was opened, a `status` (`programme.kind.state`, or a phase), those one answers for first."""

    unit: str = ""
    year: int = 0
    status: str = ""
    mine: bool = False


@dataclass(frozen=True)
class Row:
    """A matter with its plan in short. `due` is its last milestone, `lead` who answers first."""

    matter: Matter
    lead: str
    done: int
    lines: int
    late: int
    due: date | None
    journal: owed.Count

    @property
    def percent(self) -> int | None:
        """How many of its milestones are done; None without any."""
        return self.done * 100 // self.lines if self.lines else None


@dataclass(frozen=True)
class Status:
    """How many are in a state of a kind."""

    programme: str
    kind: str
    state: str
    phase: str
    count: int

    @property
    def value(self) -> str:
        """As it is asked for."""
        return f"{self.programme}.{self.kind}.{self.state}"


@dataclass(frozen=True)
class Portfolio:
    """A page of matters with a plan; how many there are; by status, whatever status was asked for."""

    rows: Sequence[Row]
    count: int
    statuses: Sequence[Status]
    years: Sequence[int] = field(default=())


def portfolio(
    who: Actor, wanted: Wanted, today: date, *, skip: int = 0, most: int = PAGE
) -> Portfolio:
    """The matters of kinds with a plan that somebody sees, newest first."""
    sight = access.visible(who)
    everything = Matter.objects.filter(_of_plan()).filter(sight)
    ends = everything.aggregate(first=Min("opened_at"), last=Max("opened_at"))
    years = _years(ends["first"], ends["last"])
    query = _narrowed(everything, who, wanted)
    counted = query.order_by().values_list("programme", "kind", "state", "phase")
    statuses = [Status(*one) for one in counted.annotate(n=Counted("pk")).order_by("phase", "kind")]
    query = _of_status(query, wanted.status)
    count = sum(one.count for one in statuses if _meant(one, wanted.status))
    rows = list(query.order_by("-opened_at", "-pk").defer("facts")[skip : skip + most])
    return Portfolio(_rows([access.placed(row) for row in rows], today), count, statuses, years)


def _years(first: datetime | None, last: datetime | None) -> list[int]:
    if first is None or last is None:
        return []
    return list(range(timezone.localtime(last).year, timezone.localtime(first).year - 1, -1))


def _narrowed(query: QuerySet[Matter], who: Actor, wanted: Wanted) -> QuerySet[Matter]:
    if wanted.unit:
        query = query.filter(unit_path__gte=wanted.unit, unit_path__lt=f"{wanted.unit}[")
    if wanted.year:
        start, after = (
            timezone.make_aware(datetime(year, 1, 1))  # noqa: DTZ001 - made aware here
            for year in (wanted.year, wanted.year + 1)
        )
        query = query.filter(opened_at__gte=start, opened_at__lt=after)
    return query.filter(pk__in=led_by(who)) if wanted.mine else query


def _of_status(query: QuerySet[Matter], status: str) -> QuerySet[Matter]:
    if status.count(".") == 2:
        programme, kind, state = status.split(".")
        return query.filter(programme=programme, kind=kind, state=state)
    return query.filter(phase=status) if status else query


def _meant(one: Status, status: str) -> bool:
    return status in ("", one.phase, one.value)


def _rows(found: Sequence[Matter], today: date) -> list[Row]:
    pks = [one.pk for one in found]
    squares = journals(found, today)
    lines: dict[int, list[tuple[str, date]]] = {}
    listed = PlanLine.objects.filter(matter_id__in=pks).exclude(state="dropped")
    for pk, state, due in listed.values_list("matter_id", "state", "due"):
        lines.setdefault(pk, []).append((state, due))
    leads = PlanMember.objects.filter(matter_id__in=pks, lead=True, until=None)
    alone = [one for one in found if (one.programme, one.kind) in _without_team()]
    led = {one.pk: one.assignee_id for one in alone if one.assignee_id is not None}
    led |= dict(leads.values_list("matter_id", "person_id"))
    names = dict(Person.objects.filter(pk__in=led.values()).values_list("pk", "name"))
    rows = []
    for one in found:
        theirs = lines.get(one.pk, [])
        rows.append(
            Row(
                one,
                names.get(led.get(one.pk, 0), ""),
                sum(state in DONE for state, _ in theirs),
                len(theirs),
                sum(state == "open" and due < today for state, due in theirs),
                max((due for _, due in theirs), default=None),
                owed.count(squares.get(one.pk, [])),
            )
        )
    return rows


def led_by(who: Actor) -> list[int]:
    """The matters whose plan somebody answers for first: leads the team, or has one in hand that has none."""
    mine = PlanMember.objects.filter(person_id=who.person_id or 0, lead=True, until=None)
    led = list(mine.values_list("matter_id", flat=True))
    if who.person_id is not None and _without_team():
        held = Matter.objects.filter(_any_of(_without_team()), assignee_id=who.person_id)
        led += held.values_list("pk", flat=True)
    return led


@dataclass(frozen=True)
class Owing:
    """What somebody owes to plans: journals of periods that are over, milestones past their day; and
    the matters these are of."""

    journals: int
    lines: int
    matters: frozenset[int]


def owing(who: Actor, today: date) -> Owing:
    """What of plans is asked of somebody who sees them: the journals of those they answer for first,
    and the milestones that are theirs."""
    led = led_by(who)
    late = PlanLine.objects.filter(person_id=who.person_id or 0, state="open", due__lt=today)
    lines = list(late.values_list("matter_id", flat=True))
    seen = matters.by_ids(who, sorted({*led, *lines})) if led or lines else []
    going = {one.pk: one for one in seen if one.phase != "done"}
    missing = {
        pk: sum(
            square.state == owed.MISSED or (square.state == owed.OPEN and square.owed)
            for square in squares
        )
        for pk, squares in journals([going[pk] for pk in led if pk in going], today).items()
    }
    late_ones = [pk for pk in lines if pk in going]
    where = {pk for pk, count in missing.items() if count} | {*late_ones}
    return Owing(sum(missing.values()), len(late_ones), frozenset(where))
