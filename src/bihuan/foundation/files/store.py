"""The store: bytes under their hash, written whole or not at all, collected when nobody names them."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

# Longer than any request or import takes: what is younger may belong to one still under way.
GRACE = timedelta(days=1)
_HASH = re.compile(r"[0-9a-f]{64}")
_ASIDE = ".aside"


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash lie."""
    root: Path = settings.FILES_ROOT
    return root / sha256[:2] / sha256


def write(sha256: str, content: bytes) -> None:
    """Written aside, flushed, then renamed: a kill leaves the whole file or none."""
    target = path_of(sha256)
    try:
        # Makes it young again, so that `collect` leaves it alone until its row is committed.
        os.utime(target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as aside:
            aside.write(content)
            aside.flush()
            os.fsync(aside.fileno())
        Path(aside.name).replace(target)


def collect(at: datetime, in_use: Callable[[str], bool]) -> int:
    """Removes what lies here longer than GRACE and is not `in_use`; returns how many files.

    A step that was refused or rolled back, or a process that was killed, leaves such files.
    """
    before = (at - GRACE).timestamp()
    removed = 0
    for path in _old(before):
        sha256 = path.name.removesuffix(_ASIDE)
        if not _HASH.fullmatch(sha256):
            path.unlink(missing_ok=True)
            removed += 1
        elif path.name != sha256 or not in_use(sha256):
            removed += _take_away(path, sha256, before, in_use)
    return removed


def _old(before: float) -> Iterator[Path]:
    for path in sorted(settings.FILES_ROOT.glob("*/*")):
        try:
            if path.stat().st_mtime < before:
                yield path
        except FileNotFoundError:
            continue


def _take_away(path: Path, sha256: str, before: float, in_use: Callable[[str], bool]) -> int:
    aside = path.with_name(sha256 + _ASIDE)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return 0
    # Somebody may have sent the same bytes between the look and the rename. Had they found the
    # file, they made it young; if not, they wrote it anew. Only then is the row looked for again.
    if aside.stat().st_mtime >= before or in_use(sha256):
        aside.replace(path_of(sha256))
        return 0
    aside.unlink()
    return 1
