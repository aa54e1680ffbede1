"""Commands that run side by side and end together: `python -m bihuan.lib.together JSON`, a list of commands.

Whoever only waits needs nothing of what these load: this process takes ten megabytes.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

# Seconds; service managers kill after ninety, containers after ten.
GRACE = 9
_BAD = 1


def instead(commands: Sequence[Sequence[str]]) -> None:
    """Becomes the process that runs these commands, under its own number; what it loaded is gone."""
    given = json.dumps([list(one) for one in commands])
    os.execv(sys.executable, [sys.executable, "-m", __name__, given])  # noqa: S606 - our own module


def run(commands: list[list[str]]) -> int:
    """Runs processes until one ends or we are told to stop; then ends the others. Returns 0 when told,
    else the worst exit code, 1 at least.

    Each has a session of its own: Ctrl-C and service managers signal all of a group at once, and the
    server whose worker was told before itself waits for it for ever."""
    running: list[subprocess.Popen[bytes]] = []
    told: list[int] = []

    def pass_on(signum: int, frame: object) -> None:
        del frame
        told.append(signum)
        for child in running:
            child.terminate()

    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, pass_on)
    # Only now: who is told between would leave behind what nobody else tells to end.
    for command in commands:
        running.append(subprocess.Popen(command, start_new_session=True))  # noqa: S603, PERF401 - our own modules; told of one by one
    while not told and all(child.poll() is None for child in running):
        try:
            running[0].wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            continue
    for child in running:
        child.terminate()
    codes = [_ended(*one) for one in zip(running, commands, strict=True)]
    return 0 if told else max(_BAD, *codes)


def _ended(child: subprocess.Popen[bytes], command: list[str]) -> int:
    """How it ended; whoever does not within GRACE is killed with all it started."""
    try:
        return child.wait(GRACE)
    except subprocess.TimeoutExpired:
        told = f"bihuan: {command[2]} did not end within {GRACE} s and was killed\n"
        sys.stderr.write(told)
        sys.stderr.flush()
        os.killpg(child.pid, signal.SIGKILL)
        return child.wait()


if __name__ == "__main__":
    sys.exit(run(json.loads(sys.argv[1])))
