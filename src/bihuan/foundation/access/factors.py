"""A second factor beside the password: codes of an app, passkeys, recovery codes; who must have one.

Rows and proofs are django-allauth's; when a code counts, and that it counts once, is decided here, in
the database: several processes answer log-ins. Recovery codes alone are no factor, they stand in for one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction

from bihuan.foundation.access import doings, officers, tries
from bihuan.foundation.access.api import AccessError, Actor, DeniedError
from bihuan.foundation.access.logins import TooSoonError
from bihuan.foundation.audit.api import Happening
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import OrgError, Person

APP, PASSKEY, RECOVERY = "totp", "webauthn", "recovery_codes"
# Longest name that somebody gives one of theirs.
LONGEST = 40
MOST_PASSKEYS = 10
# So long after a log-in the password need not be typed again to change one's factors.
FRESH = timedelta(minutes=10)

Told = Callable[[int, datetime], None]
_TOLD: list[Told] = []


@dataclass(frozen=True)
class Factor:
    """One factor of somebody: `kind` as above, `name` of a passkey, `left` of recovery codes,
    `usable` or not here."""

    id: int
    kind: str
    name: str
    added: datetime
    used: datetime | None
    left: int = 0
    # False where it was sealed with keys that are not here.
    usable: bool = True


def tell_removed(told: Told) -> None:
    """Adds who tells a person that somebody else took their factors off: (whose, when)."""
    if told not in _TOLD:
        _TOLD.append(told)


def _rows(person_id: int) -> Any:
    return Authenticator.objects.filter(user_id=person_id).order_by("pk")


def of(person_id: int) -> list[Factor]:
    """What somebody has, the oldest first."""
    return [_told(row) for row in _rows(person_id)]


def _told(row: Authenticator) -> Factor:
    usable = _opens(row)
    left = len(RecoveryCodes(row).get_unused_codes()) if usable and row.type == RECOVERY else 0
    name = str(row.data.get("name", ""))
    return Factor(row.pk, row.type, name, row.created_at, row.last_used_at, left, usable)


def _opens(row: Authenticator) -> bool:
    """Whether the keys that are here open what a row keeps; a passkey keeps nothing sealed."""
    sealed = {APP: "secret", RECOVERY: "seed"}.get(row.type)
    if sealed is None or sealed not in row.data:
        return True
    try:
        decrypt(row.data[sealed])
    except InvalidToken:
        return False
    return True


def has_any(person_id: int) -> bool:
    """Whether somebody's log-in asks for more than the password."""
    return bool(_rows(person_id).filter(type__in=(APP, PASSKEY)).exists())


def must_have(actor: Actor) -> bool:
    """Whether somebody administers where who does must have a second factor, and has none."""
    if not settings.ADMINS_NEED_FACTOR or actor.person_id is None:
        return False
    return bool(actor.roles() & set(officers.officer_roles())) and not has_any(actor.person_id)


def within(actor: Actor) -> Actor:
    """Who comes by a token, without the scope to administer where they lack a second factor."""
    if actor.scopes is None or "admin" not in actor.scopes or not must_have(actor):
        return actor
    return replace(actor, scopes=actor.scopes - {"admin"})


def confirm(
    actor: Actor, *, began: datetime | None, password: str, source: str, at: datetime
) -> None:
    """Whether it is still who logged in: within `FRESH` of a log-in, else by the password. Raises
    DeniedError for who comes without an account or by a token, OrgError, TooSoonError."""
    if actor.person_id is None or actor.scopes is not None:
        raise DeniedError("login")
    if began is not None and at - began <= FRESH:
        return
    person = orgs.person(actor.person_id)
    mine = f"{person.username}\0{source}"
    left = tries.claim("login", mine, at)
    if left:
        raise TooSoonError(left)
    if not person.check_password(password):
        raise OrgError("orgs.password_asked" if not password else "orgs.password_wrong")
    tries.forgive("login", mine, at)


def noted(person_id: int, kind: str, at: datetime, *, by: str, factor: str) -> None:
    """Notes what happened to a factor of somebody."""
    doings.note(person_id, Happening(kind, at, by, data={"kind": factor}))


def new_secret() -> str:
    """A secret for an app, not anybody's yet."""
    return str(totp.generate_totp_secret())


def address(person: Person, secret: str, issuer: str) -> str:
    """What an app reads from a picture, to show codes of a secret as `issuer`'s."""
    label = quote(f"{issuer}:{person.username}", safe="")
    return (
        f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
    )


def _step(secret: str, code: str, at: datetime) -> int | None:
    """The half minute whose code it is, of now and those beside it; None where it is of none."""
    here = int(at.timestamp()) // app_settings.TOTP_PERIOD
    beside = app_settings.TOTP_TOLERANCE
    for counter in range(here - beside, here + beside + 1):
        right = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if compare_user_code(actual=code, expected=right):
            return counter
    return None


@transaction.atomic
def add_app(actor: Actor, secret: str, code: str, at: datetime) -> None:
    """Makes an app one's factor, shown to work by a code of it; one that was before is replaced.
    Raises AccessError."""
    person_id = _own(actor)
    step = _step(secret, code, at)
    if step is None:
        raise AccessError("access.code_wrong")
    _locked(person_id)
    _rows(person_id).filter(type=APP).delete()
    row = totp.TOTP.activate(orgs.person(person_id), secret).instance
    row.data = {**row.data, "step": step}
    row.created_at = at
    row.save()
    noted(person_id, "factor.added", at, by=actor.ref, factor=APP)


def _own(actor: Actor) -> int:
    if actor.person_id is None or actor.scopes is not None:
        raise DeniedError("login")
    return actor.person_id


def _locked(person_id: int) -> list[Authenticator]:
    # In an order, so that two never wait for each other.
    return list(_rows(person_id).select_for_update())


@transaction.atomic
def new_codes(actor: Actor, at: datetime) -> list[str]:
    """Fresh recovery codes of one's own, told this once; those of before end. Raises AccessError for
    who has no factor that they could stand in for."""
    person_id = _own(actor)
    _locked(person_id)
    if not has_any(person_id):
        raise AccessError("access.no_factor")
    _rows(person_id).filter(type=RECOVERY).delete()
    made = RecoveryCodes.activate(orgs.person(person_id))
    made.instance.created_at = at
    made.instance.save()
    noted(person_id, "factor.added", at, by=actor.ref, factor=RECOVERY)
    return [f"{one[:4]}-{one[4:]}" for one in made.generate_codes()]


def prove(person: Person, code: str, *, source: str, at: datetime) -> str | None:
    """Of which kind a code of somebody's is, an app's or a recovery code; None where it is none.
    It counts once, however many ask at once. Raises TooSoonError."""
    mine, whose = f"{person.pk}\0{source}", str(person.pk)
    left = tries.wait("factor-of", whose, at) or tries.claim("factor", mine, at)
    if left:
        raise TooSoonError(left)
    kind = _proved(person.pk, code, at)
    if kind is None:
        tries.failed("factor-of", whose, at)
        if tries.counted("factor-name", whose, at) == 1:
            noted(person.pk, "factor.failed", at, by="nobody", factor=APP)
        return None
    tries.forgive("factor", mine, at)
    tries.forgive("factor-of", whose, at)
    return kind


@transaction.atomic
def _proved(person_id: int, code: str, at: datetime) -> str | None:
    for row in filter(_opens, _locked(person_id)):
        if row.type == APP and not _counts(row, code, at):
            continue
        if row.type == RECOVERY and not RecoveryCodes(row).validate_code(code):
            continue
        if row.type == PASSKEY:
            continue
        Authenticator.objects.filter(pk=row.pk).update(last_used_at=at)
        if row.type == RECOVERY:
            noted(person_id, "factor.recovered", at, by=f"person:{person_id}", factor=RECOVERY)
        return str(row.type)
    return None


def _counts(row: Authenticator, code: str, at: datetime) -> bool:
    """Whether a code is right and of a later half minute than the last that counted, which it is now."""
    step = _step(decrypt(row.data["secret"]), code, at)
    if step is None or step <= int(row.data.get("step", -1)):
        return False
    row.data = {**row.data, "step": step}
    row.save(update_fields=["data"])
    return True


@transaction.atomic
def take_off(actor: Actor, pk: int, at: datetime) -> None:
    """Takes off one of one's own factors; with the last, the recovery codes. Raises LookupError."""
    person_id = _own(actor)
    row = next((one for one in _locked(person_id) if one.pk == pk), None)
    if row is None:
        raise LookupError(pk)
    row.delete()
    noted(person_id, "factor.removed", at, by=actor.ref, factor=row.type)
    if not has_any(person_id):
        _rows(person_id).filter(type=RECOVERY).delete()


@transaction.atomic
def take_all_off(person_id: int, *, at: datetime, by: str, tells: bool = False) -> bool:
    """Takes off all that somebody has; whether there was any. `tells` them also where not."""
    rows = _locked(person_id)
    for row in rows:
        row.delete()
        noted(person_id, "factor.removed", at, by=by, factor=row.type)
    for told in _TOLD if rows or tells else ():
        told(person_id, at)
    return bool(rows)
