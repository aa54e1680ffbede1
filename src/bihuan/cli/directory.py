"""Commands for workbooks of organisations and people."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bihuan.cli.plain import OK, WRONG, UsageError, add, org_of, say
from bihuan.cli.sheets import actor_called, bytes_of

if TYPE_CHECKING:
    from bihuan.kernel.directory.api import Result, Said

TOLD = 20


def take_in(args: argparse.Namespace) -> int:
    """Takes in a workbook of organisations and people; the same one again changes nothing."""
    from bihuan.foundation.access.api import SYSTEM
    from bihuan.kernel.directory import api as directory
    from bihuan.lib import clock
    from bihuan.web import words

    at, path = clock.now(), Path(args.file)
    kinds = [one.name for one in directory.ordered()]
    if set(args.end) - set(kinds):
        raise UsageError(f"--end wants one of {', '.join(kinds)}")
    under = org_of(args.org) if args.org else _only_root()
    given: dict[str, Any] = {
        "under": under,
        "at": at,
        "actor": actor_called(args.as_user, at) if args.as_user else SYSTEM,
    }
    given["opens"] = not args.no_accounts
    sheets = directory.opened(bytes_of(args.file), path.name)
    if args.dry_run:
        result = directory.look(sheets, **given)
    else:
        result = directory.take(sheets, **given, ending=args.end)
    if not result.sheets:
        raise UsageError("no sheet of organisations, people or members was recognised")
    _tell(result, args.end)
    bad = result.count("bad")
    if args.rejects and bad:
        reason = words.text("directory.reason")
        content = directory.rejects(result, reason=reason, describe=_told, under=under, at=at)
        Path(args.rejects).write_bytes(content)
    return WRONG if bad else OK


def give_out(args: argparse.Namespace) -> int:
    """Writes organisations and people into a workbook that comes in as it went out."""
    from bihuan.kernel.directory import api as directory
    from bihuan.lib import clock
    from bihuan.web import words

    at = clock.now()
    names = {one.name: words.text(f"directory.kind.{one.name}") for one in directory.ordered()}
    title = words.text("directory.title")
    content = directory.workbook(actor_called(args.as_user, at), names, name=title, at=at)
    try:
        Path(args.file).write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {args.file}: {error.strerror}") from error
    say(f"organisations and people in {args.file}")
    return OK


def _only_root() -> Any:
    from bihuan.foundation.orgs import api as orgs

    roots = orgs.orgs_at(orgs.root_paths())
    if len(roots) != 1:
        raise UsageError("say below which organisation: --org, by code or number")
    return roots[0]


def _told(said: "Said", kind: str) -> str:
    from bihuan.web import words

    values = dict(said.values)
    if "column" in values:
        values["column"] = words.text(f"directory.field.{kind}.{values['column']}")
    return words.text(f"error.{said.key}", **values)


def _tell(result: "Result", ending: list[str]) -> None:
    from bihuan.kernel.directory import api as directory

    for reading in result.readings:
        if not reading.reads:
            lacking = f", it lacks {', '.join(reading.lacking)}" if reading.lacking else ""
            say(f"sheet {reading.sheet} is not read{lacking}")
    for one in result.sheets:
        head = one.reading.picked.table.head
        counts = ", ".join(f"{one.count(s)} {s}" for s in directory.STATUSES if one.count(s))
        say(f"sheet {one.reading.sheet} ({one.reading.kind}, header in line {head}): {counts}")
        for line in [line for line in one.lines if line.status == "bad"][:TOLD]:
            told = " ".join(_told(said, one.reading.kind) for said in line.faults)
            say(f"row {line.row} {line.name}: {told}".replace("\n", " "))
    for kind, left in result.left.items():
        if left and kind not in result.ended:
            names = ", ".join(row.name for row in left[:TOLD])
            more = " …" if len(left) > TOLD else ""
            say(f"{len(left)} {kind} are there and not in the workbook: {names}{more}")
            if kind in ending:
                say(f"no {kind} are ended while rows of theirs are faulty")
    for kind, lines in result.ended.items():
        over = sum(line.status == "changed" for line in lines)
        say(f"{over} {kind} ended, {len(lines) - over} refused")


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "import-directory", take_in)
    one.add_argument(
        "file", help="XLSX, XLS or ODS with sheets of organisations, people and members, or CSV"
    )
    one.add_argument("--org", default="", help="below which organisation (the only root)")
    one.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    one.add_argument("--as", dest="as_user", help="the account that imports (else: the system)")
    one.add_argument(
        "--end",
        action="append",
        default=[],
        metavar="KIND",
        help="end what is there and not in the workbook: orgs, people, members; may be repeated",
    )
    one.add_argument(
        "--no-accounts",
        action="store_true",
        help="only enter whoever comes without a user name, without an account",
    )
    one.add_argument("--rejects", help="where to write the bad rows (.xlsx)")
    one = add(into, "export-directory", give_out)
    one.add_argument("file", help="the .xlsx to write")
    one.add_argument("--as", dest="as_user", required=True, help="whose view of it")
