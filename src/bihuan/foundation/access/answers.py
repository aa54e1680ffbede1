"""Answers to repeated requests: a key that was used once gets its first answer again.

An answer may hold what is shown only once (a query code, a signing secret, a contact). It is sealed
under the requester's own token and key, neither of which is stored: the table alone opens nothing.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from bihuan.foundation.access.models import Answer
from bihuan.foundation.sql import statements
from bihuan.lib import codes

KEPT = timedelta(days=3)


class KeyReusedError(Exception):
    """The key was used before, for another request."""


@dataclass(frozen=True)
class Request:
    """What makes two requests the same: who asks (`token`), under which `key`, for what."""

    token: str
    key: str
    content: bytes

    def _derived(self, label: str) -> bytes:
        told = f"{label}|{len(self.token)}|{self.token}|{self.key}".encode("utf-8", "surrogatepass")
        return hmac.new(settings.SECRETS["blind"].encode(), told, hashlib.sha256).digest()

    @property
    def index(self) -> str:
        """The row's key in the table."""
        return self._derived("answer").hex()

    @property
    def digest(self) -> str:
        """Of the content, useless without our secret: contents are guessable, digests are not."""
        return codes.blind(
            settings.SECRETS["blind"].encode(), hashlib.sha256(self.content).hexdigest()
        )

    def seal(self, text: bytes) -> str:
        """The answer as it is stored."""
        nonce = secrets.token_bytes(12)
        sealed = nonce + AESGCM(self._derived("seal")).encrypt(nonce, text, None)
        return base64.b64encode(sealed).decode()

    def unseal(self, stored: str) -> bytes:
        """The answer as it was given."""
        sealed = base64.b64decode(stored)
        return AESGCM(self._derived("seal")).decrypt(sealed[:12], sealed[12:], None)


def claim(request: Request, at: datetime) -> bytes | None:
    """Takes the key for this request; returns the first answer when there was one.

    Runs in the transaction of the request itself: somebody with the same key at the same moment
    waits for its end. Raises KeyReusedError.
    """
    row = Answer(index=request.index, request=request.digest, at=at)
    mine = statements.insert(Answer, [statements.columns(row)], existing=statements.OR_LEAVE)
    if statements.run(mine):
        return None
    first = Answer.objects.get(index=request.index)
    if first.request != request.digest:
        raise KeyReusedError
    return request.unseal(first.sealed)


def keep(request: Request, text: bytes) -> None:
    """Stores the answer to a claimed request, in the same transaction."""
    given = {"sealed": request.seal(text)}
    statements.run(statements.update(Answer, given, {"index": [request.index]}))


def forget(at: datetime) -> None:
    """Deletes answers that nobody will ask for again."""
    Answer.objects.filter(at__lt=at - KEPT).delete()
