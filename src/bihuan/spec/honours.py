"""honours.toml: what a unit must reach to stand on an honour list."""

from typing import Annotated

from pydantic import Field

from bihuan.spec.base import Name, Strict

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
