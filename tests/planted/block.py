"""The block of a kind and the file of a programme."""

from pydantic import Field

from bihuan.spec import facets, files
from bihuan.spec.base import Name, Strict
from bihuan.spec.facets import Facet
from bihuan.spec.files import SpecFile
from bihuan.spec.load import Problem


class NotchSpec(Strict):
    """How many strokes there may be at most; `by` is the action that makes one."""

    most: int = Field(ge=1, le=99)
    by: Name


class ScaleSpec(Strict):
    """What so many strokes are called."""

    at_least: int


def _problems(programme, kind_id, one):
    if one.by not in programme.kinds[kind_id].actions:
        path = f"{kind_id}.notch.by"
        yield Problem("matters.toml", path, f"no action {one.by!r}", "name an action of the kind")


def _words(programme):
    return (f"scales.{name}" for name in SCALES.of(programme))


NOTCH: Facet[NotchSpec] = Facet("notch", NotchSpec, problems=_problems)
SCALES: SpecFile[ScaleSpec] = SpecFile("scales", ScaleSpec, words=_words)


def register():
    facets.register(NOTCH)
    files.register(SCALES)


def called(programme, strokes):
    """The name of the highest scale that so many strokes reach, or ''."""
    reached = [
        (s.at_least, name) for name, s in SCALES.of(programme).items() if s.at_least <= strokes
    ]
    return max(reached)[1] if reached else ""
