"""Browsers in which somebody logged in before: the browser keeps it, the house keeps nothing.

A cookie holds a digest for each of the last people, which means nothing without the house's key.
"""

import hashlib
import hmac

from django.conf import settings

from bihuan.foundation.audit.api import SecurityEntry
from bihuan.foundation.orgs.api import Person
from bihuan.lib import keyring

MOST = 20


def _digest(key: str, person_id: int) -> str:
    return hmac.new(key.encode(), f"device|{person_id}".encode(), hashlib.sha256).hexdigest()[:20]


def knows(kept: str, person: Person) -> bool:
    """Whether a browser that keeps this says that somebody logged in there."""
    keys = keyring.every(settings.SECRETS, "blind")
    there = kept.split(".")
    return any(hmac.compare_digest(_digest(key, person.pk), one) for key in keys for one in there)


def with_(kept: str, person: Person) -> str:
    """What the browser keeps from now on."""
    mine = _digest(settings.SECRETS["blind"], person.pk)
    others = [one for one in kept.split(".")[:MOST] if one and one != mine and one.isalnum()]
    return ".".join([mine, *others][:MOST])


def had_log_in(person: Person) -> bool:
    """Whether somebody logged in at all before."""
    return SecurityEntry.objects.filter(about=person.pk, type="login.made").exists()
