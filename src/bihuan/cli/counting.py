"""Commands of facts and figures."""

import argparse
from typing import TYPE_CHECKING, Any

from bihuan.cli.plain import OK, WRONG, UsageError, add, org_of, say

if TYPE_CHECKING:
    from bihuan.insight.api import Definition, Done, Value
    from bihuan.rules.periods import Period
    from bihuan.spec.measures import Told


def _told(done: "Done") -> int:
    say(f"{done.rows} facts written; the facts reach to event {done.horizon}")
    if done.waiting:
        say(
            "a transaction has been open for long: what may hide behind it is left to the next export"
        )
    return OK


def export(args: argparse.Namespace) -> int:
    """Adds what happened since the last export to the facts."""
    del args
    from bihuan.insight import api as insight

    return _told(insight.export(insight.store()))


def rebuild(args: argparse.Namespace) -> int:
    """Makes all facts anew from the events, in fewer and larger files."""
    del args
    from bihuan.insight import api as insight

    return _told(insight.rebuild(insight.store()))


def verify(args: argparse.Namespace) -> int:
    """Compares every fact with the events it came from; prints what differs."""
    del args
    from bihuan.insight import api as insight
    from bihuan.web import words

    found = 0
    for one in insight.findings(insight.store()):
        found += 1
        say(f"{one.where}: {words.text(f'facts.{one.key}', count=one.count)}")
    say(
        f"{found} findings; `bihuan facts rebuild` makes the facts anew"
        if found
        else "the facts are what the events say"
    )
    return WRONG if found else OK


def status(args: argparse.Namespace) -> int:
    """Says how far the facts reach and how large they are."""
    del args
    from bihuan.insight import api as insight

    facts = insight.store()
    state = facts.manifest()
    say(f"folder   {facts.folder}")
    say(f"reaches  event {state.horizon}, {state.newest or 'nothing yet'}")
    say(f"holds    {sum(one.rows for one in state.steps)} facts in {len(state.steps)} files")
    say(f"persons  {'kept' if state.persons else 'not kept'}")
    return OK


def _figure(name: str) -> "Definition":
    from bihuan.insight import api as insight

    programme, dot, figure = name.partition(".")
    if not dot:
        raise UsageError(f"name a figure as programme.figure, not {name}")
    return insight.definition(programme, figure)


def _period(text: str) -> "Period":
    from bihuan.rules import periods

    try:
        return periods.parse(text)
    except periods.PeriodError as error:
        raise UsageError(
            f"{text} names no period; write 2026, 2026-H1, 2026-Q3, 2026-03, 2026-W09, 2026-03-02 "
            "or 2026-03-01..2026-10-31"
        ) from error


def listing(args: argparse.Namespace) -> int:
    """Names every figure with its definition."""
    del args
    from bihuan.insight import api as insight
    from bihuan.web import words

    for one in insight.definitions():
        say(f"{one.programme.id}.{one.id}  {words.of(one.programme, f'figures.{one.id}')}")
        say(f"    {words.of(one.programme, f'definitions.{one.id}')}")
    return OK


def show(args: argparse.Namespace) -> int:
    """Computes one figure for a period."""
    from bihuan.insight import api as insight
    from bihuan.rules.periods import Grain
    from bihuan.web import words

    found = _figure(args.figure)
    result = insight.figure(
        found,
        _period(args.period),
        org_of(args.org) if args.org else None,
        by=tuple(args.by),
        grain=Grain(args.grain),
        as_it_is=args.as_it_is,
        compare=True,
    )
    told = found.spec.means.told
    say(words.of(found.programme, f"figures.{found.id}"))
    say(words.of(found.programme, f"definitions.{found.id}"))
    say(f"{result.period.text}  {_said(result.total, told)}")
    for name, value in (("before", result.last), ("year ago", result.year_ago)):
        if value is not None:
            say(f"{name}  {_said(value, told)}")
    for row in result.rows:
        say(f"{'  '.join(str(v) for v in row.key.values())}  {_said(row, told)}")
    if result.withholds:
        say("some groups rest on too few, or would give those away: withheld")
    say(f"version {result.version}; from the facts up to event {result.horizon}, {result.newest}")
    return OK


def _said(value: "Value", told: "Told") -> str:
    from bihuan.spec.measures import digits
    from bihuan.web import words

    if value.value is None:
        return words.text(f"figures.reason.{value.reason}")
    if value.denominator is not None:
        return f"{value.value:.1%} = {value.numerator} / {value.denominator}"
    if told == "days":
        return f"{value.value:g}"
    return digits(value.value, told)


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    facts = into.add_parser(
        "facts", help="the events as tables", description="the events as tables"
    )
    inner = facts.add_subparsers(required=True, metavar="COMMAND")
    add(inner, "export", export)
    add(inner, "verify", verify)
    add(inner, "rebuild", rebuild)
    add(inner, "status", status)
    figures = into.add_parser("figures", help="what the facts amount to", description="figures")
    inner = figures.add_subparsers(required=True, metavar="COMMAND")
    add(inner, "list", listing)
    one = add(inner, "show", show)
    one.add_argument("figure", help="programme.figure, as `bihuan figures list` names it")
    one.add_argument(
        "period", help="2026, 2026-H1, 2026-Q3, 2026-03, 2026-W09, 2026-03-02, or A..B"
    )
    one.add_argument("--org", help="code or number of an organisation: its subtree only")
    grains = ["day", "week", "month", "quarter", "half", "year"]
    groups = ["org", "period", "category", "channel", "person"]
    one.add_argument("--by", nargs="*", default=[], choices=groups, help="group by these")
    one.add_argument("--grain", default="month", choices=grains, help="how long a period is")
    one.add_argument(
        "--as-it-is", action="store_true", help="by the organisation tree as it is now"
    )
