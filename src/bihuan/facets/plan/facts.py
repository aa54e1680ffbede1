"""What figures may know of plans: each journal that was written, in time or late, each milestone that was
done, dropped or changed; and, a day, how many journals were owed by then and how many of those were missing."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Max
from django.utils import timezone

from bihuan.facets.plan import board
from bihuan.facets.plan.block import OUTCOME, PLAN, TIMING
from bihuan.facets.plan.models import JournalEntry, PlanLine
from bihuan.facets.plan.owed import MISSED, Square
from bihuan.insight import api as insight
from bihuan.insight.facts.streams import MATTERS
from bihuan.kernel.matters.api import Matter


def _days(*, missed: bool) -> Iterator[tuple[int, date, int]]:
    """(matter, the last day in time, 1) of each journal that was owed, or of those that are missing,
    as far as the log reaches: facts know no other now."""
    newest = Matter.objects.aggregate(newest=Max("changed_at"))["newest"]
    if newest is None:
        return
    today = timezone.localtime(newest).date()
    for matter_id, squares in board.all_squares(today):
        for one in sorted(squares, key=lambda each: each.due):
            if _counts(one, today) and (not missed or one.state == MISSED):
                yield matter_id, one.due, 1


def _counts(one: Square, today: date) -> bool:
    return one.owed and one.due < today


def _owed() -> Iterable[tuple[int, date, int]]:
    return _days(missed=False)


def _missed() -> Iterable[tuple[int, date, int]]:
    return _days(missed=True)


def declare() -> None:
    """Makes them known to the facts."""
    insight.declare_parts(insight.Parted(JournalEntry.PART, PLAN.name, "timing", TIMING))
    insight.declare_parts(insight.Parted(PlanLine.PART, PLAN.name, "state", OUTCOME))
    insight.declare(
        MATTERS,
        insight.Tally("journals_owed", MATTERS.name, _owed),
        insight.Tally("journals_missed", MATTERS.name, _missed),
    )
