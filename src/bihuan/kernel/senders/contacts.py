"""How to reach who sent a matter: shown for a reason, forgotten on demand."""

from datetime import datetime

from bihuan.foundation.access import doings
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import vault
from bihuan.kernel.matters import access, inputs, reading
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import duties
from bihuan.lib.problems import NotAllowedError
from bihuan.spec.schema import Input

REASON = Input(type="longtext", required=True, max=2000)


def reveal_contact(pk: int, reason: str, *, actor: Actor, at: datetime) -> vault.Person | None:
    """How to reach the sender, for a reason that is logged with who asked; None without any.

    Raises LookupError, NotAllowedError unless the kind's `contact_by` names them, InputError.
    """
    found = access.matter(actor, pk)
    if not access.may_contact(actor, found):
        raise NotAllowedError("matters.may_not_contact")
    taken = inputs.take({"reason": REASON}, {"reason": reason})
    if not vault.has(found.stream):
        return None
    return vault.reveal(found.stream, actor=actor.ref, at=at, reason=taken["reason"])


def erase_contact(pk: int, *, actor: Actor, at: datetime) -> int:
    """Forgets how to reach the sender."""
    if not actor.may_scope("matters:write"):
        raise NotAllowedError("matters.may_not_act")
    found = access.matter(actor, pk)
    return vault.erase(found.stream, actor=actor.ref, at=at)


def same_phone(actor: Actor, streams: list[str]) -> list[Matter]:
    """Visible matters among these streams: what a caller brought before."""
    ids = [int(s.partition(":")[2]) for s in streams if s.startswith("matter:")]
    return reading.by_ids(actor, ids)


def sought(actor: Actor, phone: str, *, at: datetime) -> list[Matter]:
    """Visible matters that a telephone number has brought, newest first; that somebody looked, and which
    they found, is logged, the number is not. Nothing for who does not receive messages."""
    if not duties.anywhere(actor, "receive") or not actor.may_scope("matters:read"):
        return []
    found = same_phone(actor, vault.subjects_of_phone(phone))
    doings.done(actor, "caller.sought", at, {"found": [one.number for one in found]})
    return found
