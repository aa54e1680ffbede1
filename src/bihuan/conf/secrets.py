"""Keys of an installation: made once, kept in one file that only its owner may read."""

import json
import os
import secrets
from pathlib import Path

NAMES = ("django", "code", "vault", "blind", "seal")


def load(path: Path) -> dict[str, str]:
    """The installation's keys, created at first use.

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
