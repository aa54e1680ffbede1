"""Mail that came back, from wherever the operator keeps it: each is told to what it was about."""

from dataclasses import dataclass
from datetime import datetime

from bihuan.foundation.notify import api as notify
from bihuan.kernel.senders import api as senders
from bihuan.outcomes.publicity.api import subscriptions


@dataclass(frozen=True)
class Taken:
    """One mail of ours that came back; `news` unless it was known, or nobody is left to be told."""

    about: str
    status: str
    news: bool


def take(content: bytes, *, at: datetime) -> list[Taken]:
    """What one message of a mail system tells, see `notify.read_returned`; again, nothing is news."""
    return [Taken(one.about, one.status, _told(one, at)) for one in notify.read_returned(content)]


def _told(one: notify.Returned, at: datetime) -> bool:
    kind, _, number = one.about.partition(":")
    try:
        if kind == "matter":
            return senders.mail_returned(int(number), one.mail, one.status, at=at)
        if kind == "subscription":
            return subscriptions.returned(int(number), one.status, at=at)
    except LookupError:
        return False
    return False
