"""A process that has loaded the house and starts each command by dividing itself.

A second of most commands is loading what all of them load. What a command finds is what it finds when it
is started: its own environment, settings read from it, nothing remembered. Whoever needs the real start
(`Place.start`) or other apps (BIHUAN_APPS) does not come here.

As a program: reads one request a line (JSON: env, argv or code, files for its three streams), answers
with the exit code as `subprocess` tells it.
"""

import gc
import json
import os
import select
import subprocess
import sys
import threading
import traceback
from functools import _lru_cache_wrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ENOUGH = 300


class Warm:
    """The process, begun when it is first asked. One command at a time: `free` says whether it would
    have to wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._folder: TemporaryDirectory[str] | None = None

    def run(
        self, env: dict[str, str], asked: dict[str, Any], given: str
    ) -> subprocess.CompletedProcess[str] | None:
        """What `subprocess.run` would tell of it; nothing when another command runs here just now."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return self._run(env, asked, given)
        finally:
            self._lock.release()

    def _run(
        self, env: dict[str, str], asked: dict[str, Any], given: str
    ) -> subprocess.CompletedProcess[str]:
        process, folder = self._begun()
        streams = [folder / name for name in ("in", "out", "err")]
        streams[0].write_text(given, encoding="utf-8")
        request = {"env": env, "streams": [str(one) for one in streams], **asked}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], ENOUGH)
        answer = process.stdout.readline() if ready else ""
        if not answer:
            self.end()
            raise AssertionError(f"no answer within {ENOUGH} s: {asked}")
        out, err = (one.read_text(encoding="utf-8") for one in streams[1:])
        return subprocess.CompletedProcess(list(asked.values()), int(answer), out, err)

    def _begun(self) -> tuple[subprocess.Popen[str], Path]:
        if self._process is None:
            self._folder = TemporaryDirectory(prefix="bihuan-warm-")
            clean = {k: v for k, v in os.environ.items() if not k.startswith(("BIHUAN", "DJANGO"))}
            clean |= {"BIHUAN_DATA": f"{self._folder.name}/data", "LANG": "C.UTF-8"}
            self._process = subprocess.Popen(
                [sys.executable, __file__],
                env=clean,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process, Path(self._folder.name)

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._folder.cleanup()
            self._process = self._folder = None


def _load() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bihuan.conf.settings"
    import django

    django.setup()
    import bihuan.cli

    del bihuan.cli
    gc.freeze()


def _forget() -> None:
    """Settings are read anew when somebody asks, and nothing is remembered that was read from them."""
    from asgiref.local import Local
    from django.conf import empty, settings
    from django.core.cache import caches
    from django.core.files.storage import storages
    from django.db import connections
    from django.template import engines

    for handler in (connections, caches):
        handler._settings = None
        handler.__dict__.pop("settings", None)
        handler._connections = Local(handler.thread_critical)
    storages._backends, storages._storages = None, {}
    storages.__dict__.pop("backends", None)
    engines._templates, engines._engines = None, {}
    engines.__dict__.pop("templates", None)
    for name, module in list(sys.modules.items()):
        if name.startswith("bihuan.") or name == "django.utils.timezone":
            for one in list(vars(module).values()):
                # Not by asking it: what is lazy would begin to be.
                if type(one) is _lru_cache_wrapper:
                    one.cache_clear()
    for name in ("bihuan.conf.settings", "bihuan.conf.secrets"):
        sys.modules.pop(name, None)
    settings._wrapped = empty


def _become(request: dict[str, Any]) -> int:
    os.environ.clear()
    os.environ.update(request["env"])
    for number, path in enumerate(request["streams"]):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        held = os.open(path, flags, 0o600)
        os.dup2(held, number)
        os.close(held)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    _forget()
    try:
        if "code" in request:
            exec(request["code"], {"__name__": "__main__"})
            return 0
        from bihuan.cli import main

        sys.argv = ["bihuan", *request["argv"]]
        return main()
    except SystemExit as left:
        if isinstance(left.code, str):
            print(left.code, file=sys.stderr)
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 - as Python itself ends
        traceback.print_exc()
        return 1


def _serve() -> int:
    _load()
    # Who answers is nobody's output: what a command prints goes to the files it was given.
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            answers.close()
            return _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(_serve())
