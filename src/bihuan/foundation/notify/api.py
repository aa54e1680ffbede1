"""The public door of notify."""

import secrets
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from bihuan.foundation.audit.api import Happening, change, create, register
from bihuan.foundation.notify import outward
from bihuan.foundation.notify.channels import (
    DeliveryError,
    announce,
    listening,
    mail,
    people_to_mail,
    signature,
    unmailed,
)
from bihuan.foundation.notify.duties import claim_duty, finish_duty, give_back_duty
from bihuan.foundation.notify.models import Notice, Webhook
from bihuan.foundation.notify.outbox import (
    INSIDE,
    LANES,
    Lane,
    enqueue,
    failed,
    handler,
    retry,
    run,
    waiting,
)
from bihuan.foundation.sql import statements

__all__ = [
    "INSIDE",
    "LANES",
    "DeliveryError",
    "Lane",
    "Notice",
    "NotifyError",
    "Webhook",
    "add_webhook",
    "announce",
    "claim_duty",
    "enqueue",
    "failed",
    "finish_duty",
    "give_back_duty",
    "handler",
    "inbox",
    "listening",
    "mail",
    "mark_mailed",
    "mark_read",
    "people_to_mail",
    "retry",
    "run",
    "signature",
    "stop_webhook",
    "tell",
    "unmailed",
    "unread",
    "waiting",
    "webhooks",
]

register(Webhook)
# SQLite takes some thirty thousand values in one statement.
_AT_ONCE = 2000
# Every page of the desk asks it: written down, lest it be composed each time.
_UNREAD = (
    "SELECT COUNT(*) FROM (SELECT 1 AS one FROM notify_notice "
    "WHERE person_id = %s AND read_at IS NULL LIMIT %s) AS counted"
)


class NotifyError(ValueError):
    """A webhook that cannot be; `key` names the message."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")


def tell(
    people: list[int], text: str, *, key: str, at: datetime, ref: str = "", **values: Any
) -> None:
    """Puts a notice in each person's inbox, once for each key."""
    told = {"key": key, "text": text, "values": values, "ref": ref, "at": at}
    rows = [{"person_id": person, **told} for person in people]
    for first in range(0, len(rows), _AT_ONCE):
        some = rows[first : first + _AT_ONCE]
        statements.send(statements.insert(Notice, some, existing=statements.OR_LEAVE))


def inbox(person_id: int, limit: int = 100) -> list[Notice]:
    """A person's notices, newest first."""
    return list(Notice.objects.filter(person_id=person_id).order_by("-at", "-pk")[:limit])


def unread(person_id: int, cap: int = 100) -> int:
    """How many notices are unread, counted up to `cap`."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [person_id, cap])
        return int(cursor.fetchone()[0])


def mark_read(person_id: int, at: datetime, pk: int | None = None) -> None:
    """Marks one notice, or all, as read."""
    rows = Notice.objects.filter(person_id=person_id, read_at__isnull=True)
    (rows if pk is None else rows.filter(pk=pk)).update(read_at=at)


def unread_of(pks: list[int]) -> list[Notice]:
    """Those of these notices that are still unread, newest first, with their people."""
    rows = Notice.objects.filter(pk__in=pks, read_at__isnull=True).select_related("person")
    return list(rows.order_by("-at", "-pk"))


def mark_mailed(pks: list[int], at: datetime) -> None:
    """Remembers that these notices went out in a digest."""
    Notice.objects.filter(pk__in=pks).update(mailed_at=at)


def webhooks() -> list[Webhook]:
    return list(Webhook.objects.order_by("-active", "pk"))


def webhook(pk: int) -> Webhook:
    """One address that is told. Raises Webhook.DoesNotExist."""
    return Webhook.objects.get(pk=pk)


@transaction.atomic
def add_webhook(
    url: str, types: list[str], *, at: datetime, actor: str, org_path: str = ""
) -> Webhook:
    """A new address to tell. Raises NotifyError unless it is http(s) and outside our network, or
    its host is one of settings.WEBHOOK_HOSTS."""
    try:
        outward.check(url)
    except outward.AddressError as error:
        raise NotifyError(error.key, url=url) from error
    return create(
        Webhook(url=url, secret=secrets.token_hex(24), types=sorted(types), org_path=org_path),
        Happening("webhook.added", at, actor),
    )


@transaction.atomic
def stop_webhook(pk: int, *, at: datetime, actor: str) -> None:
    """Stops telling an address."""
    row = Webhook.objects.get(pk=pk)
    change(row, Happening("webhook.stopped", at, actor, set={"active": False}))
