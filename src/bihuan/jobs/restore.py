"""Restore: the whole archive is proved first, then files, then the database in one transaction."""

import hashlib
import json
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import Error as DatabaseError
from django.db import connection, transaction

from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import Finding
from bihuan.foundation.files import api as files
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.search import api as search
from bihuan.jobs import older, proving, sealed, tables
from bihuan.jobs.backup import FORMAT, MANIFEST, SECRETS, BackupError, Summary, fingerprint
from bihuan.kernel.programmes import api as programmes

# Of archives that were made before there were signatures.
UNSIGNED_FORMAT = 1
MEMBER = re.compile(r"tables/[a-z_.]+\.jsonl|files/[0-9a-f]{64}|secrets\.json")
UNSIGNED = (
    "its signature was made with keys that are not here: nobody can tell whether rows outside the "
    "log (password hashes, views, notices) are as they were; name the keys with --keys"
)
ITS_OWN = (
    "who made the archive: it was proved with the keys that it brings itself, and whoever could "
    "read them could have written it; keys kept apart (--keys FILE) would prove it"
)
BEFORE = (
    "that nobody changed the archive: it comes from a version that did not sign what it backed up; "
    "the log and its seals were proved, rows outside it (notices, views) could not be"
)
NOT_SIGNED = (
    "the archive is not signed, as those of a version before were; when you know where it lay all the "
    "time, restore it with --unsigned, and nothing will vouch for it; nothing was written"
)
CHANGED = "it was changed after it was made; nothing was written"
DAMAGED = "the archive is damaged or cut short; nothing was written"


@dataclass
class Restored:
    """What was restored: `warnings` are to be read, `unproved` is what nobody can know from the
    archive alone, `findings` are what the proof found."""

    summary: Summary
    unproved: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Proved:
    """Which keys belong to the archive (None: nobody has them here), and what stays unproved."""

    keys: dict[str, str] | None
    unproved: list[str]
    findings: list[Finding]


def _are_keys(found: object) -> bool:
    """Whether it can stand in the place of our own keys."""
    if not isinstance(found, dict) or not found.keys() >= set(settings.KEY_NAMES):
        return False
    return all(isinstance(v, str) and re.fullmatch(r"[0-9a-f]{64}", v) for v in found.values())


def _keys_in(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not _are_keys(found):
            raise BackupError(f"{path.name} holds no keys of an installation; nothing was written")
    except (OSError, ValueError) as error:
        raise BackupError(f"{path} cannot be read as keys: {error}") from error
    return dict(found)


def _prove(manifest: dict[str, Any], folder: Path, apart: Path | None) -> _Proved:
    """Asks the signature, with the keys of the best witness there is: those kept apart, our own, those
    in the archive. Raises BackupError where the keys are the right ones and the signature is not."""
    enclosed = folder / SECRETS
    ours = dict(settings.SECRETS)
    if apart is not None:
        keys = _keys_in(apart)
    elif (
        fingerprint(ours) == manifest["secrets"]
        or sealed.signed(manifest, ours)
        or not enclosed.exists()
    ):
        keys = ours
    else:
        keys = _keys_in(enclosed)
    # Keys rotated since have another fingerprint, and among the retired the one that signed.
    known = fingerprint(keys) == manifest["secrets"] or sealed.signed(manifest, keys)
    if enclosed.exists() and fingerprint(_keys_in(enclosed)) != manifest["secrets"]:
        raise BackupError("the archive brings keys that are not those it was made with; " + CHANGED)
    unsigned = manifest["format"] == UNSIGNED_FORMAT
    if known and not unsigned and not sealed.signed(manifest, keys):
        raise BackupError("the signature of the archive is not that of its contents; " + CHANGED)
    if apart is not None and not known:
        raise BackupError(f"{apart} holds other keys than the archive was signed with; " + CHANGED)
    if not known:
        return _Proved(None, [], [Finding("backup", UNSIGNED)])
    unproved = [BEFORE] if unsigned else []
    if apart is None and keys != ours:
        unproved.append(ITS_OWN)
    return _Proved(keys, unproved, [])


def _unpack(source: Path, folder: Path, *, unsigned: bool) -> dict[str, Any]:
    """Unpacks into a folder of our own, proving size and hash of every member."""
    try:
        with tarfile.open(source, "r:*") as archive:
            first = archive.next()
            if first is None or first.name != MANIFEST or not first.isreg():
                raise BackupError("this is not a backup made by bihuan")
            manifest = _manifest(archive.extractfile(first), unsigned=unsigned)
            wanted: dict[str, list[Any]] = dict(manifest["members"])
            for entry in archive:
                if entry.name == MANIFEST:
                    continue
                size, digest = wanted.pop(entry.name, (None, None))
                if size != entry.size or not MEMBER.fullmatch(entry.name) or not entry.isreg():
                    raise BackupError(DAMAGED)
                taken = archive.extractfile(entry)
                if taken is None or _copy(taken, folder / entry.name) != digest:
                    raise BackupError(DAMAGED)
    except FileNotFoundError as error:
        raise BackupError(f"there is no file {source}") from error
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError, TypeError) as error:
        raise BackupError(f"{DAMAGED} ({error})") from error
    if wanted:
        raise BackupError(DAMAGED)
    return manifest


def unpack(source: Path, folder: Path) -> dict[str, Any]:
    """The manifest of a signed archive that lies open, its members unpacked into `folder`, each proved
    by size and hash. Raises BackupError."""
    folder.mkdir(exist_ok=True)
    return _unpack(source, folder, unsigned=False)


def _manifest(source: IO[bytes] | None, *, unsigned: bool) -> dict[str, Any]:
    found = json.loads(source.read()) if source else None
    if not isinstance(found, dict) or "format" not in found:
        raise BackupError("this is not a backup made by bihuan")
    if found["format"] == UNSIGNED_FORMAT and not unsigned:
        raise BackupError(NOT_SIGNED)
    if found["format"] not in (FORMAT, UNSIGNED_FORMAT):
        raise BackupError(
            f"the archive has format {found['format']}, this version reads {FORMAT}; "
            f"restore with version {found.get('version')}"
        )
    needed = {"members", "counts", "heads", "migrations", "secrets", "version"}
    if needed - found.keys():
        raise BackupError(DAMAGED)
    return found


def _copy(source: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    running = hashlib.sha256()
    with target.open("wb") as out:
        while chunk := source.read(1 << 20):
            running.update(chunk)
            out.write(chunk)
    return running.hexdigest()


def _fits(manifest: dict[str, Any], folder: Path, *, force: bool) -> dict[str, Any]:
    """The manifest of the tables as they are to go in: those of an older version are brought to
    today's first, in `folder`. Raises BackupError where this version cannot take them."""
    mine, its = set(tables.migrations("default")), set(manifest["migrations"])
    if mine != its and not older.is_older(its, mine):
        differing = ", ".join(sorted(its - mine)[:5])
        raise BackupError(
            f"the archive was made by version {manifest['version']} with tables that this one does "
            f"not know ({differing}); restore with that version or a newer one"
        )
    if not force and not tables.empty("default"):
        raise BackupError(
            "the database is not empty; restore into a new one, or say --force to replace "
            "everything in it"
        )
    if mine == its:
        return manifest
    try:
        return manifest | older.bring_up(folder, manifest)
    except older.OlderError as error:
        raise BackupError(
            f"the archive of version {manifest['version']} could not be brought to today's tables: "
            f"{error}; nothing was written"
        ) from error


def _place_files(folder: Path) -> int:
    """Content-addressed, so harmless even if the database then refuses."""
    count = 0
    for path in sorted((folder / "files").glob("*")):
        target = files.path_of(path.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f"{target.name}.restoring")
        shutil.copyfile(path, aside)
        aside.replace(target)
        count += 1
    return count


def _place_secrets(keys: dict[str, str] | None) -> list[str]:
    if keys == settings.SECRETS:
        return []
    if keys is None:
        return [
            (
                "this installation has other keys than the one backed up: contacts cannot be opened, "
                "second factors and connections with log-in providers do not work (take them off: "
                "bihuan user factor-off), query codes do not work and seals do not verify until its secrets.json is put back"
            )
        ]
    target: Path = settings.DATA / SECRETS
    kept = target.with_name(f"{SECRETS}.before-restore")
    aside = target.with_name(f"{SECRETS}.restoring")
    aside.write_text(json.dumps(keys), encoding="utf-8")
    if target.exists():
        target.replace(kept)
    aside.replace(target)
    settings.SECRETS.clear()
    settings.SECRETS.update(keys)
    return [f"the keys of the archive are in place; the earlier ones are in {kept.name}"]


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables.carried()):
            cursor.execute(statement)


def _fill(folder: Path, manifest: dict[str, Any]) -> None:
    tables.clear("default")
    for model in tables.carried():
        path = folder / "tables" / f"{model._meta.label_lower}.jsonl"
        if path.exists():
            with path.open(encoding="utf-8") as source:
                tables.load(model, source, "default")
    search.rebuild()
    _reset_sequences()
    if tables.counts("default") != manifest["counts"]:
        raise BackupError("the rows restored are not as many as were backed up; undone")
    # Nothing stands there where a backup before an upgrade held tables that have other names since.
    if manifest["heads"] and tables.heads("default") != manifest["heads"]:
        raise BackupError("the chains restored are not those backed up; undone")


@contextmanager
def opened(source: Path, *, identity: Path | None = None) -> Iterator[Path]:
    """The archive, decrypted with the secret key in `identity` when it is encrypted.

    Raises BackupError.
    """
    try:
        shut = sealed.is_encrypted(source)
    except FileNotFoundError as error:
        raise BackupError(f"there is no file {source}") from error
    except OSError as error:
        raise BackupError(f"{source} cannot be read: {error.strerror or error}") from error
    if not shut:
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="bihuan-restore-") as name:
        plain = Path(name) / "archive"
        try:
            sealed.decrypt(source, plain, identity)
        except sealed.SealedError as error:
            raise BackupError(str(error)) from error
        yield plain


def prove(source: Path, *, keys: Path | None = None, unsigned: bool = False) -> None:
    """Raises BackupError unless the archive is whole and, as far as its keys are here or in the
    file `keys`, signed with them; touches nothing of ours. `unsigned` takes one of a version that
    did not sign."""
    with tempfile.TemporaryDirectory(prefix="bihuan-restore-") as name:
        folder = Path(name)
        _prove(_unpack(source, folder, unsigned=unsigned), folder, keys)


def _take_over_seals(newest: dict[str, Any] | None, at: datetime) -> list[Finding]:
    """Lets the file beside the secrets go on from what was restored, and says where what was restored
    is not all that had been sealed when the backup was made."""
    try:
        wanted = [audit.proofs.read_anchor(newest)] if newest else []
        audit.take_up(at=at, why="restore")
    except (audit.BrokenLogError, audit.proofs.OutsideError) as error:
        return [Finding("seals.log", str(error))]
    return list(audit.anchored(wanted))


def run(
    source: Path,
    *,
    at: datetime,
    force: bool = False,
    keys: Path | None = None,
    unsigned: bool = False,
) -> Restored:
    """Restores an archive into the migrated, empty database (any, with `force`) and proves it.

    `keys` is the secrets.json of the installation that was backed up, kept apart from the archive.
    One that an older version made is brought to today's tables first; one of a version that did not
    sign is taken when `unsigned`. Raises BackupError, the database being as it was before.
    """
    with tempfile.TemporaryDirectory(prefix="bihuan-restore-") as name:
        folder = Path(name)
        manifest = _unpack(source, folder, unsigned=unsigned)
        proved = _prove(manifest, folder, keys)
        as_made, manifest = manifest, _fits(manifest, folder, force=force)
        count = _place_files(folder)
        try:
            with transaction.atomic():
                _fill(folder, manifest)
        except (DatabaseError, ValueError, KeyError, TypeError, ValidationError) as error:
            raise BackupError(f"the database did not take it, nothing changed: {error}") from error
        warnings = _place_secrets(proved.keys)
        told = _take_over_seals(manifest.get("seal"), at)
    if manifest is not as_made:
        # As `bihuan init` does after an update: nothing vouched for them in the version before.
        orgs.take_up_passwords(at=at, actor="system")
        warnings.append(
            f"the tables of version {as_made['version']} were brought to today's; run `bihuan init`, which installs "
            "the programmes of this version beside those it had"
        )
    programmes.forget_cached()
    summary = Summary(sum(manifest["counts"].values()), count, source.stat().st_size)
    findings = [*proved.findings, *told, *proving.everything()]
    return Restored(summary, proved.unproved, warnings, findings)
