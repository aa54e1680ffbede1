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
from django.db.migrations.state import ProjectState
from typing_extensions import override

if TYPE_CHECKING:
    from django.db.migrations.migration import Migration
    from django.db.migrations.state import ModelState

# A number of our own among those that PostgreSQL locks by.
_LOCK = 0x6269_6875_616E
_UNFINISHED = "update.unfinished"


class _Grown(ProjectState):
    """The models as changes of tables left them. For a new one Django makes all anew that hang together
    with those it names, which is most of the house; here only that one is made, and what it names learns
    of it as it does of a model in the code."""

    @override
    def clone(self) -> "ProjectState":
        made = super().clone()
        made.__class__ = _Grown
        return made

    @override
    def add_model(self, model_state: "ModelState") -> None:
        made = self.__dict__.pop("apps", None)
        super().add_model(model_state)
        if made is not None:
            self.apps = made
            made.render_multiple([model_state])


class Executor(MigrationExecutor):
    """Django's, in three quarters of its time."""

    def _create_project_state(self, **how: bool) -> ProjectState:
        made: ProjectState = super()._create_project_state(**how)  # type: ignore[misc]  # left out of its types
        made.__class__ = _Grown
        return made


class _OneByOne(Executor):
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


def is_new() -> bool:
    """Whether the database has no tables of ours."""
    return not MigrationExecutor(connection).recorder.applied_migrations()


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


class InUseError(Exception):
    """Pages or work run here, or an upgrade does; what to do, in plain words."""


@contextmanager
def in_use() -> Iterator[None]:
    """Around serving and working from this data folder; what this process becomes within holds it on.
    Raises InUseError while `unused` does."""
    handle = _lock(fcntl.LOCK_SH, "an upgrade of this installation is running; wait for its end")
    os.set_inheritable(handle, True)  # noqa: FBT003 - its only form
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def unused() -> Iterator[None]:
    """Around what nobody may serve or work beside, from this data folder. Raises InUseError."""
    why = "the installation is in use here: stop `serve` and `work` first; nothing was changed"
    handle = _lock(fcntl.LOCK_EX, why)
    try:
        yield
    finally:
        os.close(handle)


def _lock(kind: int, why: str) -> int:
    handle = os.open(_beside("use.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise InUseError(why) from error
    return handle


@contextmanager
def updating() -> Iterator[None]:
    """Around all that an update does to data: `unfinished` until it has come to its end, whatever
    stopped it. Alone, as `alone` says; within it another one is a part of it."""
    with alone():
        mark = _beside(_UNFINISHED)
        # What it says stays: whoever goes on with a stopped update goes on with that one.
        mark.touch(mode=0o600)
        _updates.append(mark)
        try:
            yield
        finally:
            _updates.pop()
        if not _updates:
            mark.unlink(missing_ok=True)


def begin_unfinished(of: str) -> None:
    """Marks an update as begun, on the disk, before anything is changed; `of` is what it is called."""
    aside = _beside(f"{_UNFINISHED}.part")
    aside.touch(mode=0o600)
    with aside.open("w", encoding="utf-8") as out:
        out.write(of)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(_beside(_UNFINISHED))


def unfinished_of() -> str:
    """What the update that did not come to its end is called; nothing where there is none, or where it
    has no name."""
    try:
        return _beside(_UNFINISHED).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


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
