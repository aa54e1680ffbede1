"""The contact vault: who a sender is and how to reach them, sealed with AES-256-GCM."""

import base64
import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from bihuan.foundation.audit import record
from bihuan.foundation.audit.models import Contact
from bihuan.foundation.audit.record import Happening
from bihuan.foundation.sql.lookup import Lookup
from bihuan.lib import codes, keyring

AT_ONCE = 500


class VaultError(Exception):
    """A sealed entry that this installation's key cannot open."""


_of = Lookup(Contact.objects.filter(subject="?", erased=False).order_by("-pk"), "?")


@dataclass(frozen=True)
class Person:
    """What a sender told us about themselves; any of it may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


def _ciphers(named: str) -> list[AESGCM]:
    """Those that may open an entry: of the key it names, or of all keys where it names none."""
    keys = keyring.every(settings.SECRETS, "vault")
    wanted = [key for key in keys if not named or keyring.key_id(key) == named]
    return [AESGCM(bytes.fromhex(key)) for key in wanted]


def seal(person: Person, subject: str) -> str:
    """A contact as text that only this installation opens, and only for the same subject."""
    nonce = secrets.token_bytes(12)
    text = json.dumps(asdict(person), ensure_ascii=False).encode()
    key = settings.SECRETS["vault"]
    # Bound to its subject: an entry moved to another matter does not open.
    shut = AESGCM(bytes.fromhex(key)).encrypt(nonce, text, subject.encode())
    return f"{keyring.key_id(key)}:{base64.b64encode(nonce + shut).decode()}"


def unseal(sealed: str, subject: str) -> Person:
    """What was sealed. Raises VaultError."""
    # Entries of before keys had ids name none.
    named, _, text = sealed.rpartition(":")
    raw = base64.b64decode(text)
    for cipher in _ciphers(named):
        try:
            return Person(**json.loads(cipher.decrypt(raw[:12], raw[12:], subject.encode())))
        except InvalidTag:
            continue
    raise VaultError(subject)


def _phone_indexes(phone: str) -> list[str]:
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c in "0123456789")
    # The same mobile with and without the country's code.
    digits = re.sub(r"^(?:00)?86(?=1\d{10}\Z)", "", digits)
    return codes.blinds(keyring.every(settings.SECRETS, "blind"), digits) if digits else []


def store(subject: str, person: Person, *, actor: str, at: datetime, keep_until: date) -> None:
    """Keeps a sender's contact until `keep_until`; an empty one is not kept at all."""
    if not person:
        return
    record.create(
        Contact(
            subject=subject,
            sealed=seal(person, subject),
            phone_index=next(iter(_phone_indexes(person.phone)), ""),
            keep_until=keep_until,
        ),
        Happening("contact.stored", at, actor),
    )


def has(subject: str) -> bool:
    """Whether there is a contact to reveal."""
    return bool(_of(subject))


@transaction.atomic
def reveal(subject: str, *, actor: str, at: datetime, reason: str) -> Person:
    """Opens an entry and logs who did and why. Raises LookupError when there is none."""
    entry = next(iter(_of(subject)), None)
    if entry is None:
        raise LookupError(subject)
    record.change(entry, Happening("contact.revealed", at, actor, private={"reason": reason}))
    return unseal(entry.sealed, subject)


def for_delivery(subject: str) -> Person | None:
    """The contact for a message to the sender themselves, which no person gets to see."""
    entry = next(iter(_of(subject)), None)
    return unseal(entry.sealed, subject) if entry else None


def for_masking(subjects: Iterable[str]) -> set[str]:
    """Names, numbers and addresses of all senders of these streams, by which texts for others are
    masked; no person gets to see them. What was sealed with keys this installation no longer has is
    left out: what its form betrays is still found."""
    words: set[str] = set()
    ordered = sorted(set(subjects))
    for first in range(0, len(ordered), AT_ONCE):
        part = ordered[first : first + AT_ONCE]
        for subject, sealed in Contact.objects.filter(subject__in=part, erased=False).values_list(
            "subject", "sealed"
        ):
            try:
                sender = unseal(sealed, subject)
            except VaultError:
                continue
            words |= {sender.name, sender.phone, sender.email}
    return words - {""}


def _reason(said: Mapping[str, Any]) -> str:
    # Versions before kept it where it could not be erased.
    return str(said.get("private", said).get("reason", ""))


def reveals(subject: str) -> list[dict[str, str]]:
    """Who opened an entry, when and why, oldest first."""
    entry = Contact.objects.filter(subject=subject).order_by("-pk").first()
    if entry is None:
        return []
    return [
        {"actor": e.actor, "at": e.at.isoformat(), "reason": _reason(record.read(e))}
        for e in record.history(entry.stream)
        if e.type == "contact.revealed"
    ]


def subjects_of_phone(phone: str, limit: int = 20) -> list[str]:
    """Streams of the matters a telephone number has brought, newest first."""
    indexes = _phone_indexes(phone)
    if not indexes:
        return []
    found = Contact.objects.filter(phone_index__in=indexes, erased=False).order_by("-pk")
    return list(found.values_list("subject", flat=True)[:limit])


@transaction.atomic
def erase(subject: str, *, actor: str, at: datetime) -> int:
    """Forgets a sender; the log keeps only that there was one. Returns how many entries went."""
    entries = _of(subject)
    for entry in entries:
        blank = {"sealed": "", "phone_index": "", "keep_until": None, "erased": True}
        record.erase(entry, Happening("contact.erased", at, actor, set=blank))
    return len(entries)


def due(on: date, limit: int, *, after: int = 0) -> list[tuple[int, str]]:
    """(cursor, subject) of contacts past their time, the next page of them after a cursor."""
    found = Contact.objects.filter(erased=False, keep_until__lt=on, pk__gt=after).order_by("pk")
    return list(found.values_list("pk", "subject")[:limit])
