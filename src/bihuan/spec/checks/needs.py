"""Needs: the programmes this one builds on are there."""

from collections.abc import Iterator

from bihuan.spec.checks.around import Around
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme


def problems(programme: Programme, around: Around) -> Iterator[Problem]:
    """Needed programmes that are nowhere, or the programme itself."""
    for index, name in enumerate(programme.manifest.needs):
        path = f"needs.{index}"
        if name == programme.id:
            yield Problem("programme.toml", path, "a programme needs itself", "remove it")
        elif around.programme(name) is None:
            remedy = "correct its name, or put its folder beside this one"
            yield Problem("programme.toml", path, f"there is no programme {name!r}", remedy)
