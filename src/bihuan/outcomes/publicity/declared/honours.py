"""honours.toml: what a unit must reach to stand on an honour list, told of each organisation."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from bihuan.spec import files
from bihuan.spec.base import Name, Strict
from bihuan.spec.files import SpecFile
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

Percent = Annotated[int, Field(ge=1, le=100)]


class Best(Strict):
    """How many of those who reached everything, by which share."""

    by: Name
    most: int = Field(ge=1, le=100)


class HonourSpec(Strict):
    """One list of honour. `least` names shares of the programme that are grouped by organisation, and
    the per cent a unit must reach in each; where the sample of one is too small a unit is not listed.
    With `best` only so many of them are (十佳): those whose share `by` is highest, and all whose share
    is the same as the last one's. Who is listed stands in the order of the tree: there is no first
    and last.

    The words are the programme's strings `honours.<id>`.
    """

    least: dict[Name, Percent] = Field(min_length=1)
    best: Best | None = None
    clause: str = ""


def _problems(programme: Programme) -> Iterator[Problem]:
    """Shares that are none, or are not grouped by organisation."""
    fit = [
        name
        for name, one in programme.figures.items()
        if one.measure == "share" and "org" in one.by
    ]
    for honour, spec in HONOURS.of(programme).items():
        asked = [("least", name) for name in spec.least]
        asked += [("best.by", spec.best.by)] if spec.best else []
        for key, name in asked:
            if name not in fit:
                cause = f"{name!r} is no share grouped by org"
                path = f"{honour}.{key}"
                yield Problem(HONOURS.name, path, cause, f"one of {sorted(fit)}")


def _words(programme: Programme) -> Iterator[str]:
    return (f"honours.{name}" for name in HONOURS.of(programme))


HONOURS: SpecFile[HonourSpec] = files.register(
    SpecFile("honours", HonourSpec, problems=_problems, words=_words)
)
