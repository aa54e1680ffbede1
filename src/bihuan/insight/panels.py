"""cockpit.toml: which figures a leader sees first, drawn by their groups."""

from collections.abc import Iterator
from typing import Literal

from bihuan.spec import charts, files
from bihuan.spec.base import Strict
from bihuan.spec.charts import FigureName
from bihuan.spec.checks.around import Around
from bihuan.spec.checks.uses import Use
from bihuan.spec.figures import FieldName
from bihuan.spec.files import SpecFile
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

FLOW = ("from", "org")


class PanelSpec(Strict):
    """One figure of the cockpit, drawn by its groups. `flow` draws from which unit to which: for
    figures that are grouped by `from` and by `org`."""

    figure: FigureName
    by: Literal["org", "period", "category", "channel", "age", "into", "flow"] | FieldName

    def groupings(self) -> tuple[str, ...]:
        """The groupings it needs of its figure."""
        return FLOW if self.by == "flow" else (self.by,)


def _problems(programme: Programme) -> Iterator[Problem]:
    for panel, one in COCKPIT.of(programme).items():
        yield from charts.drawn(programme, COCKPIT.name, panel, one.figure, one.groupings())


def _meant(programme: Programme, uses: list[Use], around: Around) -> Iterator[Problem]:
    del uses
    spoken_of = [
        (COCKPIT.name, f"{panel}.figure", one.figure)
        for panel, one in COCKPIT.of(programme).items()
    ]
    yield from charts.foreign(programme, spoken_of, around)


COCKPIT: SpecFile[PanelSpec] = files.register(
    SpecFile("cockpit", PanelSpec, problems=_problems, meant=_meant)
)
