"""Keys under which a clerk's phone seals what it keeps: one for each person and phone, told to whoever
is logged in as that person and to nobody else (ADR 42).

They are derived, never stored: this installation can open what a phone kept, whoever brings it.
"""

import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from bihuan.lib import keyring

# A number that a phone draws for itself once.
_DEVICE = re.compile(r"[0-9a-f]{32}")


def is_device(text: str) -> bool:
    """Whether this can be a phone's own number: 128 bits in hexadecimal."""
    return _DEVICE.fullmatch(text) is not None


def keys(person_id: int, device: str) -> Mapping[str, bytes]:
    """key id → AES-256 key of a person on a phone; the first seals, the others open what was sealed
    before the house's keys were rotated."""
    found = {}
    for one in keyring.every(settings.SECRETS, "vault"):
        told = f"bihuan phone|{person_id}|{device}".encode()
        derived = HKDF(SHA256(), 32, salt=None, info=told).derive(bytes.fromhex(one))
        found[keyring.key_id(one)] = derived
    return found


def unseal(
    sealed: bytes, nonce: bytes, *, person_id: int, device: str, key_id: str, bound: str
) -> bytes | None:
    """What a person's phone sealed, `bound` to what stands in the open beside it; None where it was
    sealed under another key or changed since."""
    key = keys(person_id, device).get(key_id) if is_device(device) else None
    if key is None or len(nonce) != 12:
        return None
    try:
        return AESGCM(key).decrypt(nonce, sealed, bound.encode("utf-8", "surrogatepass"))
    except InvalidTag:
        return None
