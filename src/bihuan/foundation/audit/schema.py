"""Whether the database has the tables that this version of the house writes, and how it gets them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from typing_extensions import override

if TYPE_CHECKING:
    from django.db.migrations.migration import Migration
    from django.db.migrations.state import ProjectState

# A number of our own among those that PostgreSQL locks by.
_LOCK = 0x6269_6875_616E
_UNFINISHED = "update.unfinished"


class _OneByOne(MigrationExecutor):
    """Each change of tables and the note that it was made are one transaction: killed between the two,
    Django would make the same table a second time and fail from then on."""

    @override
    def apply_migration(
        self,
        state: "ProjectState",
        migration: "Migration",
        fake: bool = False,
        fake_initial: bool = False,
    ) -> "ProjectState":
        if not migration.atomic:
            return super().apply_migration(state, migration, fake, fake_initial)
        # SQLite hears this outside of a transaction only; the keys are checked before it ends.
        off = connection.vendor == "sqlite" and connection.disable_constraint_checking()
        try:
            with transaction.atomic():
                return super().apply_migration(state, migration, fake, fake_initial)
        finally:
            if off:
                connection.enable_constraint_checking()


def pending() -> int:
    """How many migrations the database lacks; all of them when it is new."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def bring_up() -> None:
    """Gives the database the tables of this version. Stopped anywhere it goes on there next time; two
    of them at once take turns (see `alone`). Raises DatabaseError."""
    with alone():
        executor = _OneByOne(connection)
        executor.loader.check_consistent_history(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
        # What Django does around migrations; of those there is none left.
        call_command("migrate", verbosity=0)


@contextmanager
def alone() -> Iterator[None]:
    """Whoever changes an installation does so alone, also from several machines at one database;
    others wait. Within it the same process may ask again."""
    handle = os.open(_beside("update.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with _waited(handle):
            yield
    finally:
        os.close(handle)


_held: list[int] = []
_updates: list[Path] = []


@contextmanager
def _waited(handle: int) -> Iterator[None]:
    if _held:
        yield
        return
    fcntl.flock(handle, fcntl.LOCK_EX)
    postgres = connection.vendor == "postgresql"
    if postgres:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    _held.append(handle)
    try:
        yield
    finally:
        _held.clear()
        if postgres and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _beside(name: str) -> Path:
    found: Path = settings.DATA / name
    return found


@contextmanager
def updating() -> Iterator[None]:
    """Around all that an update does to data: `unfinished` until it has come to its end, whatever
    stopped it. Alone, as `alone` says; within it another one is a part of it."""
    with alone():
        mark = _beside(_UNFINISHED)
        mark.touch(mode=0o600)
        _updates.append(mark)
        try:
            yield
        finally:
            _updates.pop()
        if not _updates:
            mark.unlink(missing_ok=True)


def end_unfinished() -> None:
    """Lets go of the mark of an update that was undone."""
    _beside(_UNFINISHED).unlink(missing_ok=True)


def unfinished() -> bool:
    """Whether an update began in this data folder and did not come to its end."""
    return _beside(_UNFINISHED).exists()


def explains(error: Exception) -> bool:
    """Whether an error came about because the database was never brought up to date."""
    if not isinstance(error, (OperationalError, ProgrammingError)):
        return False
    try:
        return pending() > 0
    except DatabaseError:
        # Away or locked: then that is what is wrong.
        return False
