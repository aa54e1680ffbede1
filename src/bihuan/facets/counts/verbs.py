"""The verbs of counts: rows that say how many there were of each group, and taking all of it off."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from bihuan.facets.counts.block import COUNTS, GROUP, TAKE, TableSpec, word_of
from bihuan.facets.counts.models import GroupCount
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, ProblemError
from bihuan.spec.arguments import Args, Names


class OfCounts(Args):
    """Arguments of a verb that only a kind with counts can use."""

    facet: ClassVar[str] = "counts"


class Take(OfCounts):
    table: Annotated[
        str,
        Names("input", ("rows",)),
        Field(
            examples=["present"],
            description="a table of the kind, and the input of type rows of the same name",
        ),
    ]


def take(step: Step, args: Take) -> None:
    """Fills a table from the rows of the input that is called like it: of which `group` each row is, and
    every number. Filled again, the rows take the place of those before, and a group that is not among
    them is taken off; where no rows are given the table stays as it is.

    Refuses two rows of one group and, in a table that falls, a number above the one before it.
    """
    block = COUNTS.of(step.kind) or {}
    table = block.get(args.table)
    if table is None:
        raise ProblemError("counts.none")
    rows = step.inputs.get(args.table) or []
    if not rows:
        return
    bad = dict(_faults(args.table, table, rows))
    if bad:
        raise InputError(bad)
    new = {word_of(args.table, row[GROUP]): row for row in rows}
    for key in _there(step, args.table) - new.keys():
        step.parts[(GroupCount.PART, key)] = None
    for key, row in new.items():
        step.parts[(GroupCount.PART, key)] = {
            "table": args.table,
            "group": row[GROUP],
            "counted": key,
            "numbers": {name: row[name] for name in table.numbers},
        }


_Fault = tuple[str, tuple[str, dict[str, Any]]]


def _faults(name: str, table: TableSpec, rows: list[dict[str, Any]]) -> Iterator[_Fault]:
    """What is wrong, by cell, and of the first once more for the field as a whole."""
    groups: set[str] = set()
    found: list[_Fault] = []
    for n, row in enumerate(rows):
        if row[GROUP] in groups:
            found.append((f"{name}.{n}.{GROUP}", ("counts.twice", {"row": n + 1})))
        groups.add(row[GROUP])
        for before, after in zip(table.numbers, table.numbers[1:], strict=False):
            if table.falling and row[after] > row[before]:
                told = {"row": n + 1, "n": row[after], "most": row[before]}
                found.append((f"{name}.{n}.{after}", ("counts.rising", told)))
    yield from found
    if found:
        yield name, found[0][1]


def _there(step: Step, table: str | None = None) -> set[str]:
    """The keys of what was counted by now, in one table or in all."""
    if not step.matter.pk:
        return set()
    rows = GroupCount.objects.filter(stream=step.matter.stream)
    return {row.key for row in rows if table in (None, row.table)}


def drop(step: Step, args: OfCounts) -> None:
    """Takes off all that was counted: figures count it no longer; the log keeps it."""
    del args
    for key in _there(step):
        step.parts[(GroupCount.PART, key)] = None


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(TAKE, Take, take)
    verbs.effect("counts.drop", OfCounts, drop)
