"""The newest seals outside the database: a file beside the secrets that only grows.

Whoever can write to the database and nothing else can empty its tables and make every chain anew,
but not take back what stands here. A line is a seal as it is published, or says that the database was
restored on purpose: {"restored": a seal, "at": …} gives up the lines of greater size before it.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from bihuan.foundation.audit import signing
from bihuan.foundation.audit.signing import Signature
from bihuan.lib import canonical


class OutsideError(Exception):
    """A file, or a line, that cannot be read as seals; in plain words."""


@dataclass(frozen=True)
class Head:
    """A seal as it stands outside the database: nothing but numbers, an instant and hashes."""

    size: int
    root: str
    at: str
    first_id: int
    last_id: int
    key: str
    signature: str

    @property
    def text(self) -> str:
        """What is signed."""
        said = [self.size, self.root, self.at, self.first_id, self.last_id]
        return canonical.dumps(["bihuan seal 2", *said])

    def is_ours(self) -> bool:
        """Whether a key of this house signed it."""
        return signing.signed(self.text, Signature(self.key, self.signature))


def head(said: Any) -> Head:
    """A head from what was read. Raises OutsideError."""
    kinds = dict(Head.__annotations__)
    try:
        found = {name: said[name] for name in kinds}
    except (KeyError, TypeError) as error:
        raise OutsideError("this is no seal of a log") from error
    if not all(type(found[name]) is kind for name, kind in kinds.items()):
        raise OutsideError("this is no seal of a log")
    return Head(**found)


def path() -> Path:
    """Where the file is."""
    found: Path = settings.SEALS_FILE
    return found


@contextmanager
def locked() -> Iterator[None]:
    """Whoever seals does so alone."""
    where = path().with_name(f"{path().name}.lock")
    handle = os.open(where, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def exists() -> bool:
    """Whether there is a file with anything in it."""
    try:
        return path().stat().st_size > 0
    except FileNotFoundError:
        return False


def set_aside(at: datetime) -> Path:
    """Keeps a file that was altered under another name; returns it. Raises OSError."""
    kept = path().with_name(f"{path().name}.{at:%Y%m%dT%H%M%S}")
    return path().replace(kept)


def _append(line: dict[str, Any]) -> None:
    handle = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "ab") as out:
        out.write((json.dumps(line) + "\n").encode())
        out.flush()
        os.fsync(out.fileno())


def add(one: Head) -> None:
    """Adds a seal. Raises OSError."""
    _append(asdict(one))


def add_restored(one: Head | None, at: datetime, why: str) -> None:
    """Notes that the database was put to the state of `one` on purpose (None: without any seal)."""
    said: dict[str, Any] = {
        "restored": asdict(one) if one else None,
        "at": canonical.instant(at),
        "why": why,
    }
    signature = signing.sign(canonical.dumps(said))
    _append({**said, "key": signature.key, "signature": signature.value})


def _is_ours(line: dict[str, Any]) -> bool:
    said = {name: line.get(name) for name in ("restored", "at", "why")}
    signature = Signature(str(line.get("key")), str(line.get("signature")))
    return signing.signed(canonical.dumps(said), signature)


def read() -> list[Head]:
    """The seals that hold, oldest first. Raises OutsideError, OSError.

    A last line without its end was cut by a crash while it was written; the next round writes it."""
    held: list[Head] = []
    if not exists():
        return held
    whole, _, _ = path().read_text(encoding="utf-8", errors="replace").rpartition("\n")
    for number, text in enumerate(whole.splitlines(), 1):
        try:
            line = json.loads(text)
        except ValueError as error:
            raise OutsideError(f"{path().name}: line {number} cannot be read") from error
        if isinstance(line, dict) and "restored" in line:
            if not _is_ours(line):
                raise OutsideError(f"{path().name}: line {number} was not written by this house")
            back = head(line["restored"]) if line["restored"] else None
            held = [one for one in held if back and one.size < back.size] + ([back] if back else [])
        else:
            held.append(head(line))
    return held


def _last_line() -> bytes:
    """The last whole line. Raises OSError."""
    with path().open("rb") as source:
        end = source.seek(0, os.SEEK_END)
        source.seek(max(0, end - 4096))
        lines = source.read().split(b"\n")
    return lines[-2] if len(lines) > 1 else b""


def newest() -> Head | None:
    """The seal that the log has to continue; None where there is none yet. Raises OutsideError,
    OSError."""
    if not exists():
        return None
    try:
        line = json.loads(_last_line())
    except ValueError as error:
        raise OutsideError(f"the last line of {path().name} cannot be read") from error
    if isinstance(line, dict) and "restored" in line:
        if not _is_ours(line):
            raise OutsideError(f"the last line of {path().name} was not written by this house")
        return head(line["restored"]) if line["restored"] else None
    return head(line)


def mend() -> None:
    """Takes away a line that a crash left without its end; the round that follows writes it anew."""
    if not exists():
        return
    with path().open("r+b") as out:
        end = out.seek(0, os.SEEK_END)
        out.seek(max(0, end - 4096))
        tail = out.read()
        if not tail.endswith(b"\n"):
            out.truncate(end - len(tail) + tail.rfind(b"\n") + 1)
