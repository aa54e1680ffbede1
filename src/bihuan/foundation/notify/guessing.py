"""Telling people that somebody guesses at their password, or logged in where they never did."""

from datetime import datetime

from django.utils import timezone

from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Notice
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Person

# The task that mails it at once; the mail's words live above.
SAFETY = "notify.safety"


def tell(whose: Person, count: int, at: datetime) -> None:
    """Puts it in the person's inbox: at each power of ten once a day, however long it goes on."""
    day = timezone.localtime(at).date().isoformat()
    notify.tell([whose.pk], "notice.guessed", key=f"guessed:{day}:{count}", at=at, count=count)


def tell_strange(whose: Person, browser: str, at: datetime) -> None:
    """Puts in the person's inbox that a log-in was made in a browser new to them; nobody can switch
    that off."""
    values = {"browser": browser or "?", "when": timezone.localtime(at).strftime("%Y-%m-%d %H:%M")}
    _at_once(whose, "notice.new_device", f"device:{at.isoformat()}", at, values)


def tell_factor(whose: int, at: datetime) -> None:
    """Tells a person that somebody else took their second factor off."""
    _at_once(orgs.person(whose), "notice.factor_off", f"factor:{at.isoformat()}", at, {})


def tell_connected(whose: int, at: datetime) -> None:
    """Tells a person that their account can be logged in to by a provider from now on."""
    _at_once(orgs.person(whose), "notice.connected", f"connected:{at.isoformat()}", at, {})


def tell_moved(whose: int, before: str, at: datetime) -> None:
    """Tells a person that their e-mail address was changed: in the inbox, and by mail to the one
    before, where there was one."""
    text, key = "notice.email_changed", f"email:{at.isoformat()}"
    values = {"when": timezone.localtime(at).strftime("%Y-%m-%d %H:%M")}
    notify.tell([whose], text, key=key, at=at, **values)
    if before:
        payload = {"person": whose, "text": text, "values": values, "to": before}
        notify.enqueue(SAFETY, payload, key=f"{SAFETY}:{whose}:{key}", run_at=at)


def _at_once(whose: Person, text: str, key: str, at: datetime, values: dict[str, str]) -> None:
    """In the inbox, and by mail where there is an address, whatever was said of digests."""
    notify.tell([whose.pk], text, key=key, at=at, **values)
    if not whose.email:
        return
    Notice.objects.filter(person_id=whose.pk, key=key).update(mailed_at=at)
    payload = {"person": whose.pk, "text": text, "values": values}
    notify.enqueue(SAFETY, payload, key=f"{SAFETY}:{whose.pk}:{key}", run_at=at)
