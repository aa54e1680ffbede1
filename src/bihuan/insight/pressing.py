"""pressures.toml: which shares of a programme press on a leader when they are not what they should be, and which
of its kinds do as long as they are open."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from bihuan.spec import files
from bihuan.spec.base import Name, Strict
from bihuan.spec.figures import FigureSpec
from bihuan.spec.files import SpecFile
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme


class PressureSpec(Strict):
    """One share (`figure`), grouped by organisation, or one `kind`. `falling`: units whose share fell against the
    month before; `broken`: units that did not reach all of it, what was promised say; `open`: matters of the
    kind that are not put right yet, as inspections and directives leave them."""

    figure: Name | None = None
    kind: Name | None = None
    when: Literal["falling", "broken", "open"]

    @model_serializer(mode="wrap")
    def _said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what it does not say: releases from before there were kinds keep their digest."""
        return {name: one for name, one in handler(self).items() if one is not None}


def _problems(programme: Programme) -> Iterator[Problem]:
    """Shares that are none, or are not grouped by organisation; kinds that are none; neither or both."""
    fit = [
        name
        for name, one in programme.figures.items()
        if one.measure == "share" and "org" in one.by
    ]
    for name, one in PRESSURES.of(programme).items():
        of_kinds = one.when == "open"
        wanted, other = ("kind", "figure") if of_kinds else ("figure", "kind")
        said, known = (one.kind, programme.kinds) if of_kinds else (one.figure, fit)
        if said not in known:
            what = "kind of the programme" if of_kinds else "share grouped by org"
            cause = f"{said!r} is no {what}" if said else f"it names no {wanted}"
            yield Problem(PRESSURES.name, f"{name}.{wanted}", cause, f"one of {sorted(known)}")
        if getattr(one, other) is not None:
            cause = f"nothing becomes of {other} with when = {one.when!r}"
            yield Problem(PRESSURES.name, f"{name}.{other}", cause, "leave it out")


PRESSURES: SpecFile[PressureSpec] = files.register(
    SpecFile("pressures", PressureSpec, problems=_problems)
)


def pressing(programme: Programme, when: str) -> list[str]:
    """The figures of a programme that press when they are falling, or broken."""
    every = PRESSURES.of(programme).values()
    return [one.figure for one in every if one.when == when and one.figure is not None]


def open_kinds(programme: Programme) -> list[str]:
    """The kinds of a programme that press as long as matters of them are open."""
    return [one.kind for one in PRESSURES.of(programme).values() if one.kind is not None]


def wanted(programme: Programme, figure: str) -> Literal["more", "less", ""]:
    """Whether more of a figure of a programme is better, or less: more of the shares that press; fewer
    days, fewer that are late, fewer that still stand. '' of all else, which is neither."""
    one: FigureSpec = programme.figures[figure]
    if any(pressed.figure == figure for pressed in PRESSURES.of(programme).values()):
        return "more"
    fewer = one.means.told == "days" or one.means.stands or "late" in one.among.levels
    return "less" if fewer else ""
