"""Figures that something shows: how one is named, drawn by its groups, and that it exists."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import StringConstraints

from bihuan.spec.base import Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.figures import FieldName
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

# A figure of the programme itself, or of one it needs: `programme.figure`.
FigureName = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*$")]


class ChartSpec(Strict):
    """One figure drawn by its groups."""

    figure: FigureName
    by: Literal["org", "period", "category", "channel"] | FieldName


def named(programme: Programme, file: str, path: str, name: str) -> Iterator[Problem]:
    """A figure that there is not, or of a programme that is not needed."""
    owner, _, figure = name.rpartition(".")
    if owner and owner != programme.id:
        if owner not in programme.manifest.needs:
            yield Problem(
                file, path, f"{owner!r} is not needed", "add it to needs in programme.toml"
            )
        return
    if figure not in programme.figures:
        known = sorted(programme.figures)
        yield Problem(file, path, f"there is no figure {name!r}", f"one of {known}")


def drawn(
    programme: Programme, file: str, path: str, figure: str, groupings: tuple[str, ...]
) -> Iterator[Problem]:
    """A figure that there is not, or that has no such groups."""
    yield from named(programme, file, f"{path}.figure", figure)
    spec = programme.figures.get(figure)
    if spec is not None and not set(groupings) <= set(spec.by):
        cause = f"{figure} is not grouped by {', '.join(groupings)}"
        yield Problem(file, f"{path}.by", cause, f"one of {list(spec.by)}")


def foreign(
    programme: Programme, spoken_of: Iterable[tuple[str, str, str]], around: Around
) -> Iterator[Problem]:
    """Figures of other programmes, each as (file, path, name), that those do not have."""
    for file, path, name in spoken_of:
        owner, _, figure = name.rpartition(".")
        other = around.programme(owner) if owner in programme.manifest.needs else None
        if other is not None and figure not in other.figures:
            cause = f"{owner} has no figure {figure!r}"
            yield Problem(file, path, cause, f"one of {sorted(other.figures)}")
