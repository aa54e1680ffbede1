"""Keys of an installation: made once, kept in one file that only its owner may read."""

import json
import os
import secrets
import stat
from pathlib import Path

from bihuan.lib import keyring

NAMES = ("django", "code", "vault", "blind", "seal")


class OpenKeysError(RuntimeError):
    """The file of keys lies open to other users of the machine."""


def load(path: Path) -> dict[str, str]:
    """The installation's keys, created at first use. `<name>.<id>` are retired ones.

    Two processes may start at once: the file is written aside and linked into place, so the
    second finds the first one's keys instead of replacing them.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = {name: secrets.token_hex(32) for name in NAMES}
        aside = path.with_name(f"{path.name}.{os.getpid()}")
        aside.touch(mode=0o600)
        aside.write_text(json.dumps(fresh), encoding="utf-8")
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def refuse_open(path: Path) -> None:
    """Raises OpenKeysError when others than its owner may read or write the file."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise OpenKeysError(
            f"{path} may be read by other users of this machine; run `bihuan init`, which closes it, "
            "and `bihuan keys rotate` where somebody may have read it"
        )


def rotate(path: Path, name: str) -> str:
    """Puts a fresh key in use for a purpose and retires the one before, which goes on reading;
    returns the fresh one's id. Raises KeyError for a purpose that there is not."""
    fresh = secrets.token_hex(32)
    keys = keyring.rotated(load(path), name, fresh)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(keys, out)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(path)
    return keyring.key_id(fresh)
