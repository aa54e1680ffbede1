"""Commands for members: who belongs where, and whom a roster means."""

import argparse
from datetime import date
from typing import Any

from bihuan.cli.plain import OK, UsageError, add, org_of, say


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day: write 2026-03-02") from error


def _today() -> date:
    from django.utils import timezone

    from bihuan.lib import clock

    return timezone.localtime(clock.now()).date()


def member_add(args: argparse.Namespace) -> int:
    """Records that somebody with an account belongs to an organisation, or in another status."""
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.foundation.orgs import api as orgs
    from bihuan.kernel.people import api as people
    from bihuan.lib import clock

    person = orgs.person_called(args.username)
    if person is None:
        raise UsageError(f"no account is called {args.username}")
    row = people.begin(
        person.pk,
        org_of(args.org),
        args.membership,
        args.status,
        start=args.start or _today(),
        since=args.since,
        end=args.end,
        at=clock.now(),
        actor=SYSTEM,
    )
    say(f"membership {row.pk}: {person.name}, {row.status} since {row.start}")
    return OK


def member_leave(args: argparse.Namespace) -> int:
    """Ends a membership with a last day, today when none is said."""
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.kernel.people import api as people
    from bihuan.lib import clock

    last = args.last or _today()
    try:
        people.leave(args.number, last=last, at=clock.now(), actor=SYSTEM)
    except LookupError as error:
        raise UsageError(f"no membership has the number {args.number}") from error
    say(f"membership {args.number} ends on {last}")
    return OK


def roster(args: argparse.Namespace) -> int:
    """Names whom a roster of a programme means at an organisation on a day."""
    from bihuan.kernel.people import api as people
    from bihuan.kernel.programmes import api as programmes

    org, on = org_of(args.org), args.on or _today()
    spec = programmes.held(args.programme, org.path, on).programme
    known = people.ROSTERS.of(spec)
    if args.roster not in known:
        raise UsageError(f"no roster {args.roster}; there are: {', '.join(known) or 'none'}")
    found = people.resolve(spec, args.roster, org, on)
    for one in found:
        say(f"{one.name}\t{one.exempt}".rstrip())
    free = sum(bool(one.exempt) for one in found)
    say(f"{len(found)} in all, {free} of them exempt")
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    group = into.add_parser("member", help="Members.", description="Members.")
    members = group.add_subparsers(required=True, metavar="COMMAND")
    one = add(members, "add", member_add)
    one.add_argument("username")
    one.add_argument("membership", help="programme.membership, as memberships.toml calls it")
    one.add_argument("status")
    one.add_argument("--org", required=True, help="where, by code or number")
    one.add_argument("--start", type=_day, help="from this day on; today without")
    one.add_argument("--since", type=_day, help="since when they belong at all")
    one.add_argument("--end", type=_day, help="the last day, where it is for a term")
    one = add(members, "leave", member_leave)
    one.add_argument("number", type=int)
    one.add_argument("--last", type=_day, help="the last day; today without")
    one = add(into, "roster", roster)
    one.add_argument("programme")
    one.add_argument("roster")
    one.add_argument("--org", required=True, help="asked of which organisation, by code or number")
    one.add_argument("--on", type=_day, help="on which day; today without")
