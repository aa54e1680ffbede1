"""A duty in a process that ends: `python -m bihuan.jobs.aside NAME INSTANT`.

What counts facts and compares figures loads two hundred megabytes that a worker would keep for good,
though it needs them for seconds. The process is started anew: a fork would keep the locks of the
worker's threads.
"""

import os
import subprocess
import sys
import threading
from datetime import datetime

from bihuan.lib import canonical, faults


class AsideError(RuntimeError):
    """The process did not come to its end; what was wrong stands in the log."""


class Aside:
    """Runs duties in processes of their own; `stop` ends those that run."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def run(self, name: str, at: datetime) -> None:
        """Does a duty and waits for its end. Raises AsideError."""
        command = [sys.executable, "-m", __name__, name, canonical.instant(at)]
        # Nothing is ever written into the pipe: it closes when this process ends, killed or not.
        with subprocess.Popen(command, stdin=subprocess.PIPE) as child:  # noqa: S603 - our own module
            with self._lock:
                self._running.add(child)
            try:
                code = child.wait()
            finally:
                with self._lock:
                    self._running.discard(child)
        if code:
            raise AsideError(name)

    def stop(self) -> None:
        """Ends what runs: each of these duties may be stopped anywhere and is done again. Called by a
        handler of signals, which may not wait for a lock."""
        for child in tuple(self._running):
            child.terminate()


def _end_with_worker() -> None:
    """Ends this process at once when the worker that waits for it is gone: the next worker would find
    what it does here held by somebody whom nobody waits for."""
    os.read(0, 1)
    os._exit(1)


def main(name: str, instant: str) -> int:
    """In the process: one duty; 1 where it failed, which is logged."""
    threading.Thread(target=_end_with_worker, daemon=True).start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.conf.settings")
    import django  # noqa: PLC0415 - only in the process of its own

    django.setup()
    from bihuan.jobs import schedule  # noqa: PLC0415 - its models are there after setup only

    known = {one.name: one for one in schedule.duties(lambda key, **values: key)}
    try:
        known[name].run(datetime.fromisoformat(instant))
    except Exception as error:  # noqa: BLE001 - whatever it is, the worker goes on
        faults.report(error, f"duty {name}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
