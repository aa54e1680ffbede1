"""The command that brings an installation to this version."""

import argparse
from pathlib import Path
from typing import Any

from bihuan.cli import running
from bihuan.cli.plain import OK, WRONG, add, complain, say


def upgrade(args: argparse.Namespace) -> int:
    """Brings the installation to this version: looks whether it may come from where it is, backs up,
    changes the tables, proves the result. Stop `serve` and `work` first."""
    from bihuan.foundation.audit.api import schema
    from bihuan.jobs import upgrading

    try:
        if args.discard_backup:
            return _discard()
        with schema.unused():
            return _undo() if args.undo else _upgrade(args)
    except (upgrading.UpgradeError, schema.InUseError) as error:
        complain(str(error))
        return WRONG


def _upgrade(args: argparse.Namespace) -> int:
    import bihuan
    from bihuan.foundation.audit.api import schema
    from bihuan.jobs import upgrading
    from bihuan.lib import clock

    with schema.alone():
        behind, at = upgrading.changes_behind(), clock.now()
        if upgrading.is_stopped():
            say("an upgrade was stopped here; it goes on, the backup of before is there")
        else:
            say(f"to version {bihuan.__version__}: {behind} changes of tables")
            stamp = at.strftime("%Y%m%dT%H%M%SZ")
            default = upgrading.folder() / f"before-{stamp}.tar.gz"
            target = Path(args.backup) if args.backup else default
            made = upgrading.begin(target, version=bihuan.__version__, at=at)
            say(f"{made.rows} rows, {made.files} files, {made.bytes} bytes in {target}")
        if running.bring_up() != OK:
            return WRONG
    return _proved()


def _proved() -> int:
    from bihuan.cli import proving as commands
    from bihuan.jobs import proving
    from bihuan.kernel.programmes import api as programmes
    from bihuan.lib import clock

    programmes.forget_cached()
    found = [*proving.everything(at=clock.now())]
    for one in found:
        commands.tell(one)
    say(f"{len(found)} findings" if found else "everything is as it was written")
    say(
        "`bihuan upgrade --undo` leads back as long as nothing is written: look before you start it"
    )
    say("`bihuan upgrade --discard-backup` takes the backup away when you do not need it any more")
    return WRONG if found else OK


def _discard() -> int:
    from bihuan.jobs import upgrading

    taken = upgrading.discard()
    for one in taken:
        say(f"{one} was taken away")
    if not taken:
        say("there is no backup of an upgrade")
    return OK


def _undo() -> int:
    from bihuan.jobs import upgrading

    undone = upgrading.undo()
    say(f"the tables and rows of before are back; {undone.archive} stays where it is")
    say(
        "put the version of before in place, run its `bihuan init` and `bihuan search rebuild`, start it"
    )
    return OK


def commands(into: Any) -> None:
    """Adds these commands to the command line."""
    one = add(into, "upgrade", upgrade)
    what = one.add_mutually_exclusive_group()
    what.add_argument("--backup", metavar="FILE", help="where the backup goes (the data folder)")
    what.add_argument(
        "--undo", action="store_true", help="back to before, as long as nothing was written since"
    )
    what.add_argument(
        "--discard-backup", action="store_true", help="take the backups of before away"
    )
