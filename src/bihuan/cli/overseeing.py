"""The command that lists security events."""

import argparse
from datetime import date
from typing import Any

from bihuan.cli.plain import OK, UsageError, add, say


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day such as 2026-03-02") from error


def security(args: argparse.Namespace) -> int:
    """Lists security events of the whole house, newest first: log-ins, grants, exports and the like."""
    from django.utils import timezone

    from bihuan.foundation.access import overseeing
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.lib import clock
    from bihuan.web import words

    known = {part for one in overseeing.kinds() for part in (one, one.partition(".")[0])}
    if args.kind and args.kind not in known:
        raise UsageError(f"--kind knows {', '.join(sorted(known))}")
    asked = overseeing.Asked(
        kind=args.kind, name=args.person, since=args.since, until=args.until, before=args.before
    )
    found, more = overseeing.events(SYSTEM, asked, at=clock.now(), limit=args.limit)
    for one in found:
        at = timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M:%S")
        about = f" {one.about}" if one.about else ""
        said = " ".join(f"{name}={value}" for name, value in one.said.items())
        line = f"{one.id} {at} {words.text(f'event.{one.kind}')}{about} ({one.doer}) {said}"
        say(line.rstrip())
    if more:
        say(f"older ones: --before {found[-1].id}")
    return OK


def commands(into: Any) -> None:
    """Adds this command to the command line."""
    one = add(into, "security", security)
    one.add_argument("--kind", default="", help="login, grant, login.failed, …")
    one.add_argument("--person", default="", help="part of a name or user name")
    one.add_argument("--since", type=_day, help="the first day, such as 2026-03-02")
    one.add_argument("--until", type=_day, help="the last day")
    one.add_argument("--before", type=int, help="older than the event with this number")
    one.add_argument("--limit", type=int, default=50, help="how many; 200 at most")
