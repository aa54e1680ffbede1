"""What keeps an archive whole and shut: the signature of its manifest, encryption to public keys (age)."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pyrage

from bihuan.lib import canonical, keyring

SIGNATURE = "signature"
_AGE = b"age-encryption.org/v1\n"
_PURPOSE = b"bihuan backup manifest 1"


class SealedError(Exception):
    """A key that is none, or an archive that does not open with it; in plain words."""


def signature(manifest: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    """The signature of all that a manifest says but the signature itself, with an installation's keys."""
    return _by(keys["seal"], manifest)


def _by(seal: str, manifest: Mapping[str, Any]) -> str:
    said = {name: value for name, value in manifest.items() if name != SIGNATURE}
    # A key of its own, so that no seal of the log can ever pass for one of these.
    key = hmac.digest(bytes.fromhex(seal), _PURPOSE, "sha256")
    return hmac.new(key, canonical.dumps(said).encode(), hashlib.sha256).hexdigest()


def signed(manifest: Mapping[str, Any], keys: Mapping[str, str]) -> bool:
    """Whether the manifest was written by somebody who had these keys, in use or retired, and is as it
    was then."""
    found = manifest.get(SIGNATURE)
    return isinstance(found, str) and any(
        hmac.compare_digest(found.encode(), _by(seal, manifest).encode())
        for seal in keyring.every(keys, "seal")
    )


def recipients(given: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Public keys `age1…`. Raises SealedError naming the one that is none."""
    found = []
    for text in given:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text))
        except pyrage.RecipientError as error:
            raise SealedError(
                f"{text} is no public key of age; `bihuan backup-key FILE` makes one"
            ) from error
    return found


def new_identity() -> tuple[str, str]:
    """A secret key and its public one."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def is_encrypted(source: Path) -> bool:
    """Whether a file is one of age. Raises OSError."""
    with source.open("rb") as opened:
        return opened.read(len(_AGE)) == _AGE


def encrypt(source: Path, into: IO[bytes], to: Sequence[pyrage.x25519.Recipient]) -> None:
    """Writes a file encrypted, piece by piece. Raises OSError."""
    with source.open("rb") as opened:
        pyrage.encrypt_io(opened, into, list(to))


def decrypt(source: Path, target: Path, identity: Path | None) -> None:
    """Writes a file decrypted with the secret key in `identity`. Raises SealedError, OSError."""
    if identity is None:
        raise SealedError(
            "the archive is encrypted: name the file of its secret key with --identity"
        )
    try:
        lines = identity.read_text(encoding="utf-8").splitlines()
        named = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        keys = [pyrage.x25519.Identity.from_str(line) for line in named]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise SealedError(f"{identity} holds no secret key of age") from error
    with source.open("rb") as opened, target.open("wb") as out:
        try:
            pyrage.decrypt_io(opened, out, keys)
        except (pyrage.DecryptError, OSError) as error:
            raise SealedError(
                "the archive does not open with this secret key, or is damaged; nothing was written"
            ) from error
