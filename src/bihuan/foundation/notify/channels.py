"""Ways out: signed webhooks and e-mail digests."""

import hashlib
import hmac
from datetime import datetime
from http.client import HTTPException
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q

from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import outbox, outward, returned
from bihuan.foundation.notify.models import Notice, Webhook
from bihuan.foundation.notify.outgoing import refuse_in_transaction
from bihuan.foundation.orgs.models import Person
from bihuan.lib import canonical
from bihuan.lib.legal import legal, one_line


class DeliveryError(outbox.TaskError):
    """The other side did not take it; the outbox tries again later."""


def signature(secret: str, body: str) -> str:
    """What the receiver computes over the raw body to know it is ours."""
    return "sha256=" + hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()


def deliver_webhook(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Posts one event to one address. Raises DeliveryError unless it answers 2xx."""
    del at
    hook = Webhook.objects.filter(pk=payload["webhook"], active=True).first()
    if hook is None:
        return
    body = canonical.dumps(payload["body"])
    headers = {
        "Content-Type": "application/json",
        "Bihuan-Delivery": key,
        "Bihuan-Signature": signature(hook.secret, body),
    }
    try:
        status = outward.post(hook.url, body.encode(), headers)
    except (outward.AddressError, OSError, HTTPException) as error:
        raise DeliveryError(f"{type(error).__name__}: {error}") from error
    if not 200 <= status < 300:
        msg = f"it answered {status}"
        raise DeliveryError(msg)


@standing.kept
def listening() -> tuple[Webhook, ...]:
    """Every address that is told of events."""
    return tuple(Webhook.objects.filter(active=True))


def announce(
    event_type: str,
    org_path: str,
    key: str,
    body: dict[str, Any],
    at: datetime,
) -> None:
    """Plans a delivery to every address that asked for this type of event here."""
    for hook in listening():
        if event_type in hook.types and org_path.startswith(hook.org_path):
            outbox.enqueue(
                "notify.webhook",
                {"webhook": hook.pk, "body": body},
                key=f"webhook:{hook.pk}:{key}",
                run_at=at,
            )


class ReturnedError(outbox.FinalError):
    """A mail server will never take this mail; `status` says why (RFC 3463)."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(f"refused for good: {status}")


def mail(to: str, subject: str, text: str, key: str, *, leave: str = "", about: str = "") -> None:
    """Sends one e-mail; its Message-ID comes from the key, so a repetition can be told. `leave` is
    where a mail program unsubscribes in one click (RFC 8058), `about` the stream that is told when
    it comes back.

    Raises ReturnedError, which is not tried again; OSError, which may be; InTransactionError.
    """
    refuse_in_transaction()
    marked = returned.mark(key, about)
    message = EmailMessage(
        one_line(subject)[:200],
        legal(text),
        settings.DEFAULT_FROM_EMAIL,
        [to],
        headers={
            "Message-ID": f"<{marked}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            **({returned.HEADER: marked} if about else {}),
            **_leaving(leave),
        },
    )
    try:
        message.send()
    except SMTPException as error:
        status = returned.refused(error)
        if not status:
            raise
        # From nowhere: the server's own words repeat the address.
        raise ReturnedError(status) from None


def _leaving(address: str) -> dict[str, str]:
    if not address:
        return {}
    one_click = "List-Unsubscribe=One-Click"
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": one_click}


def people_to_mail(before: datetime) -> list[int]:
    """People with an address and unread, unmailed notices from before an instant; not those without
    an account, who could open none of it."""
    found = Notice.objects.filter(
        ~Q(person__email=""),
        person__username__isnull=False,
        mailed_at__isnull=True,
        read_at__isnull=True,
        at__lt=before,
    )
    return sorted(set(found.filter(person__digest=True).values_list("person_id", flat=True)))


def unmailed(person_id: int, before: datetime) -> tuple[Person, list[Notice]]:
    """A person and the notices a digest would carry."""
    rows = Notice.objects.filter(
        person_id=person_id, mailed_at__isnull=True, read_at__isnull=True, at__lt=before
    ).order_by("at")
    return Person.objects.get(pk=person_id), list(rows)


def register() -> None:
    outbox.task("notify.webhook", "webhook")(deliver_webhook)
