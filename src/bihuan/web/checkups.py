"""What `bihuan doctor` looks at of pages: whether what browsers load was built."""

from collections.abc import Iterator

from bihuan.lib.checkups import Checkup, Looked, Said, add
from bihuan.web.bundle import BUNDLED


def _pages(_: Looked) -> Iterator[Said]:
    there = (BUNDLED / "site.css").is_file() and (BUNDLED / "staticfiles.json").is_file()
    yield Said("good" if there else "unbuilt", there)


def register() -> None:
    add(Checkup("pages", _pages))
