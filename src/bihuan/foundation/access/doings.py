"""What people do with their accounts, as events on a stream of their own (ADR 0044)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from bihuan.foundation.access.api import Actor
from bihuan.foundation.access.models import Account
from bihuan.foundation.audit.api import ConflictError, Happening, change, create

NOBODY = 0
_TIMES = 8


def note(number: int, happening: Happening) -> None:
    """Appends an event to a person's doings, or to those of NOBODY. Others may write there at the
    same time: then it is tried again. Raises ConflictError after many times."""
    for _ in range(_TIMES):
        row = Account.objects.filter(number=number).first()
        try:
            with transaction.atomic():
                if row is None:
                    create(Account(number=number), happening)
                else:
                    change(row, happening)
        except (ConflictError, IntegrityError):
            continue
        return
    raise ConflictError(f"account of {number}")


def done(actor: Actor, kind: str, at: datetime, said: Mapping[str, Any]) -> None:
    """Notes that somebody did what an app declares as `kind`: took a list out, brought a table in.
    What the house itself does is nobody's."""
    note(actor.person_id or NOBODY, Happening(kind, at, actor.ref, data=said))


def links_round(person_id: int) -> int:
    """How often a person ended all their secret links."""
    found = Account.objects.filter(number=person_id).values_list("links_round", flat=True)
    return found.first() or 0
