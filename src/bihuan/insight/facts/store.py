"""The folder of facts. At every instant it is the old state or the new one, never a mixture.

Files are written aside, synced, renamed; the manifest, which alone says what counts, comes last.
A file the manifest does not name is a leftover of a run that was killed, or of a state before.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from bihuan.insight.facts.marks import Mark
from bihuan.insight.problems import InsightError

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 8
MANIFEST = "manifest.json"
ASIDE = ".new-"


@dataclass(frozen=True)
class File:
    """One Parquet file: where, how many rows, its SHA-256, the month of its days if it has one."""

    path: str
    rows: int
    digest: str
    month: str = ""


@dataclass(frozen=True)
class Manifest:
    """What the folder holds: everything up to event `horizon` of the log, and nothing beyond.

    `tail` is the newest event in it and `tail_hash` its hash, by which the log is known again: one
    put back from a backup, or another, has another event there. `newest` is the latest instant at
    which something happened, `batch` counts the states there were.
    """

    horizon: int = 0
    tail: int = 0
    tail_hash: str = ""
    newest: str = ""
    batch: int = 0
    persons: bool = False
    marks: tuple[Mark, ...] = ()
    steps: tuple[File, ...] = ()
    places: File | None = None
    places_at: int = 0
    tallies: Mapping[str, File] = field(default_factory=dict)

    def of_days(self, first: date, after: date) -> list[File]:
        """The files that may hold days from `first` to the day before `after`; one without a month
        is empty, so that there is always a table to ask."""
        low, high = f"{first:%Y-%m}", f"{after - timedelta(days=1):%Y-%m}"
        return [one for one in self.steps if not one.month or low <= one.month <= high]

    def files(self) -> list[File]:
        """Every file that counts."""
        return [*self.steps, *([self.places] if self.places else []), *self.tallies.values()]


def _of(raw: Mapping[str, Any]) -> Manifest:
    return Manifest(
        **{
            **{k: v for k, v in raw.items() if k != "format"},
            "marks": tuple(Mark(m["event"], tuple(m["writers"])) for m in raw["marks"]),
            "steps": tuple(File(**f) for f in raw["steps"]),
            "places": File(**raw["places"]) if raw["places"] else None,
            "tallies": {name: File(**f) for name, f in raw["tallies"].items()},
        }
    )


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """SHA-256 of a file. Raises FileNotFoundError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Store:
    """The facts in one folder."""

    folder: Path

    def manifest(self) -> Manifest:
        """What counts now; an empty one where nothing was ever exported.

        Raises InsightError when the manifest is not one of ours, or of an earlier format."""
        raw = self._raw()
        if raw is None:
            return Manifest()
        if raw.get("format") != FORMAT:
            raise InsightError("insight.old_format")
        return _of(raw)

    def outdated(self) -> Manifest | None:
        """What an earlier release of the product left here, None when there is nothing such: its
        files have other columns, so they are made anew from the log."""
        raw = self._raw()
        return _of(raw) if raw is not None and raw["format"] < FORMAT else None

    def _raw(self) -> dict[str, Any] | None:
        bad = InsightError("insight.bad_manifest", folder=str(self.folder))
        try:
            raw = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise bad from error
        if not isinstance(raw, dict) or raw.get("format") not in range(1, FORMAT + 1):
            raise bad
        try:
            _of(raw)
        except (KeyError, TypeError) as error:
            raise bad from error
        return raw

    def path(self, file: File) -> str:
        """Where a file is. Raises InsightError when it is gone."""
        found = self.folder / file.path
        if not found.exists():
            raise InsightError("insight.file_gone", file=file.path)
        return str(found)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other exports out for as long; the lock dies with its process.

        Raises InsightError when another export is running."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise InsightError("insight.busy") from error
            yield

    def put(self, name: str, rows: "pa.Table", month: str = "") -> File:
        """Writes one file for good; it counts once a manifest names it."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f"{ASIDE}{target.name}")
        # Numbers and instants are nearly all different: a dictionary of them is made in vain.
        # Who only reads what was counted does not pay for what writes it.
        import pyarrow as pa  # noqa: PLC0415 - see above
        import pyarrow.parquet as pq  # noqa: PLC0415 - as above

        words = [f.name for f in rows.schema if pa.types.is_string(f.type)]
        pq.write_table(rows, aside, compression="zstd", write_statistics=True, use_dictionary=words)
        found = File(name, rows.num_rows, digest(aside), month)
        self._place(aside, target)
        return found

    def _place(self, aside: Path, target: Path) -> None:
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        aside.replace(target)
        _sync(target.parent)

    def drop(self, file: File) -> None:
        """Takes back a file that no manifest names."""
        (self.folder / file.path).unlink()

    def commit(self, manifest: Manifest) -> Manifest:
        """Makes a state the one that counts."""
        fresh = replace(manifest, batch=manifest.batch + 1)
        aside = self.folder / f"{ASIDE}{MANIFEST}"
        aside.write_text(json.dumps({"format": FORMAT, **asdict(fresh)}), encoding="utf-8")
        self._place(aside, self.folder / MANIFEST)
        return fresh

    def sweep(self, manifest: Manifest) -> int:
        """Removes files that do not count; returns how many. For the start of a run: whoever reads
        by the manifest before this one has had the whole time between two runs to finish."""
        counted = {one.path for one in manifest.files()}
        gone = 0
        for path in self.folder.rglob("*.parquet"):
            if str(path.relative_to(self.folder)) not in counted:
                path.unlink()
                gone += 1
        return gone


def store() -> Store:
    """The folder of facts of this installation."""
    return Store(Path(settings.FACTS_ROOT))
