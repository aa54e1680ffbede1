"""Mail to senders: that something happened, not what; and renewed query codes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings

from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import query_code
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.senders import code_renewal
from bihuan.kernel.senders.returned_mail import mail_returned

Words = Callable[..., str]
_WORDS: dict[str, Words] = {}


def use_words(words: Words) -> None:
    """Injects the catalogue: called as words(key, **values), where `told_by` names the
    programme whose own words go before the house's; texts live above the kernel."""
    _WORDS["text"] = words


def mail_sender(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Writes to the sender, if they left an address: that something happened, not what."""
    matter = Matter.objects.get(pk=payload["matter"])
    person = vault.for_delivery(matter.stream)
    if person is None or not person.email:
        return
    words = _WORDS["text"]
    said = {"number": matter.number, "url": settings.PUBLIC_URL, "told_by": matter.programme}
    text = words(f"mail.{payload['text']}", **said)
    _send(matter, person.email, text, key, at)


def _send(matter: Matter, address: str, text: str, key: str, at: datetime) -> None:
    """A mail that no server will take is not tried again: the matter says so."""
    subject = _WORDS["text"]("mail.subject", number=matter.number)
    try:
        notify.mail(address, subject, text, key, about=matter.stream)
    except notify.ReturnedError as error:
        mail_returned(matter.pk, notify.mail_name(key), error.status, at=at)


def mail_code(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Sends a query code, a renewed one or that of the opening, to the sender's own address."""
    matter = Matter.objects.get(pk=payload["matter"])
    person = vault.for_delivery(matter.stream)
    head = payload["head"]
    code = code_renewal.code_of(matter.pk, head) if head else code_renewal.first_code_of(matter)
    # Replaced again meanwhile: the newer one is on its way.
    if (
        not code
        or person is None
        or not person.email
        or matter.code_index not in query_code.code_indexes(code)
    ):
        return
    words = _WORDS["text"]
    named = "mail.code" if head else "mail.first_code"
    text = words(named, number=matter.number, url=settings.PUBLIC_URL, code=code)
    _send(matter, person.email, text, key, at)


def register() -> None:
    """Declares the handlers of this module."""
    notify.task("matters.mail_sender", "mail")(mail_sender)
    notify.task("matters.mail_code", "mail")(mail_code)
