"""The worker: asks what is due, does it, waits. Any number of them beside one another."""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from types import FrameType

from django.db import Error as DatabaseError
from django.db import OperationalError, close_old_connections, connection

from bihuan.foundation.notify import api as notify
from bihuan.jobs import digest, forgotten, roundups, schedule
from bihuan.jobs.aside import Aside
from bihuan.kernel.matters import api as matters
from bihuan.lib import faults

log = logging.getLogger(__name__)
TASKS_AT_ONCE = 5
# What goes out is claimed singly: its lease begins when it does, however slow the one before was.
SENT_AT_ONCE = 1
OUTGOING = tuple(lane for lane in notify.LANES if lane != notify.INSIDE)
STEPS_AT_ONCE = 50
RETRY_AFTER = timedelta(minutes=1)


@dataclass
class Done:
    """What one round did."""

    steps: int = 0
    tasks: int = 0
    duties: list[str] = field(default_factory=list)
    troubles: int = 0

    def nothing(self) -> bool:
        return not (self.steps or self.tasks or self.duties)


class Worker:
    """`clock` tells the time and `words` the texts; both belong to the edge and are handed in. With
    `aside`, duties that need much memory are done in processes of their own."""

    def __init__(
        self, clock: Callable[[], datetime], words: digest.Words, aside: Aside | None = None
    ) -> None:
        self._clock = clock
        self._aside = aside
        self._stop = threading.Event()
        self._duties = schedule.duties(words)
        digest.use_words(words)
        forgotten.use_words(words)
        roundups.use_words(words)

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Ends the loop after the unit in hand; a handler for signals."""
        del signum, frame
        self._stop.set()
        if self._aside is not None:
            self._aside.stop()

    def listen(self) -> None:
        """Stops on SIGTERM and SIGINT."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)

    def loop(self, interval: float) -> None:
        """Works until stopped, looking again after `interval` seconds without work.

        Each kind of work has a thread of its own: a slow receiver, a silent mail server or a long
        export holds up nothing but its own kind.
        """
        kinds = [partial(self._round, slow=False), partial(self._round, slow=True)]
        kinds += [partial(self._send, lane) for lane in OUTGOING]
        beside = [threading.Thread(target=self._repeat, args=(one, interval)) for one in kinds[1:]]
        for one in beside:
            one.start()
        try:
            self._repeat(kinds[0], interval)
        finally:
            self._stop.set()
            for one in beside:
                one.join()

    def _repeat(self, work: Callable[[], Done], interval: float) -> None:
        while not self._stop.is_set():
            close_old_connections()
            done = work()
            if done.nothing() or done.troubles:
                self._stop.wait(interval)
        connection.close()

    def round(self) -> Done:
        """Does everything that is due now, once, one after another. What fails is logged and left
        for later."""
        done = self._round(slow=False)
        for more in (partial(self._round, slow=True), *(partial(self._send, x) for x in OUTGOING)):
            found = more()
            done.steps += found.steps
            done.tasks += found.tasks
            done.duties += found.duties
            done.troubles += found.troubles
        return done

    def _round(self, *, slow: bool) -> Done:
        """Duties that are slow or those that are not; with these what is due by itself."""
        done = Done()
        if not slow:
            done.steps = self._until_nothing("time", done, self._steps)
            done.tasks = self._until_nothing("tasks", done, self._tasks)
        for duty in self._duties:
            if self._stop.is_set():
                break
            if duty.slow == slow and self._guarded(
                f"duty {duty.name}", done, partial(self._duty, duty)
            ):
                done.duties.append(duty.name)
        # Duties leave tasks; `--once` must not leave them for another day.
        if done.duties and not slow:
            done.tasks += self._until_nothing("tasks", done, self._tasks)
        return done

    def _send(self, lane: notify.Lane) -> Done:
        done = Done()
        done.tasks = self._until_nothing(
            lane, done, lambda: notify.run(self._clock(), limit=SENT_AT_ONCE, lanes=(lane,))
        )
        return done

    def _steps(self) -> int:
        return matters.sweep(self._clock(), limit=STEPS_AT_ONCE)

    def _tasks(self) -> int:
        return notify.run(self._clock(), limit=TASKS_AT_ONCE, lanes=(notify.INSIDE,))

    def _duty(self, duty: schedule.Duty) -> int:
        at = self._clock()
        if not notify.claim_duty(duty.name, every=duty.every, at=at):
            return 0
        try:
            if self._aside is not None and duty.heavy:
                self._aside.run(duty.name, at)
            else:
                duty.run(at)
        except Exception:
            notify.give_back_duty(duty.name, until=at + RETRY_AFTER)
            raise
        notify.finish_duty(duty.name, at=at)
        return 1

    def _until_nothing(self, name: str, done: Done, unit: Callable[[], int]) -> int:
        total = 0
        while not self._stop.is_set():
            count = self._guarded(name, done, unit)
            if not count:
                break
            total += count
        return total

    @staticmethod
    def _guarded(name: str, done: Done, unit: Callable[[], int]) -> int:
        try:
            return unit()
        except DatabaseError as error:
            # Locked, full or away: the transaction was rolled back, the work is still there.
            # Only what an operator can mend: other words of a database may quote a row.
            why = error if isinstance(error, OperationalError) else type(error).__name__
            log.warning("%s: the database did not take it, will try again: %s", name, why)
            if not connection.in_atomic_block:
                connection.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next round comes
            faults.report(error, name)
        done.troubles += 1
        return 0
