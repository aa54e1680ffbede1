"""Commands that prove, and keep copies."""

import argparse
from pathlib import Path
from typing import Any

from bihuan.cli.plain import OK, WRONG, add, complain, say


def check(args: argparse.Namespace) -> int:
    """Checks programme folders and prints everything wrong with them."""
    from bihuan.kernel.programmes import api as programmes

    wrong = 0
    folders = [Path(f).resolve() for f in args.folder] or list(programmes.folders())
    for folder in folders:
        problems = programmes.check_folder(folder)
        wrong += len(problems)
        for problem in problems:
            say(f"{folder.name}/{problem}")
    say(f"{len(folders)} programmes, {wrong} problems")
    return WRONG if wrong else OK


def verify(args: argparse.Namespace) -> int:
    """Proves log, rows, seals and files; prints what cannot have come about by itself."""
    del args
    from bihuan.foundation.audit import api as audit
    from bihuan.foundation.files import api as files

    found = 0
    for source in (audit.everything(), files.verify()):
        for finding in source:
            found += 1
            say(f"{finding.where}: {finding.what}")
    say(f"{found} findings" if found else "everything is as it was written")
    return WRONG if found else OK


def backup(args: argparse.Namespace) -> int:
    """Writes database and files into one archive."""
    from bihuan.jobs import backup as backups
    from bihuan.lib import clock

    try:
        done = backups.make(Path(args.file), at=clock.now(), with_secrets=args.with_secrets)
    except backups.BackupError as error:
        complain(str(error))
        return WRONG
    say(f"{done.rows} rows, {done.files} files, {done.bytes} bytes in {args.file}")
    if not args.with_secrets:
        say("the keys (secrets.json) are not in it: keep them apart, contacts need them")
    return OK


def restore(args: argparse.Namespace) -> int:
    """Puts an archive into an empty database and proves the result."""
    from django.core.management import call_command

    from bihuan.jobs import restore as restoring
    from bihuan.jobs.backup import BackupError

    try:
        restoring.prove(Path(args.file))
        call_command("migrate", verbosity=0)
        done = restoring.run(Path(args.file), force=args.force)
    except BackupError as error:
        complain(str(error))
        return WRONG
    for warning in done.warnings:
        complain(warning)
    for finding in done.findings:
        say(f"{finding.where}: {finding.what}")
    say(f"{done.summary.rows} rows, {done.summary.files} files, {len(done.findings)} findings")
    return WRONG if done.findings else OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "check", check)
    one.add_argument("folder", nargs="*", help="programme folders; all known ones when none")
    add(into, "verify", verify)
    one = add(into, "backup", backup)
    one.add_argument("file", help="the archive to write (.tar.gz, or .tar without compression)")
    one.add_argument("--with-secrets", action="store_true", help="put the keys into it too")
    one = add(into, "restore", restore)
    one.add_argument("file", help="an archive that `bihuan backup` wrote")
    one.add_argument("--force", action="store_true", help="replace everything in the database")
