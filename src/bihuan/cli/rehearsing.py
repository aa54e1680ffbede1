"""Scenarios in a process and a database of their own: whatever the operator has is not touched."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

from bihuan.cli.plain import say

SETTINGS = "bihuan.conf.settings"
# Begins a line that tells how it went, and no problem.
HOW = "\t"
CALL = "import sys; from bihuan.cli import rehearsing; rehearsing.main(sys.argv[1:])"


def elsewhere(folders: Sequence[Path]) -> int:
    """Runs the scenarios of sound folders, prints what failed and which ends were reached, and returns how many problems."""
    # Nothing of it is kept, so it need not wait for a disk where the system has memory to write to.
    memory = Path("/dev/shm")  # noqa: S108 - TemporaryDirectory makes a folder of its own there
    where = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="bihuan-scenarios-", dir=where) as data:
        env = {**os.environ, "BIHUAN_DATA": data, "DJANGO_SETTINGS_MODULE": SETTINGS}
        # Without an address it is SQLite in the folder of data.
        env.pop("BIHUAN_DATABASE_URL", None)
        command = [sys.executable, "-c", CALL, *map(str, folders)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        say(f"the scenarios could not be run:\n{done.stderr.strip()}")
        return 1
    lines = done.stdout.splitlines()
    for line in lines:
        say(line.removeprefix(HOW))
    return sum(not line.startswith((" ", HOW)) for line in lines)


def main(folders: Sequence[str]) -> None:
    """Runs the scenarios of folders in this process's database, which is made for it."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from bihuan.foundation.orgs import api as orgs
    from bihuan.stories import rehearsal
    from bihuan.stories.rehearsal.set import BUILT

    call_command("migrate", verbosity=0)
    at = timezone.make_aware(datetime.combine(BUILT, time()))
    orgs.calendars.install(at=at, actor="system")
    for folder in map(Path, folders):
        went = rehearsal.rehearsed(folder)
        for problem in went.problems:
            say(f"{folder.name}/{problem}")
        ends = "; ".join(
            f"{kind}: {', '.join(found)}" for kind, found in went.ends.items() if found
        )
        say(f"{HOW}{folder.name}: {went.scenarios} scenarios, which end with {ends or 'nothing'}")
