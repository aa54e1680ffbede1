"""An upgrade: a backup of the tables as the version before left them, today's tables, and the way back
until something is written.

Whoever upgrades calls `begin`, then brings data up to date within `going_on`, as does whoever finishes one
that was stopped; `undo` puts back what `begin` kept. What is known of it stands in `upgrade.json` beside the data.
"""

import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import schema
from bihuan.jobs import backup, older, restore, tables
from bihuan.lib import canonical

BEGUN, DONE = "begun", "done"


class UpgradeError(Exception):
    """Why it cannot be done and what to do, in plain words."""


@dataclass(frozen=True)
class Upgrade:
    """`step` is how far it came, `archive` the backup of before, `to` the version it was brought to,
    `left` what the database held at its end, `name` what the mark of an unfinished update says of it,
    `events` the newest event of before."""

    step: str
    archive: str
    to: str
    at: str
    left: str = ""
    name: str = ""
    events: int = 0


def _note() -> Path:
    found: Path = settings.DATA / "upgrade.json"
    return found


def known() -> Upgrade | None:
    """The newest upgrade that can still be gone on with or undone."""
    try:
        return Upgrade(**json.loads(_note().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _keep(upgrade: Upgrade) -> None:
    aside = _note().with_suffix(".part")
    aside.touch(mode=0o600)
    with aside.open("w", encoding="utf-8") as out:
        json.dump(asdict(upgrade), out)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(_note())
    backup.settle(_note().parent)


def changes_behind() -> int:
    """How many changes of tables the database lacks. Raises UpgradeError where no upgrade leads from
    it to this version."""
    executor = MigrationExecutor(connection)
    applied = set(executor.recorder.applied_migrations())
    if not applied:
        raise UpgradeError("there is nothing to upgrade here yet; run `bihuan init`")
    apps = {app for app, _ in executor.loader.graph.nodes}
    unknown = sorted(
        {one for one in applied if one[0] in apps} - executor.loader.graph.nodes.keys()
    )
    if unknown:
        named = ", ".join(".".join(one) for one in unknown[:3])
        raise UpgradeError(
            f"the database was written by a newer version than this one: it has changes of tables that "
            f"are not known here ({named}); install that version or a newer one; nothing was changed"
        )
    try:
        executor.loader.check_consistent_history(connection)
    except InconsistentMigrationHistory as error:
        raise UpgradeError(
            f"the tables are no state that any version left ({error}); restore the newest backup "
            "with `bihuan restore`; nothing was changed"
        ) from error
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def is_stopped() -> bool:
    """Whether an upgrade began here and was stopped: its backup is there, and it goes on."""
    found = known()
    return found is not None and _is_stopped(found)


def _is_stopped(found: Upgrade) -> bool:
    # An update that was stopped later is not this one.
    return found.step == BEGUN and found.name != "" and schema.unfinished_of() == found.name


def begin(target: Path, *, version: str, at: datetime) -> backup.Summary:
    """Backs up what is there into `target` and proves that archive; from then on the upgrade is one that
    was stopped, until `going_on` ends. Raises UpgradeError, nothing being changed then."""
    if schema.unfinished():
        raise UpgradeError(
            "an update by `bihuan init` was stopped here before its end; run `bihuan init`, which goes "
            "on where it stopped, then this again"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = backup.make(target, at=at, before_upgrade=True)
        restore.prove(target)
    except (backup.BackupError, older.OlderError, OSError) as error:
        raise UpgradeError(f"no backup could be made, so nothing was changed: {error}") from error
    name, instant = secrets.token_hex(8), canonical.instant(at)
    begun = Upgrade(
        BEGUN,
        str(target.resolve()),
        version,
        instant,
        name=name,
        events=tables.newest_event("default"),
    )
    _keep(begun)
    schema.begin_unfinished(name)
    backup.settle(_note().parent)
    return made


@contextmanager
def going_on() -> Iterator[None]:
    """Around what brings the data of an upgrade that was begun up to date: at its end the upgrade is,
    too, and what differs later was written since. Whatever is raised within leaves it stopped."""
    with schema.updating():
        yield
        found = known()
        if found is not None and found.step == BEGUN:
            _keep(replace(found, step=DONE, left=_held()))


def _held() -> str:
    """A digest over how many rows there are of what, all events, the heads of all chained rows."""
    told = canonical.dumps(tables.counts("default")) + tables.heads("default")
    return canonical.digest(told)


def folder() -> Path:
    """Where backups of before upgrades lie unless somebody says another place."""
    found: Path = settings.DATA / "upgrades"
    return found


def discard() -> list[Path]:
    """Takes away the backup of the newest upgrade, which cannot be undone from then on, and those of
    earlier ones in `folder`; returns which."""
    if is_stopped():
        raise UpgradeError(
            "that upgrade is not at its end; run `bihuan upgrade`, which goes on with it"
        )
    newest = known()
    there = {*folder().glob("before-*.tar.gz"), *([Path(newest.archive)] if newest else [])}
    _note().unlink(missing_ok=True)
    taken = sorted(one for one in there if one.exists())
    for one in taken:
        one.unlink()
    return taken


def undo() -> Upgrade:
    """Puts the tables and rows of before the upgrade back. Raises UpgradeError, nothing being changed
    then: where something was written since, or the backup is not what it was."""
    with schema.alone():
        found = known()
        if found is None:
            raise UpgradeError("no upgrade is known here that could be undone; nothing was changed")
        try:
            _refuse_written(found)
            with tempfile.TemporaryDirectory(prefix="upgrade-", dir=settings.DATA) as name:
                _put_back(Path(found.archive), Path(name))
        except (backup.BackupError, older.OlderError, DatabaseError, OSError) as error:
            raise UpgradeError(f"it could not be put back, nothing was changed: {error}") from error
        _note().unlink()
        schema.end_unfinished()
        return found


def _refuse_written(found: Upgrade) -> None:
    if found.step == BEGUN and not _is_stopped(found):
        raise UpgradeError(
            "that upgrade was brought to its end otherwise (`bihuan init`), and nobody knows what was "
            f"written since; {found.archive} is the backup of before; nothing was changed"
        )
    if found.step == BEGUN:
        # Its own events are the system's; tables that are half changed tell no more.
        written = tables.told_since(found.events, SYSTEM.ref, "default")
    elif schema.pending():
        raise UpgradeError("this is not the version that the upgrade led to; nothing was changed")
    else:
        written = _held() != found.left
    if written:
        raise UpgradeError(
            "something was written since the upgrade, and would be lost: it cannot be undone any more; "
            f"{found.archive} is the backup of before; nothing was changed"
        )


def _put_back(archive: Path, scratch: Path) -> None:
    unpacked, fresh = scratch / "unpacked", scratch / "fresh"
    fresh.mkdir()
    restore.prove(archive)
    manifest = restore.unpack(archive, unpacked)
    if connection.vendor == "postgresql":
        _fill_anew(unpacked, manifest)
        return
    # Who is in the way is told before the tables are made; whether anybody came meanwhile, after.
    _let_go()
    made = older.made_again(unpacked, manifest, fresh)
    _let_go()
    made.replace(Path(connection.settings_dict["NAME"]))
    backup.settle(settings.DATA)


def _let_go() -> None:
    """Takes away what stands beside the file of the database. Raises DatabaseError where anybody else
    has it open: what they write would go into a file that is gone."""
    with connection.cursor() as cursor:
        # Milliseconds; whoever has it open for longer is no command that is about to end.
        cursor.execute("PRAGMA busy_timeout = 2000")
        cursor.execute("PRAGMA journal_mode = DELETE")
        said = cursor.fetchone()[0]
    if said != "delete":
        raise OperationalError("the database is in use by another process; stop that first")
    connection.close()


def _fill_anew(unpacked: Path, manifest: Mapping[str, Any]) -> None:
    """All of it in one transaction: stopped anywhere, it is as it was. What others have in the schema
    stays; where it hangs on our tables, the database refuses."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        granted = _granted(cursor)
        own = [*older.tables_there("default"), "django_migrations"]
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(map(quote, own))}")
        cursor.execute("DROP FUNCTION IF EXISTS audit_append_only()")
        older.put_in(unpacked / "tables", manifest)
        there = set(connection.introspection.table_names(cursor))
        for table, privilege, grantee in granted:
            if table in there:
                whom = "PUBLIC" if grantee == "PUBLIC" else quote(grantee)
                cursor.execute(f"GRANT {privilege} ON {quote(table)} TO {whom}")


def _granted(cursor: Any) -> list[tuple[str, str, str]]:
    """(table, privilege, role): what others may do with tables."""
    cursor.execute(
        "SELECT table_name, privilege_type, grantee FROM information_schema.role_table_grants"
        " WHERE table_schema = current_schema() AND grantee <> current_user"
    )
    found: list[tuple[str, str, str]] = cursor.fetchall()
    return found
