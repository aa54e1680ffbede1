"""Commands that prove, and keep copies."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bihuan.cli import gone, rehearsing, wording
from bihuan.cli.plain import OK, WRONG, add, complain, say

if TYPE_CHECKING:
    from bihuan.foundation.audit.api import Finding
    from bihuan.spec.schema import Programme


def check(args: argparse.Namespace) -> int:
    """Checks programme folders, runs their scenarios in a database of their own, and prints everything
    that is wrong."""
    from bihuan.kernel.programmes import api as programmes

    folders = [Path(f).resolve() for f in args.folder] or list(programmes.folders())
    if args.words:
        return wording.lacking(folders)
    found = {folder: programmes.check_folder(folder) for folder in folders}
    for folder, problems in found.items():
        for problem in problems:
            say(f"{folder.name}/{problem}")
    wrong = sum(map(len, found.values()))
    for folder in (one for one in folders if args.folder and not found[one]):
        for line in _boards(programmes.read_folder(folder)):
            say(f"{folder.name}: {line}")
    sound = [folder for folder, problems in found.items() if not problems]
    if sound and not args.no_scenarios:
        wrong += rehearsing.elsewhere(sound)
    say(f"{len(folders)} programmes, {wrong} problems")
    return WRONG if wrong else OK


def _boards(programme: "Programme") -> Iterator[str]:
    """What gives each part of each board."""
    from bihuan.outcomes.publicity.api import BOARDS, given_by

    for name, board in BOARDS.of(programme).items():
        gives = [f"{part} = {', '.join(given_by(programme, name, part))}" for part in board.parts]
        where = " (for staff)" if board.for_staff else ""
        yield f"board {name}{where}: {'; '.join(gives)}"


def tell(finding: "Finding") -> None:
    """A line or two about a finding."""
    say(f"{finding.where}: {finding.what}" + (f"\n    → {finding.do}" if finding.do else ""))


def verify(args: argparse.Namespace) -> int:
    """Proves log, rows, seals, files, passwords, search, notices and views, that today's log continues
    what was anchored, and that every open matter is seen by somebody who can act on it; prints what
    cannot have come about by itself."""
    from django.conf import settings

    from bihuan.jobs import anchoring, proving
    from bihuan.lib import clock

    try:
        anchors = [one for name in args.anchor or () for one in anchoring.read(Path(name))]
        for name in args.stamp or ():
            seen = anchoring.stamped_at(
                Path(name), Path(args.tsa_roots or settings.ANCHOR_TSA_ROOTS)
            )
            anchors += anchoring.read(Path(name).with_suffix(".json"))
            say(f"{name}: an authority saw it {seen.isoformat()}")
    except anchoring.AnchorError as error:
        complain(str(error))
        return WRONG
    found = 0
    for finding in proving.everything(at=clock.now(), anchors=anchors):
        found += 1
        tell(finding)
    gone.note()
    if anchors and not found:
        say(f"it continues {len(anchors)} anchors, the last of {anchors[-1].at}")
    say(f"{found} findings" if found else "everything is as it was written")
    return WRONG if found else OK


def search_rebuild(args: argparse.Namespace) -> int:
    """Makes what search keeps anew from the texts of matters and publications."""
    del args
    from bihuan.jobs import searched

    say(f"{searched.rebuild()} texts can be found again")
    return OK


def views_rebuild(args: argparse.Namespace) -> int:
    """Makes the counts of views of days that are over what the log says."""
    del args
    from bihuan.outcomes.publicity import api as publicity

    say(f"the views of {publicity.views.rebuild()} days were put back")
    return OK


def backup(args: argparse.Namespace) -> int:
    """Writes database and files into one archive."""
    from django.conf import settings

    from bihuan.jobs import backup as backups
    from bihuan.lib import clock

    to = args.to or settings.BACKUP_TO
    try:
        done = backups.make(Path(args.file), at=clock.now(), with_secrets=args.with_secrets, to=to)
    except backups.BackupError as error:
        complain(str(error))
        return WRONG
    say(f"{done.rows} rows, {done.files} files, {done.bytes} bytes in {args.file}")
    if not args.with_secrets:
        say("the keys (secrets.json) are not in it: keep them apart, contacts need them")
    elif not to:
        say(
            "the keys are in it and it is not encrypted: whoever reads it reads all, and can forge it"
        )
    return OK


def restore(args: argparse.Namespace) -> int:
    """Puts an archive into an empty database and proves the result."""
    from bihuan.foundation.audit.api import schema
    from bihuan.jobs import restore as restoring
    from bihuan.jobs.backup import BackupError
    from bihuan.lib import clock

    identity = Path(args.identity) if args.identity else None
    keys = Path(args.keys) if args.keys else None
    try:
        with restoring.opened(Path(args.file), identity=identity) as archive:
            restoring.prove(archive, keys=keys, unsigned=args.unsigned)
            schema.bring_up()
            done = restoring.run(
                archive, at=clock.now(), force=args.force, keys=keys, unsigned=args.unsigned
            )
    except BackupError as error:
        complain(str(error))
        return WRONG
    for warning in done.warnings:
        complain(warning)
    for one in done.unproved:
        say(f"not proved: {one}")
    gone.note()
    for finding in done.findings:
        tell(finding)
    found = f"{len(done.findings)} findings"
    if done.unproved:
        found += f" but {len(done.unproved)} not proved"
    say(f"{done.summary.rows} rows, {done.summary.files} files, {found}")
    return WRONG if done.findings else OK


def backup_key(args: argparse.Namespace) -> int:
    """Makes a pair of keys for backups: the secret one into a file, the public one is printed."""
    import os

    from bihuan.jobs import sealed

    secret, public = sealed.new_identity()
    try:
        handle = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(f"# public key: {public}\n{secret}\n")
    except OSError as error:
        complain(f"cannot write {args.file}: {error.strerror or error}")
        return WRONG
    say(public)
    say(f"keep {args.file} away from this machine: without it no such backup opens again")
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "check", check)
    one.add_argument("folder", nargs="*", help="programme folders; all known ones when none")
    one.add_argument("--no-scenarios", action="store_true", help="read the folders only")
    one.add_argument(
        "--words", action="store_true", help="print only the words that are missing, to paste"
    )
    one = add(into, "verify", verify)
    one.add_argument(
        "--anchor",
        action="append",
        metavar="FILE",
        help="a seal kept outside (from `bihuan anchor`, a mail, /seals); may be said again",
    )
    one.add_argument(
        "--stamp",
        action="append",
        metavar="FILE.tsr",
        help="an authority's stamp of an anchor, FILE.json beside it; may be said again",
    )
    one.add_argument(
        "--tsa-roots",
        metavar="PEM",
        help="root certificates of authorities; otherwise BIHUAN_ANCHOR_TSA_ROOTS",
    )
    for name, told, rebuild in (
        ("search", "what search keeps", search_rebuild),
        ("views", "how often publications were opened", views_rebuild),
    ):
        group = into.add_parser(name, help=told, description=told)
        add(group.add_subparsers(required=True, metavar="COMMAND"), "rebuild", rebuild)
    one = add(into, "backup", backup)
    one.add_argument("file", help="the archive to write (.tar.gz, or .tar without compression)")
    one.add_argument("--with-secrets", action="store_true", help="put the keys into it too")
    one.add_argument(
        "--to",
        action="append",
        metavar="PUBLIC_KEY",
        help="encrypt to this key of age (age1…); may be said again; otherwise BIHUAN_BACKUP_TO",
    )
    one = add(into, "backup-key", backup_key)
    one.add_argument("file", help="where the secret key is written; it must not be there yet")
    one = add(into, "restore", restore)
    one.add_argument("file", help="an archive that `bihuan backup` wrote")
    one.add_argument("--force", action="store_true", help="replace everything in the database")
    one.add_argument(
        "--unsigned",
        action="store_true",
        help="take an archive of a version that did not sign, which nothing vouches for",
    )
    one.add_argument("--identity", metavar="FILE", help="the secret key of an encrypted archive")
    one.add_argument(
        "--keys", metavar="FILE", help="the secrets.json kept apart: proves who made the archive"
    )
