"""`bihuan doctor`: is all well with this installation, and what is to be done where it is not."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from bihuan.cli.plain import OK, WRONG, add, say

if TYPE_CHECKING:
    from bihuan.jobs.doctor import Line

CLOCK = "https://www.gov.cn/"
# What every check may come to, said alike.
_ALIKE = ("database", "failed")


def doctor(args: argparse.Namespace) -> int:
    """Looks at database, secrets, disk, clock, mail, public address, proxy, worker, calendar, backups;
    each line is good, or says what to do."""
    from bihuan.jobs import doctor as looking
    from bihuan.lib import clock
    from bihuan.lib.checkups import Looked
    from bihuan.web import words

    asked = Looked(
        clock.now(),
        mail_to=args.mail,
        subject=words.text("setup.mail.subject"),
        text=words.text("setup.mail.text"),
        clock_url="" if args.offline else args.clock_url,
    )
    found = []
    for line in looking.lines(asked):
        found.append(line)
        if not args.json:
            what, _, do = _told(line).partition("\n")
            mark = words.text("doctor.good" if line.said.good else "doctor.bad")
            say(f"{mark} {words.text(f'doctor.{line.check}.name')}{words.text('site.colon')}{what}")
            if do:
                say(f"    → {do}")
    wrong = [one for one in found if not one.said.good]
    if args.json:
        told = [
            {
                "check": one.check,
                "outcome": one.said.outcome,
                "good": one.said.good,
                "text": _told(one),
                **one.said.values,
            }
            for one in found
        ]
        say(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        say(words.text("doctor.wrong" if wrong else "doctor.well", count=len(wrong)))
    return WRONG if wrong else OK


def _told(line: "Line") -> str:
    from bihuan.web import words

    alike = line.said.outcome in _ALIKE
    key = f"doctor.any.{line.said.outcome}" if alike else f"doctor.{line.check}.{line.said.outcome}"
    return words.text(key, **line.said.values)


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "doctor", doctor)
    one.add_argument("--mail", default="", metavar="ADDRESS", help="send a mail there on trial")
    one.add_argument("--json", action="store_true", help="as JSON, for monitors")
    one.add_argument("--offline", action="store_true", help="ask nothing outside for its time")
    one.add_argument("--clock-url", default=CLOCK, help="what is asked for its time (%(default)s)")
