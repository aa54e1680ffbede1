"""Commands that take tables in and give them out."""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from bihuan.cli.plain import OK, WRONG, UsageError, add, org_of, say

EXPORT_CAP = 100_000


def _bytes(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error


def take_in(args: argparse.Namespace) -> int:
    """Imports a table of messages; every row once, however often it is run."""
    from bihuan.kernel.matters.api import intake
    from bihuan.lib import clock
    from bihuan.web import words

    run = intake.preview if args.dry_run else intake.run
    path = Path(args.file)
    result = run(
        _bytes(args.file),
        path.name,
        home=org_of(args.org),
        at=clock.now(),
        programme=args.programme,
        kind=args.kind,
        own_time=not args.as_of_now,
    )
    for name, header in result.columns.items():
        say(f"{name} ← {header}")
    if result.ignored:
        say(f"not imported: {', '.join(result.ignored)}")
    for line in [one for one in result.lines if one.status == "bad"][:20]:
        say(f"row {line.row}: {intake.describe(line, words.text)}")
    counted = {s: result.count(s) for s in ("ready", "opened", "repeated", "bad")}
    say(", ".join(f"{n} {status}" for status, n in counted.items() if n) or "no rows")
    if args.rejects and counted["bad"]:
        title = words.text("import.reason")
        content = intake.rejects(result, args.rejects, reason=title, words=words.text)
        Path(args.rejects).write_bytes(content)
    return WRONG if counted["bad"] else OK


def give_out(args: argparse.Namespace) -> int:
    """Writes a list of matters into a spreadsheet."""
    from bihuan.foundation.access import api as access
    from bihuan.foundation.orgs import api as orgs
    from bihuan.kernel.matters import api as matters
    from bihuan.lib import clock
    from bihuan.web import words

    given = dict(parse_qsl(args.query))
    texts = {f.name for f in fields(matters.Filter) if f.type in ("str", str)}
    unknown = given.keys() - texts
    if unknown:
        raise UsageError(f"--query knows {', '.join(sorted(texts))}, not {', '.join(unknown)}")
    who = orgs.person_called(args.as_user)
    if who is None:
        raise UsageError(f"no account is called {args.as_user}")
    actor = access.actor(who, clock.now().date())
    wanted = matters.Filter(**given)
    tongue = matters.listing.Tongue(words.text, words.of)
    content, count = matters.listing.workbook(actor, wanted, tongue, limit=EXPORT_CAP)
    try:
        Path(args.file).write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {args.file}: {error.strerror}") from error
    say(f"{count} matters in {args.file}")
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "import", take_in)
    one.add_argument("file", help="CSV, CSV.GZ or XLSX with a line of headers")
    one.add_argument("--org", required=True, help="receiving organisation, by code or number")
    one.add_argument("--programme", default="public_voice", help="programme (%(default)s)")
    one.add_argument("--kind", default="voice", help="kind of matter (%(default)s)")
    one.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    one.add_argument(
        "--as-of-now", action="store_true", help="limits run from now, not from each row's own time"
    )
    one.add_argument("--rejects", help="where to write the bad rows (.csv or .xlsx)")
    one = add(into, "export", give_out)
    one.add_argument("file", help="the .xlsx to write")
    one.add_argument("--query", default="", help="as in the address of a list: state=closed&text=…")
    one.add_argument("--as", dest="as_user", required=True, help="whose view of the list")
