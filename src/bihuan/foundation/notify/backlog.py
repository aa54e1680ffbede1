"""What waits for workers, in numbers: for whoever watches over the machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from bihuan.foundation.notify.models import Duty, Task


@dataclass(frozen=True)
class DutyNow:
    """A duty: when it ended last, until when somebody has it."""

    name: str
    last_run: datetime | None
    leased_until: datetime | None

    def is_taken(self, at: datetime) -> bool:
        """Whether nobody else may take it now."""
        return self.leased_until is not None and self.leased_until > at


@dataclass(frozen=True)
class Tasks:
    """How many tasks of each name could run now, for how many seconds the oldest could, how many were
    given up."""

    waiting: Mapping[str, int]
    oldest: float
    failed: int


def duties() -> list[DutyNow]:
    """All duties that are known, as they stand."""
    rows = Duty.objects.order_by("pk").values_list("name", "last_run", "leased_until")
    return [DutyNow(*row) for row in rows]


def tasks(at: datetime) -> Tasks:
    """What waits at `at`."""
    due = Task.objects.filter(state="waiting", run_at__lte=at).order_by().values("name")
    rows = list(due.annotate(number=Count("pk"), first=Min("run_at")))
    first = min((row["first"] for row in rows), default=at)
    return Tasks(
        {row["name"]: row["number"] for row in rows},
        (at - first).total_seconds(),
        Task.objects.filter(state="failed").count(),
    )
