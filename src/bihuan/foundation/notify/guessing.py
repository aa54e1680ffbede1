"""Telling people that somebody guesses at their password."""

from datetime import datetime

from django.utils import timezone

from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import Person


def tell(whose: Person, count: int, at: datetime) -> None:
    """Puts it in the person's inbox: at each power of ten once a day, however long it goes on."""
    day = timezone.localtime(at).date().isoformat()
    notify.tell([whose.pk], "notice.guessed", key=f"guessed:{day}:{count}", at=at, count=count)
