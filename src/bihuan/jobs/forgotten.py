"""The mail with a link by which somebody who forgot their password sets another.

It is asked for on a page that knows nobody: who is meant is looked for here, after the page answered.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from bihuan.foundation.access import inviting
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs

Words = Callable[..., str]
TASK = inviting.ASKED
_WORDS: dict[str, Words] = {}


def use_words(words: Words) -> None:
    """Injects the catalogue, as `digest.use_words`, and registers the task that sends."""
    _WORDS["text"] = words
    notify.task(TASK, "mail")(send)


def send(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Sends one mail to one person; nothing where nobody was meant, or they were sent enough lately.

    Run again after a kill it sends another link, under the same Message-ID.
    """
    secret = inviting.give_asked(payload["person"], at) if payload["person"] else None
    if secret is None:
        return
    person, words = orgs.person(payload["person"]), _WORDS["text"]
    with translation.override(person.locale):
        text = words(
            "forgotten.mail",
            name=person.name,
            username=person.username,
            link=f"{settings.PUBLIC_URL}{reverse('desk:invited')}#{secret}",
            minutes=int(inviting.ASKED_FOR.total_seconds() // 60),
        )
        subject = words("forgotten.subject")
    try:
        notify.mail(person.email, subject, text, key)
    except Exception:
        # Nobody holds it, and it is not to count among those that they were sent.
        inviting.take_back(secret, at)
        raise
