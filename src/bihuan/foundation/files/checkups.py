"""What `bihuan doctor` looks at of the disk."""

import shutil
from collections.abc import Iterator

from django.conf import settings

from bihuan.lib.checkups import Checkup, Looked, Said, add

GIGABYTE = 1024**3
# A log that cannot be written stops everything; a backup needs room beside what it copies.
LEAST = GIGABYTE


def _disk(_: Looked) -> Iterator[Said]:
    found = shutil.disk_usage(settings.DATA)
    values = {
        "free": round(found.free / GIGABYTE, 1),
        "whole": round(found.total / GIGABYTE),
        "where": str(settings.DATA),
    }
    good = found.free >= LEAST
    yield Said("good" if good else "full", good, values)


def register() -> None:
    add(Checkup("disk", _disk))
