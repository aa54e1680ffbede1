"""Backup: a consistent snapshot of database and files in one archive, for either database."""

import hashlib
import json
import os
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import Model

import bihuan
from bihuan.foundation.access import doings
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.jobs import older, sealed, tables
from bihuan.lib import canonical

# 2: the manifest is signed; one without a signature is not taken for an older one.
FORMAT = 2
MANIFEST = "manifest.json"
SECRETS = "secrets.json"
STORED = re.compile(r"[0-9a-f]{64}")
SNAPSHOT = "snapshot"


class BackupError(Exception):
    """What cannot be done, said in plain words."""


@dataclass(frozen=True)
class Summary:
    """What an archive holds."""

    rows: int
    files: int
    bytes: int


def fingerprint(keys: Mapping[str, str]) -> str:
    """By which two installations find out whether they have the same keys."""
    return canonical.digest("bihuan keys " + canonical.dumps(keys))[:32]


@contextmanager
def _snapshot(folder: Path) -> Iterator[str]:
    """The alias of a database that stands still while it is read."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield "default"
        return
    copy = folder / "snapshot.sqlite3"
    connection.ensure_connection()
    target = sqlite3.connect(copy)
    try:
        connection.connection.backup(target)
    finally:
        target.close()
    connections.databases[SNAPSHOT] = {
        **connections["default"].settings_dict,
        "NAME": str(copy),
        "OPTIONS": {},
    }
    try:
        yield SNAPSHOT
    finally:
        connections[SNAPSHOT].close()
        del connections[SNAPSHOT]
        del connections.databases[SNAPSHOT]
        copy.unlink(missing_ok=True)


def _dump(folder: Path, alias: str, models: Sequence[type[Model]]) -> dict[str, int]:
    counts = {}
    for model in models:
        name = model._meta.label_lower
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") as out:
            rows = -1
            for line in tables.lines(model, alias):
                out.write(line)
                rows += 1
        counts[name] = rows
    return counts


def _told(folder: Path, alias: str, *, before_upgrade: bool) -> dict[str, Any]:
    """Writes the tables into `folder`; returns what the manifest says of them."""
    if not before_upgrade:
        return {
            older.MIGRATIONS: tables.migrations(alias),
            older.COUNTS: _dump(folder, alias, tables.carried()),
            older.HEADS: tables.heads(alias),
        }
    applied, models = older.as_they_stand(alias)
    counts, heads = _dump(folder, alias, models), tables.heads(alias, models)
    return {older.MIGRATIONS: applied, older.COUNTS: counts, older.HEADS: heads}


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _newest_seal() -> dict[str, Any] | None:
    """What the log had to continue when the backup was made: from beside the secrets, so that a
    database that was cut before does not look whole after a restore. Raises BackupError."""
    try:
        found = audit.proofs.newest_outside()
    except audit.proofs.OutsideError as error:
        raise BackupError(f"{error}; `bihuan verify` says more") from error
    return audit.proofs.published(found) if found else None


def _stored_files() -> list[Path]:
    root: Path = settings.FILES_ROOT
    return sorted(p for p in root.glob("??/*") if STORED.fullmatch(p.name) and p.is_file())


def make(
    target: Path,
    *,
    at: datetime,
    with_secrets: bool = False,
    to: Sequence[str] = (),
    before_upgrade: bool = False,
) -> Summary:
    """Writes an archive, signed, and encrypted `to` public keys of age; others may go on working.

    It appears under its name only when it is whole, and the log that is in it says that it was made.
    `before_upgrade` takes the tables as the version before left them and writes nothing into them.
    Raises BackupError when it cannot be written.
    """
    try:
        shut_to = sealed.recipients(to)
    except sealed.SealedError as error:
        raise BackupError(str(error)) from error
    aside = target.with_name(f"{target.name}.part")
    said = {"encrypted": bool(shut_to), "keys": with_secrets}
    if not before_upgrade:
        doings.done(SYSTEM, "backup.made", at, said)
    try:
        with tempfile.TemporaryDirectory(prefix="bihuan-backup-") as name:
            folder = Path(name)
            dumped = folder / "tables"
            dumped.mkdir()
            with _snapshot(folder) as alias:
                manifest: dict[str, Any] = {
                    "format": FORMAT,
                    "version": bihuan.__version__,
                    "made_at": canonical.instant(at),
                    "vendor": connection.vendor,
                    **_told(dumped, alias, before_upgrade=before_upgrade),
                    "secrets": fingerprint(settings.SECRETS),
                    "seal": _newest_seal(),
                }
            members = [(f"tables/{p.name}", p) for p in sorted(dumped.iterdir())]
            members += [(f"files/{p.name}", p) for p in _stored_files()]
            if with_secrets:
                members.append((SECRETS, settings.DATA / SECRETS))
            manifest["members"] = {
                member: [path.stat().st_size, _digest(path)] for member, path in members
            }
            manifest[sealed.SIGNATURE] = sealed.signature(manifest, settings.SECRETS)
            (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            plain = folder / "archive" if shut_to else aside
            mode = (
                "w" if ".tar" in target.suffixes[-2:] and ".gz" not in target.suffixes else "w:gz"
            )
            _pack(plain, [(MANIFEST, folder / MANIFEST), *members], mode)
            if shut_to:
                with _own(aside) as out:
                    sealed.encrypt(plain, out, shut_to)
            aside.replace(target)
            settle(target.parent)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise BackupError(f"cannot write {target.name}: {error.strerror or error}") from error
    files = sum(member.startswith("files/") for member, _ in members)
    return Summary(sum(manifest["counts"].values()), files, target.stat().st_size)


def settle(folder: Path) -> None:
    """What was renamed in a folder is so on the disk when this ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _own(target: Path) -> Iterator[IO[bytes]]:
    """A new file for its owner's eyes, on the disk when this ends."""
    # What somebody laid there before would keep its own mode and owner.
    target.unlink(missing_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def _pack(target: Path, members: list[tuple[str, Path]], mode: str) -> None:
    with (
        _own(target) as out,
        tarfile.open(fileobj=out, mode=mode) as archive,  # type: ignore[call-overload]  # a mode chosen at run time
    ):
        for name, path in members:
            entry = tarfile.TarInfo(name)
            entry.size = path.stat().st_size
            with path.open("rb") as source:
                archive.addfile(entry, source)
