"""Heavy work on what strangers send, in a process of its own that has little memory and time.

A thread cannot be given a limit and cannot be stopped; a process can be both. It is started anew,
never forked: the server has threads, and a fork would keep their locks for ever. On Linux the
kernel holds it to its memory; elsewhere (macOS, Windows) there is no such limit to be set, and only
the time, and what the work itself counts, hold.
"""

import os
import subprocess
import sys
import threading

if sys.platform != "win32":
    import resource

# One at a time in each server process: what several may take together is one's limit.
_turn = threading.BoundedSemaphore(1)
# What a process needs to start. Nothing secret: it reads what a stranger sent.
_KEPT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "SYSTEMROOT", "HOME")


class ExhaustedError(RuntimeError):
    """The work took more memory or time than it has; or its turn did not come in that time."""


class FailedError(RuntimeError):
    """The process ended without an answer."""


def run(module: str, content: bytes, *words: str, memory: int, seconds: int) -> bytes:
    """What `python -m module words…` writes, given `content` to read.

    The module calls `confine` before anything else. Raises ExhaustedError and FailedError.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    if not _turn.acquire(timeout=seconds):
        raise ExhaustedError
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and no shell
            [sys.executable, "-P", "-m", module, str(memory), str(seconds), *words],
            input=content,
            capture_output=True,
            timeout=seconds,
            check=False,
            env=kept | {"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise ExhaustedError from error
    finally:
        _turn.release()
    if done.returncode == 0:
        return done.stdout
    # Below zero is the number of a signal: its memory was refused (abort), or its time was up.
    raise ExhaustedError if done.returncode < 0 else FailedError


def confine(memory: int, seconds: int) -> None:
    """Gives this process no more than so many bytes and seconds of work, where there are limits."""
    if sys.platform == "win32":
        return
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        own = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (own, own))
        except (ValueError, OSError):
            # macOS knows RLIMIT_AS by name only.
            continue
