"""Passkeys (WebAuthn): a device shows that it is the one that was added, for this address alone.

The library stands beside a list of all public domains: it is read when somebody uses a passkey.
"""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from bihuan.foundation.access import factors
from bihuan.foundation.access.api import AccessError, Actor, DeniedError
from bihuan.foundation.access.factors import MOST_PASSKEYS, PASSKEY
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Person
from bihuan.lib.legal import legal

State = Mapping[str, Any]


def _host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def possible() -> bool:
    """Whether browsers know passkeys at the address of this house: https, by a name; or `localhost`."""
    try:
        ip_address(_host())
    except ValueError:
        return urlsplit(settings.PUBLIC_URL).scheme == "https" or _host() == "localhost"
    return False


def _server(called: str = "") -> Any:
    from fido2.server import Fido2Server  # noqa: PLC0415 - heavy
    from fido2.webauthn import PublicKeyCredentialRpEntity  # noqa: PLC0415 - heavy

    own = PublicKeyCredentialRpEntity(id=_host(), name=called or _host())
    return Fido2Server(own, verify_origin=lambda origin: origin == settings.PUBLIC_URL)


def _credentials(person_id: int) -> dict[bytes, tuple[int, Any]]:
    """By the id of each credential: its row's number and its data."""
    found = {}
    for row in Authenticator.objects.filter(user_id=person_id, type=PASSKEY).order_by("pk"):
        told = row.wrap().authenticator_data.credential_data
        found[bytes(told.credential_id)] = (row.pk, told)
    return found


def _known(person_id: int) -> list[Any]:
    return [told for _, told in _credentials(person_id).values()]


def begin_adding(actor: Actor, called: str) -> tuple[dict[str, Any], State]:
    """What the browser asks a device for, of a house that is `called` so; and what `add` is given."""
    from fido2.webauthn import (  # noqa: PLC0415 - heavy
        PublicKeyCredentialUserEntity,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    person = _person(actor)
    asked, state = _server(called).register_begin(
        user=PublicKeyCredentialUserEntity(
            id=str(person.pk).encode(), name=person.username, display_name=person.name
        ),
        credentials=_known(person.pk),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(asked), state


def _person(actor: Actor) -> Person:
    if actor.person_id is None or actor.scopes is not None:
        raise DeniedError("login")
    return orgs.person(actor.person_id)


@transaction.atomic
def add(actor: Actor, state: State | None, answer: Any, name: str, at: datetime) -> None:
    """Makes a passkey one's factor. Raises AccessError."""
    from allauth.mfa.webauthn.internal.auth import WebAuthn  # noqa: PLC0415 - heavy

    person = _person(actor)
    if len(_credentials(person.pk)) >= MOST_PASSKEYS:
        raise AccessError("access.passkeys_enough", most=MOST_PASSKEYS)
    try:
        _server().register_complete(state, answer)
        kept = _kept(answer)
    except Exception as error:
        # Whatever a browser sent: the library tells what is wrong by many classes.
        raise AccessError("access.passkey_wrong") from error
    row = WebAuthn.add(person, legal(name).strip()[: factors.LONGEST], kept).instance
    row.created_at = at
    row.save()
    factors.noted(person.pk, "factor.added", at, by=actor.ref, factor=PASSKEY)


def _kept(answer: Any) -> dict[str, Any]:
    """What the library reads of a passkey later, written as we write it."""
    from fido2.utils import websafe_decode, websafe_encode  # noqa: PLC0415 - heavy

    told = answer["response"]
    number = websafe_encode(websafe_decode(answer["rawId"]))
    names = ("clientDataJSON", "attestationObject")
    return {
        "id": number,
        "rawId": number,
        "type": "public-key",
        "response": {one: websafe_encode(websafe_decode(told[one])) for one in names},
        "clientExtensionResults": {},
    }


def begin(person_id: int | None) -> tuple[dict[str, Any], State]:
    """What the browser asks a device for: a passkey of somebody, or of whoever has one here."""
    from fido2.webauthn import UserVerificationRequirement  # noqa: PLC0415 - heavy

    asked, state = _server().authenticate_begin(
        credentials=None if person_id is None else _known(person_id),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(asked), state


def prove(
    state: State | None, answer: Any, at: datetime, *, whose: int | None = None
) -> Person | None:
    """Whose passkey answered: of `whose` it must be where that is said. None where it is nobody's,
    or of somebody who may not log in."""
    from fido2.utils import websafe_decode  # noqa: PLC0415 - heavy

    try:
        handle = answer["response"].get("userHandle")
        person_id = whose if whose is not None else int(websafe_decode(handle))
        known = _credentials(person_id)
        told = _server().authenticate_complete(state, [one for _, one in known.values()], answer)
        row, _ = known[bytes(told.credential_id)]
        person = orgs.person(person_id)
    except Exception:  # noqa: BLE001 - whatever a browser sent is no passkey
        return None
    if not person.is_active or not person.has_account:
        return None
    Authenticator.objects.filter(pk=row).update(last_used_at=at)
    return person
