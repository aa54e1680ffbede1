"""Commands for mail that came back."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from mailbox import mbox
from pathlib import Path
from typing import Any

from bihuan.cli.plain import OK, UsageError, add, say

# Read at most so much of one message: a report and the beginning of what it is about.
MOST = 2 * 1024 * 1024


def _messages(name: str) -> Iterator[bytes]:
    """Each message of standard input, a file, a mailbox file (mbox) or a folder (Maildir)."""
    if name == "-":
        yield sys.stdin.buffer.read(MOST)
        return
    path = Path(name)
    try:
        if path.is_dir():
            for one in sorted(p for p in path.rglob("*") if p.is_file()):
                yield _read(one)
        elif _read(path).startswith(b"From "):
            with closing(mbox(path, create=False)) as box:
                yield from (one.as_bytes() for one in box)
        else:
            yield _read(path)
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST)


def returned(args: argparse.Namespace) -> int:
    """Notes mail that came back (RFC 3464) on the matters it was about; again and again does no harm.

    A mail system pipes each message to `bihuan mail returned -`, from the address that stands in
    BIHUAN_EMAIL_FROM; or a mailbox is fetched into a file or folder that is named here.
    """
    from bihuan.jobs import returned as reading
    from bihuan.lib import clock

    read = known = news = 0
    for name in args.file:
        for message in _messages(name):
            read += 1
            taken = reading.take(message, at=clock.now())
            known += len(taken)
            news += sum(one.news for one in taken)
    say(f"{read} messages, {known} mails of ours that came back, {news} of them news")
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    group = into.add_parser("mail", help="mail that came back").add_subparsers(
        required=True, metavar="COMMAND"
    )
    one = add(group, "returned", returned)
    one.add_argument(
        "file", nargs="+", help="a message, an mbox, a Maildir, or - for standard input"
    )
