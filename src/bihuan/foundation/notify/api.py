"""The public door of notify."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import connection, transaction

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.audit.api import Happening, change, create, register
from bihuan.foundation.notify import outward
from bihuan.foundation.notify.channels import (
    ReturnedError,
    announce,
    mail,
    people_to_mail,
    signature,
    unmailed,
)
from bihuan.foundation.notify.duties import (
    claim_duty,
    duties_done,
    finish_duty,
    give_back_duty,
    note_duties,
)
from bihuan.foundation.notify.models import Notice, Task, Webhook
from bihuan.foundation.notify.notices import misled, tell, tell_told, told
from bihuan.foundation.notify.outbox import (
    INSIDE,
    LANES,
    Lane,
    enqueue,
    failed,
    retry,
    run,
    task,
    waiting,
)
from bihuan.foundation.notify.returned import Returned
from bihuan.foundation.notify.returned import name_of as mail_name
from bihuan.foundation.notify.returned import read as read_returned
from bihuan.lib.problems import ProblemError

__all__ = [
    "INSIDE",
    "LANES",
    "Lane",
    "Notice",
    "NotifyError",
    "Returned",
    "ReturnedError",
    "Webhook",
    "add_webhook",
    "announce",
    "claim_duty",
    "duties_done",
    "enqueue",
    "failed",
    "failed_tasks",
    "finish_duty",
    "give_back_duty",
    "inbox",
    "mail",
    "mail_name",
    "mark_mailed",
    "mark_read",
    "misled",
    "note_duties",
    "people_to_mail",
    "read_returned",
    "retry",
    "retry_task",
    "run",
    "signature",
    "stop_webhook",
    "task",
    "tell",
    "tell_told",
    "texts",
    "told",
    "unmailed",
    "unread",
    "waiting",
    "webhooks",
]

register(Webhook)
# Every page of the desk asks it: written down, lest it be composed each time.
_UNREAD = (
    "SELECT COUNT(*) FROM (SELECT 1 AS one FROM notify_notice "
    "WHERE person_id = %s AND read_at IS NULL LIMIT %s) AS counted"
)


class NotifyError(ProblemError):
    """A webhook that cannot be; `key` names the message."""


def inbox(person_id: int, limit: int = 100) -> list[Notice]:
    """A person's notices, newest first."""
    return list(Notice.objects.filter(person_id=person_id).order_by("-at", "-pk")[:limit])


def texts(people: Collection[int]) -> Iterable[tuple[int, int, str]]:
    """(number, whose, key of the text) of every notice of some people."""
    return Notice.objects.filter(person_id__in=people).values_list("pk", "person_id", "text")


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


def _may_hook(actor: Actor, path: str) -> bool:
    if path:
        return officers.is_over(actor, officers.SYSTEM, path)
    return officers.is_over_house(actor, officers.SYSTEM)


def webhooks(actor: Actor) -> list[Webhook]:
    """Addresses that are told of what happens where the actor administers."""
    return [
        row for row in Webhook.objects.order_by("-active", "pk") if _may_hook(actor, row.org_path)
    ]


def add_webhook(
    url: str, types: list[str], *, at: datetime, actor: Actor, org_path: str = ""
) -> Webhook:
    """A new address to tell: of a subtree, or of the whole house. Raises NotifyError unless it is
    http(s) and outside our network, or its host is one of settings.WEBHOOK_HOSTS, and where it is told
    of nothing; DeniedError unless the actor administers there."""
    if not _may_hook(actor, org_path):
        raise DeniedError(officers.role_for(officers.SYSTEM))
    if not types:
        raise NotifyError("notify.no_types")
    try:
        outward.check(url)
    except outward.AddressError as error:
        raise NotifyError(error.key, url=url) from error
    hook = Webhook(url=url, secret=secrets.token_hex(24), types=sorted(types), org_path=org_path)
    # Only now: to look a name up may take long, and a transaction holds everybody's writing.
    with transaction.atomic():
        return create(hook, Happening("webhook.added", at, actor.ref))


@transaction.atomic
def stop_webhook(pk: int, *, at: datetime, actor: Actor) -> None:
    """Stops telling an address. Raises LookupError where the actor may not know of it."""
    row = Webhook.objects.get(pk=pk)
    if not _may_hook(actor, row.org_path):
        raise LookupError(pk)
    change(row, Happening("webhook.stopped", at, actor.ref, set={"active": False}))


def failed_tasks(actor: Actor) -> list[Task]:
    """What was given up, for who administers the whole house: a task may speak of any city."""
    return failed() if officers.is_over_house(actor, officers.SYSTEM) else []


def retry_task(pk: int, *, at: datetime, actor: Actor) -> None:
    """Tries a task again that was given up. Raises DeniedError, LookupError."""
    officers.require_house(actor, officers.SYSTEM)
    retry(pk, at)
