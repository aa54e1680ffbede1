"""Signatures under what leaves the house: Ed25519, so that whoever has the public key can check."""

import hmac
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from bihuan.lib import canonical, keyring

_PURPOSE = b"bihuan log signature 1"


@dataclass(frozen=True)
class Signature:
    """A signature with the id of the key that made it, both in hexadecimal."""

    key: str
    value: str


def _private(seal: str) -> Ed25519PrivateKey:
    # A key of its own: the one it comes from also signed the seals of before and signs backups.
    return Ed25519PrivateKey.from_private_bytes(
        hmac.digest(bytes.fromhex(seal), _PURPOSE, "sha256")
    )


def _named(public: bytes) -> str:
    return canonical.digest(f"ed25519 {public.hex()}")[:16]


@lru_cache(maxsize=64)
def _public(seal: str) -> tuple[str, bytes]:
    public = _private(seal).public_key().public_bytes_raw()
    return _named(public), public


def public_keys() -> dict[str, bytes]:
    """The public keys of this house by their ids: the one in use first, then the retired."""
    return dict(_public(seal) for seal in keyring.every(settings.SECRETS, "seal"))


def sign(text: str) -> Signature:
    """Signs with the key in use."""
    seal = settings.SECRETS["seal"]
    key, _ = _public(seal)
    return Signature(key, _private(seal).sign(text.encode()).hex())


def signed(text: str, signature: Signature, public: dict[str, bytes] | None = None) -> bool:
    """Whether a key of ours (or of `public`) of that id signed the text."""
    keys = public_keys() if public is None else public
    found = keys.get(signature.key)
    if found is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(found).verify(
            bytes.fromhex(signature.value), text.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return True
