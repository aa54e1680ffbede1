"""Commands for papers of matters."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bihuan.cli.plain import OK, WRONG, UsageError, add, say
from bihuan.cli.sheets import actor_called

if TYPE_CHECKING:
    from bihuan.foundation.access.api import Actor
    from bihuan.kernel.matters.api import Matter


def _matter(actor: "Actor", number: str) -> "Matter":
    from bihuan.kernel.matters import api as matters

    pk = int(number) if number.isdecimal() else matters.number_pk(number)
    try:
        return matters.matter(actor, pk or 0)
    except LookupError:
        raise UsageError(f"no matter that they may see has the number {number}") from None


def issue(args: argparse.Namespace) -> int:
    """Issues a paper of a matter, in the name of who may; prints its number, or puts it into a file."""
    from bihuan.lib import clock
    from bihuan.outcomes.papers import api as papers

    at = clock.now()
    actor = actor_called(args.as_user, at)
    found = _matter(actor, args.matter)
    try:
        row = papers.issue(found.pk, args.paper, actor=actor, at=at, locale=args.locale)
    except LookupError:
        raise UsageError(f"{found.number} has no paper called {args.paper}") from None
    say(f"{row.pk} {row.number}")
    if args.out:
        name = Path(args.out)
        ending = name.suffix.lstrip(".").lower()
        if ending not in ("pdf", "docx"):
            raise UsageError("--out wants a name that ends in .pdf or .docx")
        name.write_bytes(papers.press.printed([papers.sheet_of(row)], ending))
    return OK


def listed(args: argparse.Namespace) -> int:
    """Lists the papers of a matter that somebody may read."""
    from bihuan.lib import clock
    from bihuan.outcomes.papers import api as papers
    from bihuan.web import words

    actor = actor_called(args.as_user, clock.now())
    for row in papers.papers_of(_matter(actor, args.matter), actor):
        say(f"{row.pk} {row.number} {words.text(f'papers.state.{row.state}')} {row.title}".rstrip())
    return OK


def withdraw(args: argparse.Namespace) -> int:
    """Takes a paper back, with the reason."""
    from bihuan.lib import clock
    from bihuan.outcomes.papers import api as papers

    at = clock.now()
    try:
        row = papers.withdraw(args.id, args.reason, actor=actor_called(args.as_user, at), at=at)
    except LookupError:
        raise UsageError(f"no paper that they may read is {args.id}") from None
    say(f"{row.number} {row.state}")
    return OK


def check(args: argparse.Namespace) -> int:
    """Tells what was issued under the code of a paper, and whether it still holds."""
    from bihuan.outcomes.papers import api as papers
    from bihuan.web import words

    try:
        found = papers.genuine(args.code)
    except LookupError:
        say(words.text("error.papers.unknown"))
        return WRONG
    say(f"{found.number} {found.organisation} {words.text(f'papers.state.{found.state}')}")
    for block in found.sheet.blocks if found.sheet else ():
        say(block.text)
    return OK if found.state == "issued" else WRONG


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    group = into.add_parser("paper", help="papers of matters").add_subparsers(
        required=True, metavar="COMMAND"
    )
    one = add(group, "issue", issue)
    one.add_argument("matter", help="its number")
    one.add_argument("paper", help="the name of a file in the programme's papers/")
    one.add_argument("--as", dest="as_user", required=True, metavar="USER", help="who issues it")
    one.add_argument("--locale", choices=("zh-Hans", "en"), default="zh-Hans")
    one.add_argument("--out", metavar="FILE", help="where to put it, .pdf or .docx")
    one = add(group, "list", listed)
    one.add_argument("matter", help="its number")
    one.add_argument("--as", dest="as_user", required=True, metavar="USER", help="who reads")
    one = add(group, "withdraw", withdraw)
    one.add_argument("id", type=int, help="as `list` shows it")
    one.add_argument("reason")
    one.add_argument("--as", dest="as_user", required=True, metavar="USER", help="who withdraws it")
    one = add(group, "check", check)
    one.add_argument("code", help="the code beside the square")
