"""Invitations: a link by which somebody gets an account, or sets a new password to the one they have.

The secret stands in the link alone; of it a keyed digest is kept, as of a token. A wrong one, one that was
used, was ended or has run out look alike to whoever comes with it, and tries are paced (ADR 72).
Who may give and end one is asked in `governing`.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import connecting, logins, tries
from bihuan.foundation.access.api import AccessError
from bihuan.foundation.access.logins import TooSoonError
from bihuan.foundation.access.models import Invitation
from bihuan.foundation.access.usernames import free_username
from bihuan.foundation.audit.api import Happening, change, create
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import OrgError, Person
from bihuan.language import redact
from bihuan.lib import codes, keyring

# How many days an invitation works, unless said otherwise, and at most.
USUAL, LONGEST = 7, 30
LENGTH = 20
_PACE = "invitation"
# How long a link works that somebody asked for by mail, how many of them an hour, and the task that
# sends one.
ASKED_FOR, MOST_ASKED = timedelta(minutes=60), 3
ASKED = "jobs.forgotten"

_CHANGED: list[Callable[[int, datetime], None]] = []


def tell_changed(told: Callable[[int, datetime], None]) -> None:
    """Adds who tells a person that their password was changed by a link: (whose, when)."""
    if told not in _CHANGED:
        _CHANGED.append(told)


@dataclass(frozen=True)
class Invited:
    """What the link tells whoever opens it: the person's name with only the surname left, where they
    work ('' nowhere), whether they have an account, a user name to begin with where they have none
    ('' where none comes to mind), the last day of the link."""

    name: str
    place: str
    has_account: bool
    suggested: str
    expires: date


def _digests(secret: str) -> list[str]:
    keys = keyring.every(settings.SECRETS, "blind")
    return codes.blinds(keys, f"invitation|{codes.normalise(secret)}")


def _alone(person_id: int) -> None:
    """Lets whoever does something with a person's invitation wait for others who do. Within a
    transaction; SQLite has one writer."""
    Person.objects.select_for_update().filter(pk=person_id).values_list("pk").first()


def _unended(person_id: int) -> Invitation | None:
    rows = Invitation.objects.filter(person_id=person_id, used_at__isnull=True)
    return rows.filter(ended_at__isnull=True, until__isnull=True).first()


@transaction.atomic
def give(
    person_id: int, *, at: datetime, actor: str, expires: date | None = None
) -> tuple[Invitation, str]:
    """An invitation, working through its last day `expires` (within LONGEST days; by default for USUAL),
    and its secret, which is told this once. One given before ends. Raises AccessError for a day that
    cannot be, and for somebody whose account was closed."""
    today = timezone.localtime(at).date()
    last = expires or today + timedelta(days=USUAL)
    if not today <= last <= today + timedelta(days=LONGEST):
        latest = today + timedelta(days=LONGEST)
        raise AccessError("access.invitation_until", last=latest.isoformat(), days=LONGEST)
    _alone(person_id)
    who = orgs.person(person_id)
    if not who.is_active:
        raise AccessError("access.invitation_closed", name=who.name)
    end(person_id, at=at, actor=actor)
    row, secret = _fresh(who, actor, last)
    return create(row, Happening("invitation.given", at, actor)), secret


def _fresh(who: Person, actor: str, last: date) -> tuple[Invitation, str]:
    secret = "".join(secrets.choice(codes.ALPHABET) for _ in range(LENGTH))
    row = Invitation(
        person_id=who.pk,
        digest=_digests(secret)[0],
        given_by=actor,
        expires=last,
        password_round=who.password_round,
    )
    return row, secret


def meant(typed: str) -> int:
    """Whose user name or e-mail address this is, 0 where nobody's or several people's. Who may not be
    sent a link is found like everybody: what that takes tells nobody anything."""
    found = orgs.accounts.called(typed)
    return found.pk if found is not None else 0


@transaction.atomic
def give_asked(person_id: int, at: datetime) -> str | None:
    """The secret of a link for somebody who said that they forgot their password, to be mailed to their
    own address; None where they have no account, no address, or were sent enough within the hour. An
    invitation that an administrator gave stays open beside it."""
    _alone(person_id)
    who = orgs.person(person_id)
    lately = Invitation.objects.filter(person_id=person_id, until__gt=at, ended_at__isnull=True)
    if not (who.is_active and who.has_account and who.email) or lately.count() >= MOST_ASKED:
        return None
    until = at + ASKED_FOR
    row, secret = _fresh(who, "nobody", timezone.localtime(until).date())
    row.until = until
    create(row, Happening("invitation.asked", at, "nobody"))
    return secret


@transaction.atomic
def end(person_id: int, *, at: datetime, actor: str) -> Invitation | None:
    """Ends the invitation that somebody has; None where there is none to end."""
    row = _unended(person_id)
    if row is None:
        return None
    return change(row, Happening("invitation.ended", at, actor, set={"ended_at": at}))


def end_asked(person_id: int, *, at: datetime, actor: str) -> None:
    """Ends the links that somebody asked for by mail. Within a transaction."""
    rows = Invitation.objects.filter(person_id=person_id, until__gt=at)
    for row in rows.filter(used_at__isnull=True, ended_at__isnull=True):
        change(row, Happening("invitation.ended", at, actor, set={"ended_at": at}))


def open_of(person_id: int, at: datetime) -> Invitation | None:
    """The invitation by which somebody could come now, or None."""
    row = _unended(person_id)
    return row if row is not None and _works(row, orgs.person(person_id), at) else None


def take_back(secret: str, at: datetime) -> None:
    """Ends a link that could not be mailed."""
    row = Invitation.objects.get(digest__in=_digests(secret))
    change(row, Happening("invitation.ended", at, "system", set={"ended_at": at}))


def _works(row: Invitation, who: Person, at: datetime) -> bool:
    return (
        row.used_at is None
        and row.ended_at is None
        and row.expires >= timezone.localtime(at).date()
        and (row.until is None or row.until > at)
        and row.password_round == who.password_round
        and who.is_active
    )


def _held(secret: str, at: datetime) -> Invitation:
    row = Invitation.objects.filter(digest__in=_digests(secret)).select_related("person").first()
    if row is None or not _works(row, row.person, at):
        raise LookupError
    return row


def _paced(source: str, at: datetime) -> None:
    left = tries.wait(_PACE, source, at)
    if left:
        raise TooSoonError(left)


def _unknown(source: str, at: datetime) -> AccessError:
    tries.failed(_PACE, source, at)
    return AccessError("access.invitation_unknown")


def look(secret: str, *, source: str, at: datetime) -> Invited:
    """What an invitation is for; `source` is from where it is asked. Raises AccessError for one that
    does not work, whatever the reason, TooSoonError after too many of these."""
    _paced(source, at)
    try:
        row = _held(secret, at)
    except LookupError:
        raise _unknown(source, at) from None
    who = row.person
    place = orgs.places_of([who.pk], timezone.localtime(at).date()).get(who.pk, "")
    suggested = ""
    if not who.has_account:
        try:
            suggested = free_username(who.name)
        except OrgError:
            # A name without letters, or too many called so: they think of one themselves.
            suggested = ""
    return Invited(redact.mask_name(who.name), place, who.has_account, suggested, row.expires)


def accept(secret: str, username: str, password: str, *, source: str, at: datetime) -> Person:
    """Takes an invitation: gives its person an account under the user name and password that they
    chose, or to the account they have the password (the user name stays what it is). Once.

    Raises AccessError for an invitation that does not work, whatever the reason; TooSoonError after
    too many of these; OrgError for a user name or password that cannot be, the invitation staying
    open.
    """
    _paced(source, at)
    try:
        return _accepted(secret, username, password, at)
    except LookupError:
        raise _unknown(source, at) from None


@transaction.atomic
def _accepted(secret: str, username: str, password: str, at: datetime) -> Person:
    _alone(_held(secret, at).person_id)
    # Another may have come with it while this one waited.
    row = _held(secret, at)
    ref = f"person:{row.person_id}"
    if row.person.has_account:
        orgs.set_password(row.person_id, password, at=at, actor=ref)
        logins.end_sessions(row.person_id, at, by=ref, why="password")
        connecting.end_all(row.person_id, at=at, actor=ref)
        for told in _CHANGED:
            told(row.person_id, at)
    else:
        orgs.accounts.open_account(row.person_id, username, password, at=at, actor=ref)
    change(row, Happening("invitation.used", at, ref, set={"used_at": at}))
    return orgs.person(row.person_id)
