"""The worker inside the process that serves: of an installation that has only one.

A process of its own loads once more what pages loaded already: a third of the memory of a small server.
What takes long or much is done aside all the same (`jobs.aside`).
"""

import os
import sys
import threading

from bihuan.jobs import digest
from bihuan.jobs.aside import Aside
from bihuan.jobs.worker import Worker
from bihuan.lib import clock, faults

# In the environment of a process that serves and works, set by `bihuan serve`.
ASKED = "BIHUAN_WORKS_WITHIN"
# Seconds between looks without work, as of `bihuan work`.
INTERVAL = 5.0
# Seconds; by itself Python lets five milliseconds pass, at each statement of a page, while a duty counts.
SWITCH = 0.001
_BAD = 1


def is_asked() -> bool:
    return os.environ.get(ASKED) == "1"


def begin(words: digest.Words) -> None:
    """Works beside what this process does, until its main thread comes to its end; that end waits for the
    unit in hand. Where working fails for good the process ends: pages without a worker would promise
    what nobody does. `words` are handed in as to a Worker."""
    worker = Worker(clock.now, words, Aside())
    # A page that waits for the interpreter waits no longer than a database takes to answer.
    sys.setswitchinterval(SWITCH)
    threading.Thread(target=_loop, args=(worker,), name="worker").start()
    threading.Thread(target=_end_with_pages, args=(worker,), name="worker's end").start()


def _loop(worker: Worker) -> None:
    try:
        worker.loop(INTERVAL)
    except BaseException as error:  # noqa: BLE001 - whatever it is, nobody else would say it
        faults.report(error, "worker")
        os._exit(_BAD)


def _end_with_pages(worker: Worker) -> None:
    """Python waits for threads like these once its main thread is through, and tells them nothing."""
    threading.main_thread().join()
    worker.stop()
