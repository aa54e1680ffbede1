"""A mail to the sender came back: the matter says so, and the receiving desk is told, for whoever waits
for an answer that never arrives thinks that nobody answered."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import Happening, change, earlier
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import access
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.repeating import event_key
from bihuan.kernel.programmes import duties

RETURNED = "matter.mail_returned"
# What a status of RFC 3463 means for whoever wants to reach the sender, by its beginning.
_WHY = {
    "5.1.": "address",
    "5.2.2": "full",
    "4.2.2": "full",
    "5.2.": "mailbox",
    "5.7.": "policy",
    "5.4.": "way",
    "4.4.": "way",
}


def why_returned(status: str) -> str:
    """The kind of reason: `address`, `full`, `mailbox`, `policy`, `way`, `other`."""
    return next((why for start, why in _WHY.items() if status.startswith(start)), "other")


def mail_returned(pk: int, mail: str, status: str, *, at: datetime) -> bool:
    """Notes on a matter that `mail`, one of those to its sender, was not delivered, with the status
    (RFC 3463); once for each mail. Returns whether it was news. Raises LookupError.

    It is the mail system that says so, not a person; whoever calls has checked whose mark it bears.
    """
    found = Matter.objects.filter(pk=pk).first()
    if found is None:
        raise LookupError(pk)
    key = event_key(mail, RETURNED, found.stream)
    if earlier(key) is not None:
        return False
    at = max(at, found.changed_at)
    try:
        with transaction.atomic():
            on = timezone.localtime(at).date()
            desk = duties.holders(found.programme, found.home_path, on, "receive")
            people = [
                pk for pk in desk if access.sees(grants.actor(standing_person(pk), on), found)
            ]
            telling = notify.told(people, "notice.mail_returned")
            data = {"status": status, **telling}
            change(found, Happening(RETURNED, at, SYSTEM.ref, data=data, key=key))
            notify.tell_told(found, telling, at=at, ref=found.stream, number=found.number)
    except IntegrityError:
        # The server's refusal and its report at one moment.
        if earlier(key) is None:
            raise
        return False
    return True
