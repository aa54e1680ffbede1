"""The outbox: claim by compare-and-set, run, mark done. Any number of workers.

A worker killed in the middle leaves its lease to run out; the task then runs again. Handlers are
therefore idempotent, and what leaves the house carries the task's key, by which a receiver can
tell a repetition.
"""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from bihuan.foundation.notify.models import Task
from bihuan.foundation.sql import statements

Handler = Callable[[dict[str, Any], datetime, str], None]
LEASE = timedelta(seconds=60)
BACKOFF = (5, 30, 120, 600, 3600, 21_600)
MAX_ATTEMPTS = len(BACKOFF) + 1
_HANDLERS: dict[str, Handler] = {}


def handler(name: str) -> Callable[[Handler], Handler]:
    """Registers what runs tasks of a name: called with (payload, at, key), maybe twice."""

    def register(function: Handler) -> Handler:
        if _HANDLERS.get(name, function) is not function:
            msg = f"task {name} has two handlers"
            raise ValueError(msg)
        _HANDLERS[name] = function
        return function

    return register


def enqueue(name: str, payload: dict[str, Any], *, key: str, run_at: datetime) -> None:
    """Plans a task in the caller's transaction; the same key twice plans it once."""
    row = Task(name=name, payload=payload, key=key, run_at=run_at)
    statements.send(
        statements.insert(Task, [statements.columns(row)], existing=statements.OR_LEAVE)
    )


def waiting(at: datetime) -> int:
    """How many tasks could run now."""
    return Task.objects.filter(state="waiting", run_at__lte=at).count()


def failed() -> list[Task]:
    """Tasks given up on, for the administrator's page."""
    return list(Task.objects.filter(state="failed").order_by("-pk")[:200])


def retry(pk: int, at: datetime) -> None:
    """Puts a failed task back."""
    Task.objects.filter(pk=pk, state="failed").update(state="waiting", attempts=0, run_at=at)


def _claim(at: datetime, limit: int) -> list[Task]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=at)
    found = Task.objects.filter(free, state="waiting", run_at__lte=at).order_by("run_at", "pk")

    def won(task: Task) -> bool:
        mine = Task.objects.filter(free, pk=task.pk, state="waiting")
        return bool(mine.update(leased_until=at + LEASE))

    return [task for task in found[:limit] if won(task)]


def _fail(task: Task, at: datetime) -> None:
    attempts = task.attempts + 1
    gone = attempts >= MAX_ATTEMPTS
    Task.objects.filter(pk=task.pk).update(
        attempts=attempts,
        error=traceback.format_exc()[-2000:],
        state="failed" if gone else "waiting",
        leased_until=None,
        run_at=at if gone else at + timedelta(seconds=BACKOFF[attempts - 1]),
    )


def run(at: datetime, limit: int = 50) -> int:
    """Runs tasks that are due; returns how many were tried."""
    claimed = _claim(at, limit)
    for task in claimed:
        try:
            with transaction.atomic():
                _HANDLERS[task.name](task.payload, at, task.key)
                # Deleted with the effect: whatever a handler wrote is written exactly once.
                Task.objects.filter(pk=task.pk).delete()
        except Exception:  # noqa: BLE001 - one broken task must not stop the worker
            _fail(task, at)
    return len(claimed)
