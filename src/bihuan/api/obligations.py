"""What is owed by period: who owes what, what became of each period."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from bihuan.api import base
from bihuan.api.base import ERRORS, Id
from bihuan.foundation.access.api import Actor
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations.api import Line, Obligation
from bihuan.lib.problems import ProblemError
from bihuan.rules import owing, periods
from bihuan.rules.owing import State
from bihuan.rules.periods import Grain, Period

READ = "matters:read"
router = Router(tags=["obligations"])
MOST = 500


class OwedQuery(Schema):
    """`obligation` as `programme.name`; `period` a year, or one period of its length. `org` narrows to an
    organisation and all below it; without, all that one sees. Rows come by place in the tree, `limit` of
    them after `skip`."""

    obligation: str = Field(max_length=81)
    period: str = Field(max_length=10, description="2026, 2026-H1, 2026-Q3, 2026-03, 2026-W09")
    org: Id | None = None
    skip: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(50, ge=1, le=MOST)


class CellOut(Schema):
    """What became of a period: `owed` times (pro rata where it was not owed on every day of it), `done` in
    it, `late` in the days of grace after it, until `due`. `reason` says why somebody is exempt of it, or
    (where something is owed) of a part; of a person only to themselves and to who may exempt them."""

    period: str
    state: Literal["none", "freed", "in_time", "late", "due", "missed", "ahead"]
    owed: int
    done: int
    late: int
    due: date
    reason: str


class OwedOut(Schema):
    """Who owes: an organisation, or with `person` a person of it. `regularity` is how evenly what was done
    is spread over the periods that have begun, 0 to 1; null of fewer than two, or of nothing."""

    org: int
    person: int | None
    name: str
    cells: list[CellOut]
    regularity: float | None


class OwedPage(Schema):
    """`count` is how many owe it in all."""

    obligation: str
    periods: list[str]
    count: int
    items: list[OwedOut]


class ObligationOut(Schema):
    """An obligation as it is declared: `who` the roster of its programme, `persons` whether people owe it;
    `rule` says it in words, by locale."""

    obligation: str
    programme: str
    who: str
    persons: bool
    every: str
    label: dict[str, str]
    rule: dict[str, str]
    clause: str


class ObligationList(Schema):
    items: list[ObligationOut]


def _words(one: Obligation, key: str) -> dict[str, str]:
    return {locale: said.get(key, "") for locale, said in one.programme.strings.items()}


@router.get(
    "/obligations", response={200: ObligationList, **ERRORS}, operation_id="list_obligations"
)
def list_obligations(request: HttpRequest) -> dict[str, Any]:
    """The obligations of which one sees who met them."""
    who = base.who(request, READ)
    items = [
        {
            "obligation": one.full,
            "programme": one.programme.id,
            "who": one.spec.who,
            "persons": not one.of_orgs,
            "every": one.spec.every,
            "label": _words(one, f"obligations.{one.name}"),
            "rule": _words(one, f"owed.{one.name}"),
            "clause": one.spec.clause,
        }
        for one in obligations.seen(who)
    ]
    return {"items": items}


@router.get("/obligations/owed", response={200: OwedPage, **ERRORS}, operation_id="list_owed")
def list_owed(request: HttpRequest, asked: Query[OwedQuery]) -> dict[str, Any]:
    """Who owes an obligation, with what became of each period of a year, or of one period."""
    who = base.who(request, READ)
    one = next((each for each in obligations.known() if each.full == asked.obligation), None)
    if one is None:
        raise LookupError(asked.obligation)
    run = _run(one, asked.period)
    page, count = _page(one, run, _roots(who, one, asked.org), asked)
    return {
        "obligation": one.full,
        "periods": [each.text for each in run],
        "count": count,
        "items": [_line(obligations.veiled(who, one, line)) for line in page],
    }


def _page(
    one: Obligation, run: list[Period], roots: list[str], asked: OwedQuery
) -> tuple[list[Line], int]:
    """The rows asked for, root after root, and how many there are in all."""
    page: list[Line] = []
    count = 0
    for root in roots:
        skip, most = max(0, asked.skip - count), asked.limit - len(page)
        found, here = obligations.lines(one, run, root, base.today(), skip=skip, most=most)
        page += found
        count += here
    return page, count


def _roots(who: Actor, one: Obligation, org: int | None) -> list[str]:
    """The subtrees asked for, of those that the reader sees. Raises LookupError."""
    if org is not None:
        place = base.org_at(org, "org")
        if not obligations.sees(who, one, place.path):
            raise LookupError(org)
        return [place.path]
    roots = obligations.roots(who, one.programme.id)
    if not roots:
        raise LookupError(one.full)
    return roots


def _run(one: Obligation, text: str) -> list[Period]:
    """The periods asked about. Raises ProblemError for a text that names none of its length."""
    try:
        found = periods.parse(text)
    except periods.PeriodError:
        found = None
    if found is not None and found.grain is one.spec.grain:
        return [found]
    if found is not None and found.grain is Grain.YEAR:
        return owing.of_year(one.spec.grain, found.start.year)
    raise ProblemError("obligations.bad_period", text=text)


def _line(line: Line) -> dict[str, Any]:
    return {
        "org": line.org_id,
        "person": line.person_id,
        "name": line.name,
        "regularity": line.regularity,
        "cells": [
            {
                "period": cell.period.text,
                "state": cell.state.value,
                "owed": cell.owed,
                "done": cell.done,
                "late": cell.late,
                "due": cell.asked.due,
                "reason": cell.reason if cell.state is not State.NONE else "",
            }
            for cell in line.cells
        ],
    }
