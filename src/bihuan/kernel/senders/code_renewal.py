"""A new query code for a sender who lost theirs: who gives it, where it goes, what it is worth.

Whoever holds a code reads what the sender reads and acts as them. So it is the receiving desk that
renews it, never somebody in whose hands the matter was; it goes to the sender's own address where
they left one; the old code says that it was replaced; and what is rated after that is no measure
of those who handled it (ADR 32).
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, history, vault
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import access, hands, query_code
from bihuan.kernel.matters.models import Matter, OldCode
from bihuan.lib import codes
from bihuan.lib.problems import NotAllowedError


@dataclass(frozen=True)
class Renewal:
    """The new code, or '' when it was sent to the sender's own address and nobody here sees it."""

    code: str

    @property
    def sent(self) -> bool:
        return not self.code


def may_renew(actor: Actor, found: Matter) -> bool:
    """Whether the actor works at the desk that received the matter and may see the contact; who
    had it in hand may not, see `renew_code`."""
    return access.receives(actor, found) and access.may_contact(actor, found)


def code_of(pk: int, head: str) -> str:
    """The code that was given when the matter's stream had this head."""
    return codes.derive(settings.SECRETS["code"].encode(), f"renew|{pk}|{head}")


@transaction.atomic
def renew_code(pk: int, *, actor: Actor, at: datetime) -> Renewal:
    """A new query code; the old one stops working, and says so.

    Raises LookupError; NotAllowedError unless the actor works at the receiving desk and never had
    the matter in hand; ConflictError.
    """
    if not actor.may_scope("matters:write"):
        raise NotAllowedError("matters.may_not_act")
    found = access.matter(actor, pk)
    if not may_renew(actor, found):
        raise NotAllowedError("matters.may_not_renew")
    if hands.handled(found, actor):
        raise NotAllowedError("matters.handled_it")
    head, old = found.head, found.code_index
    code = code_of(found.pk, head)
    at = max(at, found.changed_at)
    replaced = {("old_code", f"{found.version}"): {"index": old, "replaced_at": at}} if old else {}
    change(
        found,
        Happening(
            "matter.code_renewed",
            at,
            actor.ref,
            set={
                "code_index": query_code.code_index(code),
                "changed_at": at,
                "facts": {**found.facts, query_code.RENEWED: True},
            },
            parts=replaced,
        ),
    )
    person = vault.for_delivery(found.stream)
    if person is None or not person.email:
        return Renewal(code)
    # Without the secrets the outbox opens nothing: the code is made again when it is sent.
    payload = {"matter": found.pk, "head": head}
    notify.enqueue(
        "matters.mail_code", payload, key=f"{found.stream}#{found.version}:code", run_at=at
    )
    return Renewal("")


def send_code(pk: int, *, actor: Actor, at: datetime) -> bool:
    """Mails the code of the opening to the sender's own address, once however often it is asked for;
    False where there is no address, or the code was replaced.

    Raises LookupError; NotAllowedError unless the actor works at the receiving desk.
    """
    if not actor.may_scope("matters:write"):
        raise NotAllowedError("matters.may_not_act")
    found = access.matter(actor, pk)
    if not may_renew(actor, found):
        raise NotAllowedError("matters.may_not_renew")
    person = vault.for_delivery(found.stream)
    if person is None or not person.email or not first_code_of(found):
        return False
    # Without the secrets the outbox opens nothing: the code is made again when it is sent.
    payload = {"matter": found.pk, "head": ""}
    notify.enqueue("matters.mail_code", payload, key=f"{found.stream}:first_code", run_at=at)
    return True


def first_code_of(found: Matter) -> str:
    """The code that was given at the opening; '' once another replaced it, or where there was no key."""
    digest = history(found.stream)[0].key
    code = query_code.again(digest, found, "") if digest else ""
    return code if code and found.code_index in query_code.code_indexes(code) else ""


def replaced_at(code: str) -> datetime | None:
    """When a code that once worked was replaced; None for one that never did."""
    row = OldCode.objects.filter(index__in=query_code.code_indexes(code)).first()
    return row.replaced_at if row is not None else None
