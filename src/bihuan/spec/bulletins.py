"""bulletins/<id>.toml: a paper that comes round, its figures, who drafts it and who issues it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bihuan.spec.base import Name, Strict

# A figure of the programme itself, or of one it needs: `programme.figure`.
FigureName = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*$")]


FLOW = ("from", "org")


class ChartSpec(Strict):
    """One figure drawn by its groups."""

    figure: FigureName
    by: Literal["org", "period", "category", "channel"]


class PanelSpec(Strict):
    """One figure of the cockpit, drawn by its groups. `flow` draws from which unit to which: for
    figures that are grouped by `from` and by `org`."""

    figure: FigureName
    by: Literal["org", "period", "category", "channel", "age", "into", "flow"]

    def groupings(self) -> tuple[str, ...]:
        """The groupings it needs of its figure."""
        return FLOW if self.by == "flow" else (self.by,)


class BulletinSpec(Strict):
    """One kind of bulletin. `grain` is how long its period is (`free`: any days); `table` the
    figures of its table, in order. `public` puts it on the portal when it is issued.

    The words are the programme's strings `bulletins.<id>.title`, `.series` (the word before the
    year in its number) and `.text`. Who drafted or edited a bulletin cannot issue it.
    """

    grain: Literal["month", "quarter", "half", "year", "free"]
    drafted_by: tuple[Name, ...] = Field(min_length=1)
    issued_by: tuple[Name, ...] = Field(min_length=1)
    table: tuple[FigureName, ...] = ()
    chart: ChartSpec | None = None
    public: bool = True
    clause: str = ""
