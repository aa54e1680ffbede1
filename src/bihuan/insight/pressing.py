"""pressures.toml: which shares of a programme press on a leader when they are not what they should be."""

from collections.abc import Iterator
from typing import Literal

from bihuan.spec import files
from bihuan.spec.base import Name, Strict
from bihuan.spec.figures import FigureSpec
from bihuan.spec.files import SpecFile
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme


class PressureSpec(Strict):
    """One share, grouped by organisation. `falling`: units whose share fell against the month before;
    `broken`: units that did not reach all of it, what was promised say."""

    figure: Name
    when: Literal["falling", "broken"]


def _problems(programme: Programme) -> Iterator[Problem]:
    """Shares that are none, or are not grouped by organisation."""
    fit = [
        name
        for name, one in programme.figures.items()
        if one.measure == "share" and "org" in one.by
    ]
    for name, one in PRESSURES.of(programme).items():
        if one.figure not in fit:
            cause = f"{one.figure!r} is no share grouped by org"
            yield Problem(PRESSURES.name, f"{name}.figure", cause, f"one of {sorted(fit)}")


PRESSURES: SpecFile[PressureSpec] = files.register(
    SpecFile("pressures", PressureSpec, problems=_problems)
)


def pressing(programme: Programme, when: str) -> list[str]:
    """The figures of a programme that press when they are falling, or broken."""
    return [one.figure for one in PRESSURES.of(programme).values() if one.when == when]


def wanted(programme: Programme, figure: str) -> Literal["more", "less", ""]:
    """Whether more of a figure of a programme is better, or less: more of the shares that press; fewer
    days, fewer that are late, fewer that still stand. '' of all else, which is neither."""
    one: FigureSpec = programme.figures[figure]
    if any(pressed.figure == figure for pressed in PRESSURES.of(programme).values()):
        return "more"
    fewer = one.means.told == "days" or one.means.stands or "late" in one.among.levels
    return "less" if fewer else ""
