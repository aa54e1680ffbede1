"""What was counted on a matter, as everybody who sees it reads it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.counts.block import COUNTS, word_of
from bihuan.facets.counts.models import GroupCount
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Action, Kind


def shown(found: Matter, who: Actor, at: datetime) -> dict[str, Any] | None:
    """Each table that holds something: its numbers by group in the order of the programme, and their
    sums. None of kinds without, and while nothing was counted."""
    del who, at
    block = COUNTS.of(programmes.spec_of(found.release_id).kinds[found.kind])
    if block is None:
        return None
    there = {row.key: row for row in GroupCount.objects.filter(stream=found.stream)}
    tables = []
    for name, table in block.items():
        keys = [(group, word_of(name, group)) for group in table.groups]
        rows = [
            {"group": group, "cells": _cells(table.numbers, there[key].numbers)}
            for group, key in keys
            if key in there
        ]
        if rows:
            of = [there[key].numbers for _, key in keys if key in there]
            sums = {one: sum(numbers.get(one, 0) for numbers in of) for one in table.numbers}
            numbers = [*table.numbers]
            told = _cells(table.numbers, sums)
            tables.append({"table": name, "numbers": numbers, "rows": rows, "sums": told})
    return {"tables": tables} if tables else None


def _cells(names: Iterable[str], numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"number": name, "value": numbers.get(name, 0)} for name in names]


def _unsaid(kind: Kind, action: Action) -> set[str]:
    """Rows that were counted stand in the part, as they are by now."""
    if COUNTS.of(kind) is None:
        return set()
    return {str(verb.args["table"]) for verb in action.effects if verb.do == "counts.take"}


def register() -> None:
    """Puts the part on every matter that has counts."""
    attach(Attached(name="counts", shown=shown, unsaid=_unsaid))
