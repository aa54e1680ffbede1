"""Digests: one mail a person with what they have not read, each thing in one mail only; and what is
told at once for the safety of an account."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.guessing import SAFETY
from bihuan.foundation.orgs import api as orgs
from bihuan.lib import canonical

Words = Callable[..., str]
OLD_ENOUGH = timedelta(minutes=30)
TASK = "jobs.digest"
SHOWN = 50
_WORDS: dict[str, Words] = {}


def use_words(words: Words) -> None:
    """Injects the catalogue, called as words(key, **values) in the reader's language, and
    registers the tasks that send."""
    _WORDS["text"] = words
    notify.task(TASK, "mail")(send)
    notify.task(SAFETY, "mail")(send_at_once)


def plan(at: datetime) -> int:
    """Plans a mail for everybody with unread notices older than half an hour; returns how many.

    Marking the notices and planning the mail is one transaction: a kill loses neither. The mail
    itself is the outbox's to send, with its retries.
    """
    planned = 0
    for person_id in notify.people_to_mail(at - OLD_ENOUGH):
        with transaction.atomic():
            _, notices = notify.unmailed(person_id, at - OLD_ENOUGH)
            if not notices:
                continue
            ids = [one.pk for one in notices]
            notify.mark_mailed(ids, at)
            key = f"digest:{person_id}:{canonical.digest(canonical.dumps(ids))[:40]}"
            notify.enqueue(TASK, {"person": person_id, "notices": ids}, key=key, run_at=at)
            planned += 1
    return planned


def _line(notice: notify.Notice, words: Words) -> str:
    """What a notice says; a bulletin is to be read, so its address stands with it."""
    text = words(notice.text, **notice.values)
    kind, _, pk = notice.ref.partition(":")
    if kind != "bulletin":
        return text
    return f"{text} {settings.PUBLIC_URL}{reverse('desk:bulletin', args=[pk])}"


def send(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Sends one digest; what was read in the meantime is left out.

    Run again after a kill it sends again under the same Message-ID.
    """
    del at
    notices = notify.unread_of(payload["notices"])
    if not notices:
        return
    person = notices[0].person
    if not person.email or not person.digest or not person.is_active:
        return
    words = _WORDS["text"]
    with translation.override(person.locale):
        lines = [_line(one, words) for one in notices[:SHOWN]]
        text = words(
            "digest.body",
            name=person.name,
            count=len(notices),
            list="\n".join(f"- {line}" for line in lines),
            url=settings.PUBLIC_URL,
        )
        subject = words("digest.subject", count=len(notices))
    notify.mail(person.email, subject, text, key)


def send_at_once(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Mails one notice that nobody can switch off."""
    del at
    person, words = orgs.person(payload["person"]), _WORDS["text"]
    # Where the address itself was changed, the one before is told.
    to = payload.get("to") or person.email
    if not to or not person.is_active:
        return
    with translation.override(person.locale):
        told = words(payload["text"], **payload["values"])
        url = settings.PUBLIC_URL + reverse("desk:me")
        body = words("digest.safety", name=person.name, text=told, url=url)
        subject = words("digest.safety_subject")
    notify.mail(to, subject, body, key)
