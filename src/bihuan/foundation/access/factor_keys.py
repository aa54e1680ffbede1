"""How the library of factors keeps secrets: sealed under a key of the house's own."""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from typing_extensions import override

from bihuan.lib import keyring


def _sealer() -> MultiFernet:
    """The key in use seals; those that were before still open."""
    found = keyring.every(settings.SECRETS, "blind")
    digests = (hashlib.sha256(f"factors|{key}".encode()).digest() for key in found)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in digests])


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library says no types
    """What `MFA_ADAPTER` names."""

    @override
    def encrypt(self, text: str) -> str:
        return _sealer().encrypt(text.encode()).decode()

    @override
    def decrypt(self, encrypted_text: str) -> str:
        return _sealer().decrypt(encrypted_text.encode()).decode()
