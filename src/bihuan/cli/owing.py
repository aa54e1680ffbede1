"""`bihuan obligations`: what is owed by period, and what became of it."""

import argparse
from datetime import timedelta
from typing import Any

from bihuan.cli.plain import OK, UsageError, add, org_of, say


def obligations(args: argparse.Namespace) -> int:
    """Prints of each obligation how many periods were met, made up for late, are due, missed, exempt;
    with --missing also who lacks what. --recount first reads all steps of before again."""
    from django.utils import timezone

    from bihuan.foundation.audit.api import standing
    from bihuan.kernel.obligations import api
    from bihuan.lib import clock
    from bihuan.rules import periods

    at = clock.now()
    today = timezone.localtime(at).date()
    if args.recount:
        say(f"{api.recount(at)} steps counted anew")
    within = org_of(args.org).path if args.org else ""
    known = [one for one in api.known() if args.obligation in ("", one.full, one.programme.id)]
    if not known:
        there = ", ".join(one.full for one in api.known()) or "none"
        raise UsageError(
            f"no obligation or programme is called {args.obligation}; there are: {there}"
        )
    try:
        span = periods.parse(args.period) if args.period else None
    except periods.PeriodError as error:
        raise UsageError(f"{args.period} is no period: write 2026 or 2026-03") from error
    with standing.steady():
        for one in known:
            _told(one, span, within, today, missing=args.missing)
    return OK


def _told(one: Any, span: Any, within: str, today: Any, *, missing: bool) -> None:
    from bihuan.kernel.obligations import api
    from bihuan.rules import owing
    from bihuan.rules.owing import LACKING, State
    from bihuan.rules.periods import Period

    this = Period.of(one.spec.grain, today)
    begun = span or owing.of_year(one.spec.grain, owing.year_of(this))[0]
    after = span.after if span is not None else today + timedelta(days=1)
    run = owing.following(one.spec.grain, begun.start, after)
    lines, count = api.lines(one, run, within, today)
    states = api.tally(lines)
    told = ", ".join(f"{states[each]} {each}" for each in State if states[each])
    say(f"{one.full}: {count} owe it, {run[0].text} to {run[-1].text}: {told or 'nothing'}")
    for line in lines if missing else ():
        lacking = [cell for cell in line.cells if cell.state in LACKING]
        if lacking:
            say(
                f"  {line.name}\t{', '.join(f'{c.period.text} {c.state} ({c.lacks})' for c in lacking)}"
            )


def commands(into: Any) -> None:
    """Adds this command to the command line."""
    one = add(into, "obligations", obligations)
    one.add_argument(
        "obligation", nargs="?", default="", help="programme, or programme.name; all without"
    )
    one.add_argument("--period", default="", help="2026, 2026-Q1, 2026-03, …; this year without")
    one.add_argument("--org", default="", help="below which organisation, by code or number")
    one.add_argument("--missing", action="store_true", help="name who lacks what")
    one.add_argument("--recount", action="store_true", help="read all steps of before again")
