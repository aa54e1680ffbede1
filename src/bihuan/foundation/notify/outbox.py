"""The outbox: claim by compare-and-set, run, mark done. Any number of workers.

A worker killed in the middle leaves its lease to run out; the task then runs again. Handlers are
therefore idempotent, and what leaves the house carries the task's key, by which a receiver can
tell a repetition.

What speaks to the network runs outside any transaction: claimed and committed, sent, then recorded.
Each lane may be worked on by a thread of its own, so that no kind of work waits for another.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from django.db import transaction
from django.db.models import Q

from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify.models import Task
from bihuan.foundation.sql import statements

Handler = Callable[[dict[str, Any], datetime, str], None]
LEASE = timedelta(seconds=60)
BACKOFF = (5, 30, 120, 600, 3600, 21_600)
MAX_ATTEMPTS = len(BACKOFF) + 1
Lane = Literal["inside", "mail", "webhook"]
LANES: tuple[Lane, ...] = get_args(Lane)
INSIDE: Lane = "inside"


class TaskError(Exception):
    """What a handler says of its own failure: kept and shown, so it never names a person."""


class FinalError(TaskError):
    """What trying again would not change."""


@dataclass(frozen=True)
class _Handled:
    function: Handler
    lane: Lane


_HANDLERS: dict[str, _Handled] = {}


def task(name: str, lane: Lane = INSIDE) -> Callable[[Handler], Handler]:
    """Registers what runs tasks of a name: called with (payload, at, key), maybe twice.

    In the lane `inside` it runs in one transaction with its end, and asks nobody outside; in the
    others it runs in none, so what it writes must bear a repetition.
    """

    def register(function: Handler) -> Handler:
        if name in _HANDLERS and _HANDLERS[name].function is not function:
            msg = f"task {name} has two handlers"
            raise ValueError(msg)
        _HANDLERS[name] = _Handled(function, lane)
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


def _in_lane(lane: Lane) -> Q:
    if lane == INSIDE:
        # A task without a handler belongs here, where it fails like any other.
        return ~Q(name__in=[name for name, one in _HANDLERS.items() if one.lane != INSIDE])
    return Q(name__in=[name for name, one in _HANDLERS.items() if one.lane == lane])


def _claim(at: datetime, limit: int, lane: Lane) -> list[Task]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=at)
    due = Task.objects.filter(_in_lane(lane), free, state="waiting", run_at__lte=at)
    found = due.order_by("run_at", "pk")

    def won(task: Task) -> bool:
        mine = Task.objects.filter(free, pk=task.pk, state="waiting")
        return bool(mine.update(leased_until=at + LEASE))

    return [task for task in found[:limit] if won(task)]


def _told(error: Exception) -> str:
    """Where it failed and of what kind. An error's own words are left out unless a handler chose
    them: a mail server's refusal, a database's complaint repeat the address or the text."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    lines = [f"{one.filename.rpartition('/')[2]}:{one.lineno} {one.name}" for one in frames]
    words = f": {error}" if isinstance(error, TaskError) else ""
    return "\n".join([*lines, f"{type(error).__name__}{words}"])[-2000:]


def _fail(task: Task, at: datetime, error: Exception) -> None:
    attempts = task.attempts + 1
    gone = attempts >= MAX_ATTEMPTS or isinstance(error, FinalError)
    Task.objects.filter(pk=task.pk).update(
        attempts=attempts,
        error=_told(error),
        state="failed" if gone else "waiting",
        leased_until=None,
        run_at=at if gone else at + timedelta(seconds=BACKOFF[attempts - 1]),
    )


def _end(task: Task) -> None:
    Task.objects.filter(pk=task.pk).delete()


def _do(task: Task, at: datetime) -> None:
    handled = _HANDLERS.get(task.name)
    if handled is None:
        msg = f"nobody handles {task.name}"
        raise TaskError(msg)
    if handled.lane != INSIDE:
        handled.function(task.payload, at, task.key)
        _end(task)
        return
    with standing.steady(), transaction.atomic():
        handled.function(task.payload, at, task.key)
        # Deleted with the effect: whatever a handler wrote is written exactly once.
        _end(task)


def run(at: datetime, limit: int = 50, lanes: tuple[Lane, ...] = LANES) -> int:
    """Runs tasks of some lanes that are due; returns how many were tried."""
    claimed = [task for lane in lanes for task in _claim(at, limit, lane)]
    for task in claimed:
        try:
            _do(task, at)
        except Exception as error:  # noqa: BLE001 - one broken task must not stop the worker
            _fail(task, at, error)
    return len(claimed)
