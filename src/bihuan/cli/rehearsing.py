"""Scenarios in a process and a database of their own: whatever the operator has is not touched."""

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

from bihuan.cli import apart
from bihuan.cli.plain import say

# Begins a line that tells how it went, and no problem.
HOW = "\t"


def elsewhere(folders: Sequence[Path]) -> int:
    """Runs the scenarios of sound folders, prints what failed and which ends were reached, and returns how many problems."""
    done = apart.run("rehearsing", [*map(str, folders)])
    if done.returncode:
        say(f"the scenarios could not be run:\n{done.stderr.strip()}")
        return 1
    lines = done.stdout.splitlines()
    for line in lines:
        say(line.removeprefix(HOW))
    return sum(not line.startswith((" ", HOW)) for line in lines)


def main(folders: Sequence[str]) -> None:
    """Runs the scenarios of folders in this process's database, which is made for it."""
    from django.utils import timezone

    from bihuan.foundation.orgs import api as orgs
    from bihuan.stories import rehearsal
    from bihuan.stories.rehearsal.set import BUILT

    at = timezone.make_aware(datetime.combine(BUILT, time()))
    orgs.calendars.install(at=at, actor="system")
    for folder in map(Path, folders):
        went = rehearsal.rehearsed(folder)
        for problem in went.problems:
            say(f"{folder.name}/{problem}")
        for again in went.again:
            say(f"{HOW}{folder.name}/{again}")
        ends = "; ".join(
            f"{kind}: {', '.join(found)}" for kind, found in went.ends.items() if found
        )
        say(f"{HOW}{folder.name}: {went.scenarios} scenarios, which end with {ends or 'nothing'}")
