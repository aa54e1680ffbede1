"""Whose log-in at a provider is whose here: connected once, then known by the provider's number.

Of that number a keyed digest is kept and nothing else of what a provider tells. Nobody is created by
coming in: who is nobody here stays outside (ADR 104).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from bihuan.foundation.access import doings, tries
from bihuan.foundation.access.api import AccessError, Actor, DeniedError
from bihuan.foundation.access.models import Connection
from bihuan.foundation.audit.api import Happening, change, create, history
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Person
from bihuan.lib import codes, keyring

Told = Callable[[int, datetime], None]
_TOLD: list[Told] = []


def tell_connected(told: Told) -> None:
    """Adds who tells a person that their account was connected with a provider: (whose, when)."""
    if told not in _TOLD:
        _TOLD.append(told)


@dataclass(frozen=True)
class Arrival:
    """Whom a provider vouches for: its key, its number for them, and what the operator says it
    proves (of ours → as it is told)."""

    provider: str
    subject: str
    proved: Mapping[str, str]


def _digests(provider: str, subject: str) -> list[str]:
    keys = keyring.every(settings.SECRETS, "blind")
    return codes.blinds(keys, f"connection|{provider}|{subject}")


def _standing(provider: str) -> QuerySet[Connection]:
    return Connection.objects.filter(provider=provider, ended_at__isnull=True)


def connected(person_id: int) -> dict[str, datetime]:
    """By which providers somebody may log in, each with since when."""
    rows = Connection.objects.filter(person_id=person_id, ended_at__isnull=True)
    return {row.provider: history(row.stream)[0].at for row in rows.order_by("pk")}


def connect(arrival: Arrival, *, at: datetime, actor: Actor) -> Connection:
    """Connects oneself with the log-in that one showed. What is connected already stays. Raises
    AccessError where it is another's, or one has another of this provider, and DeniedError."""
    if actor.person_id is None:
        raise DeniedError("login")
    row = _connect(actor.person_id, arrival, "self", at, actor.ref)
    for told in _TOLD:
        told(actor.person_id, at)
    return row


def _connect(person_id: int, arrival: Arrival, by: str, at: datetime, actor: str) -> Connection:
    digests = _digests(arrival.provider, arrival.subject)
    rows = _standing(arrival.provider)
    theirs = rows.filter(digest__in=digests).first()
    if theirs is not None and theirs.person_id == person_id:
        return theirs
    if theirs is not None:
        raise AccessError("access.connected_elsewhere")
    if rows.filter(person_id=person_id).exists():
        raise AccessError("access.connected_already")
    row = Connection(person_id=person_id, provider=arrival.provider, digest=digests[0], by=by)
    try:
        with transaction.atomic():
            return create(row, Happening("connection.made", at, actor, data={"by": by}))
    except IntegrityError as error:
        # Two at one instant: the database let one in.
        raise AccessError("access.connected_already") from error


def disconnect(provider: str, *, at: datetime, actor: Actor) -> None:
    """Takes one's own connection with a provider off. Raises LookupError where there is none."""
    row = _standing(provider).filter(person_id=actor.person_id or 0).first()
    if row is None:
        raise LookupError(provider)
    change(row, Happening("connection.ended", at, actor.ref, set={"ended_at": at}))


@transaction.atomic
def end_all(person_id: int, *, at: datetime, actor: str) -> int:
    """Takes off all connections that somebody has; returns how many there were."""
    rows = list(Connection.objects.filter(person_id=person_id, ended_at__isnull=True))
    for row in rows:
        change(row, Happening("connection.ended", at, actor, set={"ended_at": at}))
    return len(rows)


def arrived(arrival: Arrival, at: datetime) -> Person | None:
    """Who somebody that a provider vouches for is here: by their connection, else by what is proved
    of them, which connects them. None for whoever is nobody here, is closed, has no account, or
    could be several; the log keeps that somebody came."""
    digests = _digests(arrival.provider, arrival.subject)
    row = _standing(arrival.provider).filter(digest__in=digests).first()
    who = orgs.person(row.person_id) if row is not None else _by_proof(arrival, at)
    if who is not None and who.is_active and who.has_account:
        return who
    _stranger(arrival, digests[0], at)
    return None


def _by_proof(arrival: Arrival, at: datetime) -> Person | None:
    for name, value in arrival.proved.items():
        found = orgs.accounts.known_by(name, value)
        if found is None:
            continue
        try:
            _connect(found.pk, arrival, name, at, f"person:{found.pk}")
        except AccessError:
            # They have another number of this provider: who was given theirs since does not come in.
            return None
        return found
    return None


def _stranger(arrival: Arrival, digest: str, at: datetime) -> None:
    """One line for each stranger, then at each power of ten: nobody fills the log by coming again."""
    count = tries.counted("stranger", digest, at)
    if str(count).strip("0") == "1":
        said = {"provider": arrival.provider, "count": count}
        doings.note(doings.NOBODY, Happening("login.stranger", at, "nobody", data=said))
