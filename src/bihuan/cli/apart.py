"""A command of ours in a process and a database of its own: whatever the operator has is not touched."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

SETTINGS = "bihuan.conf.settings"


def run(module: str, given: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Calls `main` of a module of ours with what is given, after Django is set up and a database was
    made for it, which is gone afterwards."""
    call = f"import sys; from bihuan.cli import apart, {module}; apart.begin(); {module}.main(sys.argv[1:])"
    # Nothing of it is kept, so it need not wait for a disk where the system has memory to write to.
    memory = Path("/dev/shm")  # noqa: S108 - TemporaryDirectory makes a folder of its own there
    where = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="bihuan-apart-", dir=where) as data:
        env = {**os.environ, "BIHUAN_DATA": data, "DJANGO_SETTINGS_MODULE": SETTINGS}
        # Without an address it is SQLite in the folder of data.
        env.pop("BIHUAN_DATABASE_URL", None)
        command = [sys.executable, "-c", call, *given]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own module


def begin() -> None:
    """In the process: Django, and the tables of the database made for it."""
    import django

    django.setup()
    from bihuan.foundation.audit.api import schema

    schema.bring_up()
