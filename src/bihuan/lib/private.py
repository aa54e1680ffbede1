"""A folder that nobody but its owner may look into: what lies open in it, and closing that."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

UMASK = 0o077
FOLDER, FILE = 0o700, 0o600
_OTHERS = 0o077


def _inside(folder: Path) -> Iterator[Path]:
    yield folder
    for root, folders, names in os.walk(folder):
        for name in (*folders, *names):
            yield Path(root, name)


def _mode(path: Path) -> int | None:
    """The mode; None for what has gone meanwhile or only points elsewhere."""
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return None
    return None if stat.S_ISLNK(found) else found


def left_open(folder: Path) -> Iterator[Path]:
    """The folder and what is in it, as far as others than its owner may do anything with it."""
    for path in _inside(folder):
        if (_mode(path) or 0) & _OTHERS:
            yield path


def close(folder: Path) -> list[Path]:
    """Takes from others what they may do with the folder and all in it; returns what would not close."""
    stubborn = []
    for path in list(left_open(folder)):
        mode = _mode(path)
        try:
            if mode is not None:
                path.chmod(FOLDER if stat.S_ISDIR(mode) else FILE)
        except PermissionError:
            stubborn.append(path)
        except FileNotFoundError:
            continue
    return stubborn
