"""Where programmes stand as folders, and which have none any more."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from django.conf import settings

import bihuan.programmes
from bihuan.kernel.programmes.models import Release

_GROUP = "bihuan.programmes"


def folders() -> Iterator[Path]:
    """Folders of the programmes that ship with the product, of this house's own, and of installed
    outside ones. An outside one of which the package is gone, but not its entry, has none."""
    for root in (Path(next(iter(bihuan.programmes.__path__))), settings.PROGRAMMES_ROOT):
        if root.is_dir():
            yield from sorted(p for p in root.iterdir() if (p / "programme.toml").exists())
    for point in _outside():
        folder = _folder(point)
        if folder is not None:
            yield folder


@cache
def _outside() -> tuple[EntryPoint, ...]:
    """Asked once a process, as apps are: looking through all packages takes a fiftieth of a second."""
    return tuple(entry_points(group=_GROUP))


def _folder(point: EntryPoint) -> Path | None:
    try:
        folder = Path(next(iter(point.load().__path__)))
    except (ImportError, AttributeError, StopIteration):
        return None
    return folder if (folder / "programme.toml").exists() else None


def without_folder() -> list[tuple[str, str]]:
    """Programmes that were installed and whose folder is gone, with their newest version. What holds
    of them, and what was opened under them, goes on by the releases that are stored."""
    there = {folder.name for folder in folders()}
    # Only what needs no reading of a release: asked by who proves what may be damaged.
    rows = Release.objects.filter(base=None).order_by("pk").values_list("programme", "tag")
    return [one for one in sorted(dict(rows).items()) if one[0] not in there]
