"""Before a period ends those who lack something are reminded, after it whoever stands above is told, or a
matter opens: each once, whatever is killed in between, and nothing outside working hours."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import calendars, standing_org, tree
from bihuan.foundation.orgs.models import WorkCalendar
from bihuan.foundation.sql import statements
from bihuan.kernel.matters import api as matters
from bihuan.kernel.obligations import board, counted
from bihuan.kernel.obligations.board import Line
from bihuan.kernel.obligations.demands import Obligation, known
from bihuan.kernel.obligations.models import ToldOf
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.catalogue import DEFAULT
from bihuan.lib.problems import ProblemError
from bihuan.rules.owing import LACKING, State
from bihuan.rules.periods import Period

_LOG = logging.getLogger(__name__)
DAY = timedelta(days=1)
# What was to be told so long ago is told to nobody any more: an installation that stood still, or a
# rule that was put in force late, does not begin with last year's.
STALE = timedelta(days=45)
# Whose names a notice says; of the others how many they are.
NAMED = 3
# Matters that are opened in one go; the others in the next.
OPENED = 200
REMIND, MISSED = "remind", "missed"


def is_quiet(at: datetime) -> bool:
    """Whether people are to be left alone: outside the working hours of the country's calendar."""
    found = WorkCalendar.objects.filter(code=calendars.DEFAULT_CODE).first()
    if found is None:
        return False
    calendar = calendars.load(found.pk)
    here = at.astimezone(calendar.tz())
    return not any(start <= here < end for start, end in calendar.open_spans(here.date()))


def come_round(at: datetime) -> int:
    """What comes round: what happened before a kind was counted is counted first, so that nobody is
    reminded of what they have done."""
    counted.catch_up(at)
    return run(at)


@standing.steady()
def run(at: datetime) -> int:
    """Reminds and tells what has come by `at`; returns how many were told and how many matters opened.
    May run twice, and be killed anywhere."""
    if is_quiet(at):
        return 0
    today = timezone.localtime(at).date()
    some = [one for one in known() if programmes.current(one.programme.id, today)]
    return sum(_of_obligation(one, today, at) for one in some)


@dataclass(frozen=True)
class Telling:
    """What is to be told of, on which day, at which instant."""

    one: Obligation
    period: Period
    today: date
    at: datetime

    def once(self, what: str) -> bool:
        """Notes, in the caller's transaction, that something was done; whether it was not yet."""
        row = ToldOf(**self.named(), what=what, at=self.at)
        asked = statements.insert(ToldOf, [statements.columns(row)], existing=statements.OR_LEAVE)
        return statements.run(asked) > 0

    def named(self) -> dict[str, str]:
        """Of which period of what."""
        return {
            "programme": self.one.programme.id,
            "obligation": self.one.name,
            "period": self.period.text,
        }


def _periods(one: Obligation, today: date) -> Iterator[Period]:
    """The period that lasts, and those before it of which something may be to be told yet."""
    period = Period.of(one.spec.grain, today)
    for _ in range(12):
        yield period
        # Days of grace are fewer than those of its own.
        before = Period.of(one.spec.grain, period.start - DAY)
        if before.last + (before.after - before.start) < today - STALE:
            return
        period = before


def _of_obligation(one: Obligation, today: date, at: datetime) -> int:
    wanted = [
        (Telling(one, period, today, at), what)
        for period in _periods(one, today)
        if (what := _comes(one, period, today))
    ]
    if not wanted:
        return 0
    rows = ToldOf.objects.filter(
        programme=one.programme.id,
        obligation=one.name,
        period__in=[told.period.text for told, _ in wanted],
    )
    done = {*rows.values_list("period", "what")}
    left = [(told, what) for told, what in wanted if (told.period.text, what) not in done]
    lines = _lacking(one, [told.period for told, _ in left], today)
    return sum(
        _tell(told, REMIND, lines[told.period])
        if what == REMIND
        else _missed(told, lines[told.period])
        for told, what in left
    )


def _comes(one: Obligation, period: Period, today: date) -> str:
    """What is to be told of a period by now; '': nothing."""
    spec = one.spec
    if spec.remind is not None and period.start <= today <= period.last:
        return REMIND if today >= _begins(period, spec.remind) else ""
    return MISSED if spec.missed != "nothing" and period.last < today else ""


def _begins(period: Period, remind: int) -> date:
    """The last working day at or before the one that is so many days before the end: on a day of rest
    nobody is reminded, and the period may end with it. That day itself where the period has none."""
    meant = period.last - timedelta(days=remind)
    day = meant
    while day >= period.start:
        if _works(day):
            return day
        day -= DAY
    return meant


def _works(day: date) -> bool:
    found = WorkCalendar.objects.filter(code=calendars.DEFAULT_CODE).first()
    return found is None or calendars.load(found.pk).is_working(day)


def _lacking(
    one: Obligation, periods: Sequence[Period], today: date
) -> Mapping[Period, list[Line]]:
    """Of each period those who lack something, with its cell alone. Organisations are asked for all periods
    at once; a person is told of at the place where they belonged in that period, so each is asked for itself."""
    found: dict[Period, list[Line]] = {}
    for run in [_between(periods)] if one.of_orgs and periods else [[each] for each in periods]:
        lines, _ = board.lines(one, run, "", today)
        for n, period in enumerate(run):
            told = (replace(line, cells=(line.cells[n],)) for line in lines)
            found[period] = [line for line in told if line.cells[0].state in LACKING]
    return found


def _between(periods: Sequence[Period]) -> list[Period]:
    """The periods from the first to the last of some, none left out."""
    first, last = min(periods, key=lambda one: one.start), max(periods, key=lambda one: one.start)
    run = [first]
    while run[-1].start < last.start:
        run.append(Period.of(first.grain, run[-1].after))
    return run


def _missed(told: Telling, lines: Sequence[Line]) -> int:
    if any(line.cells[0].state is State.DUE for line in lines):
        # Somewhere there are days of grace left: all are told of together.
        return 0
    if max((line.cells[0].asked.due for line in lines), default=told.today) < told.today - STALE:
        # Too long ago, by the last day on which any of them could make up for it.
        told.once(MISSED)
        return 0
    if told.one.spec.missed == "matter":
        return _open_all(told, lines)
    return _tell(told, MISSED, lines)


@dataclass(frozen=True)
class _Told:
    people: tuple[int, ...]
    line: Line


def _tell(told: Telling, what: str, lines: Sequence[Line]) -> int:
    """One notice for each person, of all that they are to know of."""
    one = told.one
    mine: dict[int, list[Line]] = {}
    for each in _whom(one, what, lines, told.today):
        for person in each.people:
            mine.setdefault(person, []).append(each.line)
    # Whoever is to know of the same is told in one statement.
    alike: dict[tuple[str, int], list[int]] = {}
    for person, some in mine.items():
        alike.setdefault((_names(some), len(some)), []).append(person)
    whose = "unit" if one.of_orgs else "own" if what == REMIND else "people"
    with transaction.atomic():
        # In one transaction: killed in between nobody was told, and everybody is the next time.
        if not told.once(what):
            return 0
        for (names, count), people in sorted(alike.items()):
            notify.tell(
                sorted(people),
                f"notice.obligation_{what}_{whose}",
                key=f"owed:{what[0]}:{one.full}:{told.period.text}",
                at=told.at,
                ref=f"obligation:{one.full}",
                name=called(one),
                period=told.period.text,
                last=told.period.last.isoformat(),
                names=names,
                count=count,
            )
    return len(mine)


def called(one: Obligation) -> str:
    """What an obligation is called where no reader is present."""
    return one.programme.strings[DEFAULT].get(f"obligations.{one.name}", one.name)


def _names(lines: Sequence[Line]) -> str:
    more = "…" if len(lines) > NAMED else ""
    return "、".join(line.name for line in lines[:NAMED]) + more


def _whom(one: Obligation, what: str, lines: Sequence[Line], today: date) -> Iterator[_Told]:
    if what == REMIND and not one.of_orgs:
        yield from (_Told((line.person_id,), line) for line in lines if line.person_id is not None)
        return
    roles = one.spec.told if what == REMIND else one.spec.above
    holders = _holders(one.programme.id, roles, today)
    for line in lines:
        # Of what was missed the next above is told, not who missed it.
        path = line.path if what == REMIND or not one.of_orgs else line.path[: -tree.STEP]
        yield _Told(tuple(_nearest(holders, path or line.path)), line)


def _holders(programme: str, roles: Iterable[str], today: date) -> Mapping[str, set[int]]:
    """Who holds one of some roles, by place: one query for all places."""
    wanted, found = {*roles}, dict[str, set[int]]()
    for row in grants.grants_within("", today):
        ours = row.role in wanted and row.programme in ("", programme)
        if ours and row.start <= today and row.person.is_active:
            found.setdefault(row.org.path, set()).add(row.person_id)
    return found


def _nearest(holders: Mapping[str, set[int]], path: str) -> set[int]:
    return next((holders[at] for at in tree.ancestors(path) if at in holders), set())


def _open_all(told: Telling, lines: Sequence[Line]) -> int:
    """Opens a matter for each that missed the period, each in a transaction of its own; when there are none
    left, that is noted. What could not be opened just now is opened the next time."""
    done, left = 0, False
    for line in lines:
        if done >= OPENED:
            return done
        opened = _open(told, line)
        left = left or opened is None
        done += opened or 0
    if not left:
        told.once(MISSED)
    return done


def _open(told: Telling, line: Line) -> int | None:
    """How many were opened: one, or none where one was, or never can be; None where it may be another time."""
    one, opens = told.one, told.one.spec.opens
    assert opens is not None
    said = one.programme.strings[DEFAULT].get(f"owed.{one.name}", "")
    opening = matters.Opening(
        one.programme.id,
        opens.kind,
        standing_org(line.org_id),
        f"{called(one)}（{told.period.text}）：{said}",
        subject=f"{called(one)} {told.period.text}",
        fields=dict(opens.fields),
    )
    try:
        with transaction.atomic():
            if not told.once(f"org:{line.org_id}"):
                return 0
            matters.open_matter(opening, actor=SYSTEM, at=told.at)
    except ProblemError as error:
        if not _is_final(told, line):
            # By number: a place may be called after somebody, and the reason may quote.
            _LOG.warning(
                "%s of org:%s: no matter was opened (%s)", one.full, line.org_id, error.key
            )
            return None
        # There is nobody to open it for; the matrix goes on telling that the period was missed.
        told.once(f"org:{line.org_id}")
        return 0
    return 1


def _is_final(told: Telling, line: Line) -> bool:
    """Whether the programme ended there meanwhile, or the place was closed or went into another."""
    place = standing_org(line.org_id)
    if not place.active:
        return True
    try:
        programmes.in_force(told.one.programme.id, place.path, told.today)
    except programmes.ProgrammeError:
        return True
    return False
