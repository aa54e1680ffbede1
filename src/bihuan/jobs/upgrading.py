"""An upgrade: a backup of the tables as the version before left them, today's tables, and the way back
until something is written.

Whoever upgrades calls `begin`, brings data up to date within `foundation.audit.schema.updating`, then
`ended`; `undo` puts back what `begin` kept. What is known of it stands in `upgrade.json` beside the data.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor

from bihuan.foundation.audit.api import schema
from bihuan.jobs import backup, older, restore, tables
from bihuan.lib import canonical

BEGUN, DONE = "begun", "done"


class UpgradeError(Exception):
    """Why it cannot be done and what to do, in plain words."""


@dataclass(frozen=True)
class Upgrade:
    """`step` is how far it came, `archive` the backup of before, `to` the version it was brought to,
    `left` what the database held at its end."""

    step: str
    archive: str
    to: str
    at: str
    left: str = ""


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
    aside.write_text(json.dumps(asdict(upgrade)), encoding="utf-8")
    aside.replace(_note())


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
    return found is not None and found.step == BEGUN and schema.unfinished()


def begin(target: Path, *, version: str, at: datetime) -> backup.Summary:
    """Backs up what is there into `target` and proves that archive. Raises UpgradeError, nothing being
    changed then."""
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
    _keep(Upgrade(BEGUN, str(target.resolve()), version, canonical.instant(at)))
    return made


def ended() -> None:
    """Notes what the database holds now: what differs later was written since."""
    found = known()
    assert found is not None
    _keep(replace(found, step=DONE, left=_held()))


def _held() -> str:
    """A digest over how many rows there are of what, all events, the heads of all chained rows."""
    told = canonical.dumps(tables.counts("default")) + tables.heads("default")
    return canonical.digest(told)


def discard() -> str:
    """Takes away the backup of the newest upgrade, which cannot be undone from then on; returns its
    name, or nothing where there is none."""
    found = known()
    if found is None:
        return ""
    if is_stopped():
        raise UpgradeError(
            "that upgrade is not at its end; run `bihuan upgrade`, which goes on with it"
        )
    Path(found.archive).unlink(missing_ok=True)
    _note().unlink()
    return found.archive


def undo() -> Upgrade:
    """Puts the tables and rows of before the upgrade back. Raises UpgradeError, nothing being changed
    then: where something was written since, or the backup is not what it was."""
    with schema.alone():
        found = known()
        if found is None:
            raise UpgradeError("no upgrade is known here that could be undone; nothing was changed")
        _refuse_written(found)
        try:
            with tempfile.TemporaryDirectory(prefix="upgrade-", dir=settings.DATA) as name:
                _put_back(Path(found.archive), Path(name))
        except (backup.BackupError, older.OlderError, DatabaseError, OSError) as error:
            raise UpgradeError(f"it could not be put back, nothing was changed: {error}") from error
        _note().unlink()
        schema.end_unfinished()
        return found


def _refuse_written(found: Upgrade) -> None:
    if found.step == BEGUN:
        if not schema.unfinished():
            raise UpgradeError(
                "that upgrade was brought to its end otherwise (`bihuan init`), and nobody knows what was "
                f"written since; {found.archive} is the backup of before; nothing was changed"
            )
        return
    if schema.pending():
        raise UpgradeError("this is not the version that the upgrade led to; nothing was changed")
    if _held() != found.left:
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
    made = older.made_again(unpacked, manifest, fresh)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # What stands beside the file belongs to the one that goes.
    connection.close()
    target = Path(connection.settings_dict["NAME"])
    for beside in ("-wal", "-shm"):
        target.with_name(target.name + beside).unlink(missing_ok=True)
    made.replace(target)


def _fill_anew(unpacked: Path, manifest: Mapping[str, Any]) -> None:
    """All of it in one transaction: stopped anywhere, it is as it was."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        name = quote(cursor.fetchone()[0])
        cursor.execute(f"DROP SCHEMA {name} CASCADE")
        cursor.execute(f"CREATE SCHEMA {name}")
        older.put_in(unpacked / "tables", manifest)
