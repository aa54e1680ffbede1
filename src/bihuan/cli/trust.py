"""Commands for what others rely on: anchors of the log, keys of the house."""

import argparse
from pathlib import Path
from typing import Any

from bihuan.cli.plain import OK, WRONG, UsageError, add, complain, say


def anchor(args: argparse.Namespace) -> int:
    """Tells the newest seal of the log to somebody outside, or prints it."""
    from bihuan.foundation.audit import api as audit
    from bihuan.jobs import anchoring
    from bihuan.lib import clock
    from bihuan.web import words

    if args.adopt:
        try:
            audit.take_up(at=clock.now(), why=args.adopt)
        except audit.BrokenLogError as error:
            complain(str(error))
            return WRONG
        say("seals.log goes on from the database as it stands, and says so")
        return OK
    try:
        newest = anchoring.newest()
        for target in args.file:
            anchoring.to_file(Path(target), newest)
        for address in args.mail or ():
            anchoring.to_mail(address, newest, words.text)
        for url in args.webhook or ():
            anchoring.to_webhook(url, newest)
        for url in args.tsa or ():
            say(f"stamped: {anchoring.stamp(url, newest)}")
    except anchoring.AnchorError as error:
        complain(str(error))
        return WRONG
    say(anchoring.line(newest).strip())
    return OK


def keys(args: argparse.Namespace) -> int:
    """Lists the keys of the house by their ids, or puts fresh ones in use; retired ones go on reading."""
    from django.conf import settings

    from bihuan.conf import secrets
    from bihuan.lib import keyring

    path = settings.DATA / "secrets.json"
    if args.what == "rotate":
        wanted = args.purpose or settings.KEY_NAMES
        unknown = set(wanted) - set(settings.KEY_NAMES)
        if unknown:
            raise UsageError(
                f"there is no key for {', '.join(sorted(unknown))}; there are {', '.join(settings.KEY_NAMES)}"
            )
        for purpose in wanted:
            say(f"{purpose}: {secrets.rotate(path, purpose)} is in use now")
        say("restart `serve` and `work`, and copy secrets.json to where you keep it apart")
        return OK
    found = secrets.load(path)
    for purpose in settings.KEY_NAMES:
        first, *retired = map(keyring.key_id, keyring.every(found, purpose))
        say(f"{purpose}: {first}" + (f", retired {', '.join(retired)}" if retired else ""))
    try:
        secrets.refuse_open(path)
    except secrets.OpenKeysError as error:
        complain(str(error))
        return WRONG
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "anchor", anchor)
    one.add_argument("file", nargs="*", help="a file it is added to, best not on this machine")
    one.add_argument("--mail", action="append", metavar="ADDRESS", help="who gets it by mail")
    one.add_argument("--webhook", action="append", metavar="URL", help="where it is posted to")
    one.add_argument("--tsa", action="append", metavar="URL", help="who stamps it (RFC 3161)")
    one.add_argument(
        "--adopt",
        metavar="WHY",
        help="begin seals.log anew, or go on with it, from the database as it stands",
    )
    one = add(into, "keys", keys)
    one.add_argument("what", nargs="?", choices=("list", "rotate"), default="list")
    one.add_argument("purpose", nargs="*", help="which to rotate; all when none")
