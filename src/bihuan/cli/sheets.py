"""Commands that take tables in and give them out."""

import argparse
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from bihuan.cli.plain import OK, WRONG, UsageError, add, org_of, say

if TYPE_CHECKING:
    from bihuan.foundation.access.api import Actor
    from bihuan.foundation.orgs.api import Org
    from bihuan.language.tabular.picking import Picked

EXPORT_CAP = 100_000


def bytes_of(name: str) -> bytes:
    """What stands in a file. Raises UsageError."""
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error


def actor_called(username: str, at: datetime) -> "Actor":
    """Who acts by an account, with the grants of a day. Raises UsageError."""
    from django.utils import timezone

    from bihuan.foundation.access import api as access
    from bihuan.foundation.orgs import api as orgs

    who = orgs.person_called(username)
    if who is None:
        raise UsageError(f"no account is called {username}")
    return access.actor(who, timezone.localtime(at).date())


def _pair(given: str) -> tuple[str, str]:
    """HEADER=FIELD."""
    header, _, name = given.rpartition("=")
    if not header:
        raise UsageError("--column wants HEADER=FIELD")
    return header, name


def _pairs(given: list[str], names: tuple[str, ...]) -> dict[str, str]:
    found = dict(_pair(one) for one in given)
    for name in found.values():
        if name not in (*names, ""):
            raise UsageError(f"--column wants HEADER=FIELD, FIELD one of {', '.join(names)}")
    return found


def _kind(home: "Org", programme: str, kind: str, at: datetime) -> tuple[str, str]:
    """The programme and the kind whose table it is, as said or as there is only one at a desk."""
    from django.utils import timezone

    from bihuan.kernel.exchange import intake
    from bihuan.kernel.receivers import api as receivers

    if programme and kind:
        return programme, kind
    on = timezone.localtime(at).date()
    here = [one for one in receivers.receivers(on) if one.org.pk == home.pk]
    found = intake.meant(here, programme, kind)
    if found is None:
        raise UsageError(f"{home.name} takes no such tables at a desk; name --programme and --kind")
    return found.programme.id, found.kind_id


def take_in(args: argparse.Namespace) -> int:
    """Imports a table of messages; every row once, however often it is run."""
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.kernel.exchange import intake
    from bihuan.kernel.values.api import Tongue
    from bihuan.lib import clock
    from bihuan.web import words

    at = clock.now()
    tongue = Tongue(words.text, words.of)
    run = intake.preview if args.dry_run else intake.run
    path = Path(args.file)
    home = org_of(args.org)
    programme, kind = _kind(home, args.programme, args.kind, at)
    names = intake.columns_at(home, programme, kind, at)
    result = run(
        bytes_of(args.file),
        path.name,
        home=home,
        actor=actor_called(args.as_user, at) if args.as_user else SYSTEM,
        at=at,
        programme=programme,
        kind=kind,
        layout=intake.Layout(args.sheet, args.head, _pairs(args.column, names)),
        own_time=not args.as_of_now,
        guesses=args.take_guesses,
    )
    say(f"sheet {result.picked.sheet}, header in line {result.table.head}")
    if result.as_before:
        say("read as said the last time such a header came")
    for name, header in result.columns.items():
        say(f"{name} ← {header}")
    if result.ignored:
        say(f"not imported: {', '.join(result.ignored)}")
    for aside in result.table.asides:
        say(f"row {aside.row} is no row of the table ({aside.kind}): {aside.text}")
    _tell_unseen(result.picked)
    guessed = [one for one in result.lines if one.guessed]
    if guessed:
        said = sorted({name for one in guessed for name in one.guessed})
        say(f"{len(guessed)} rows need a guess of: {', '.join(said)}")
    for line in [one for one in result.lines if one.status == "bad"][:20]:
        say(f"row {line.row}: {intake.describe(result, line, tongue)}")
    counted = {s: result.count(s) for s in ("ready", "opened", "repeated", "bad")}
    say(", ".join(f"{n} {status}" for status, n in counted.items() if n) or "no rows")
    if args.rejects and counted["bad"]:
        title = words.text("import.reason")
        content = intake.rejects(
            result, args.rejects, reason=title, tongue=tongue, home=home, at=at
        )
        Path(args.rejects).write_bytes(content)
    return WRONG if counted["bad"] else OK


def _tell_unseen(picked: "Picked") -> None:
    hidden = picked.hidden
    if hidden.rows:
        how = "filtered or hidden" if hidden.filtered else "hidden"
        say(f"{len(hidden.rows)} {how} rows are read too: {', '.join(map(str, hidden.rows[:50]))}")
    if hidden.columns:
        say(f"hidden columns are read too: {', '.join(hidden.columns)}")
    if hidden.sheets:
        say(f"hidden sheets, read only with --sheet: {', '.join(hidden.sheets)}")
    for one in picked.table.others:
        title = f" “{one.title}”" if one.title else ""
        if one.sure:
            say(
                f"not read: another table{title}, {one.rows} rows; import it with --head {one.head}"
            )
        else:
            say(f"row {one.head}{title} looks like another header and is read as a row")


def give_out(args: argparse.Namespace) -> int:
    """Writes a list of matters into a spreadsheet."""
    from bihuan.kernel.exchange import api as exchange
    from bihuan.kernel.matters import api as matters
    from bihuan.kernel.values import api as values
    from bihuan.lib import clock
    from bihuan.web import words

    given = dict(parse_qsl(args.query))
    texts = {f.name for f in fields(matters.Filter) if f.type in ("str", str)}
    unknown = given.keys() - texts
    if unknown:
        raise UsageError(f"--query knows {', '.join(sorted(texts))}, not {', '.join(unknown)}")
    at = clock.now()
    actor = actor_called(args.as_user, at)
    wanted = matters.Filter(**given)
    tongue = values.Tongue(words.text, words.of)
    content, count = exchange.listing.workbook(actor, wanted, tongue, limit=EXPORT_CAP, at=at)
    try:
        Path(args.file).write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {args.file}: {error.strerror}") from error
    say(f"{count} matters in {args.file}")
    return OK


def redact(args: argparse.Namespace) -> int:
    """What would be masked in a text of one's own; nothing is kept."""
    from bihuan.language import redact as redaction

    try:
        text = bytes_of(args.file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{args.file} is not UTF-8 text") from error
    known = args.known or []
    if args.list:
        for one in redaction.find(text, known):
            say(f"{text.count(chr(10), 0, one.start) + 1}\t{one.kind}\t{one.text}")
    else:
        say(redaction.mask(text, known).rstrip("\n"))
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "import", take_in)
    one.add_argument("file", help="CSV, XLSX, XLS or ODS with a line of headers")
    one.add_argument("--org", required=True, help="receiving organisation, by code or number")
    one.add_argument("--programme", default="", help="programme (the only one, or the default)")
    one.add_argument("--kind", default="", help="kind of matter (the only one, or the default)")
    one.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    one.add_argument(
        "--as-of-now", action="store_true", help="limits run from now, not from each row's own time"
    )
    one.add_argument("--as", dest="as_user", help="the account that imports (else: the system)")
    one.add_argument("--sheet", default="", help="which sheet (the first with such a table)")
    one.add_argument("--head", type=int, help="the line of the header, from 1 (looked for)")
    one.add_argument(
        "--column", action="append", default=[], metavar="HEADER=FIELD", help="what a column is"
    )
    one.add_argument(
        "--take-guesses", action="store_true", help="take what the table does not say as guessed"
    )
    one.add_argument("--rejects", help="where to write the bad rows (.csv or .xlsx)")
    one = add(into, "export", give_out)
    one.add_argument("file", help="the .xlsx to write")
    one.add_argument("--query", default="", help="as in the address of a list: state=closed&text=…")
    one.add_argument("--as", dest="as_user", required=True, help="whose view of the list")
    one = add(into, "redact", redact)
    one.add_argument("file", help="a text in UTF-8")
    one.add_argument("--known", action="append", metavar="WORD", help="a word of your own to mask")
    one.add_argument("--list", action="store_true", help="line, kind and what was found instead")
