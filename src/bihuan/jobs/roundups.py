"""Sends the round-up 手机报: one mail a reader and period, and one call to whoever pushes it on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from bihuan.foundation.notify import api as notify
from bihuan.lib.catalogue import DEFAULT
from bihuan.lib.legal import one_line
from bihuan.outcomes.publicity.api import roundups, subscriptions

Words = Callable[..., str]
SEND, MAIL = "roundup.send", "roundup.mail"
# Nobody's telephone rings before this hour of the morning.
FROM_HOUR = 8
AT_ONCE = 200
PAGES = {
    "answers": "portal:publication",
    "notices": "portal:notice",
    "bulletins": "portal:bulletin",
}
_WORDS: dict[str, Words] = {}


def use_words(words: Words) -> None:
    """Injects the catalogue, called as words(key, **values) in the reader's language, and
    registers the tasks that send."""
    _WORDS["text"] = words
    notify.task(SEND)(_send)
    notify.task(MAIL, "mail")(_mail)
    notify.task(subscriptions.ASKED, "mail")(_ask_again)


def plan(at: datetime) -> None:
    """Begins to send the newest day's and week's round-up, each once; an empty one is not sent."""
    if timezone.localtime(at).hour < FROM_HOUR:
        return
    for rhythm in roundups.RHYTHMS:
        period = roundups.newest(rhythm, at)
        with transaction.atomic():
            if not roundups.begin_sending(period, at):
                continue
            found = roundups.roundup(period, at=at)
            if not found.count:
                continue
            _go_on(period.text, 0, at)
            with translation.override(DEFAULT):
                told = {"period": period.text, "title": title(found), "text": text(found)}
            notify.announce(roundups.MADE, "", period.text, told, at)


def _go_on(period: str, after: int, at: datetime) -> None:
    payload = {"period": period, "after": after}
    notify.enqueue(SEND, payload, key=f"{SEND}:{period}:{after}", run_at=at)


def _send(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Plans the mails of some readers, and the next some: all of it is written with this task's
    end, so a kill neither skips nor repeats a reader."""
    del key
    period = roundups.parse(payload["period"])
    readers = subscriptions.running(period.grain, after=payload["after"], limit=AT_ONCE)
    for pk in readers:
        notify.enqueue(
            MAIL,
            {"period": period.text, "reader": pk},
            key=f"{MAIL}:{period.text}:{pk}",
            run_at=at,
        )
    if len(readers) == AT_ONCE:
        _go_on(period.text, readers[-1], at)


def _mail(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Whoever ended it since gets none; what was withdrawn since is not in it."""
    reader = subscriptions.reader(payload["reader"])
    found = roundups.roundup(roundups.parse(payload["period"]), at=at)
    if reader is None or not found.count:
        return
    address, locale, ends = reader
    leave = settings.PUBLIC_URL + reverse("portal:unsubscribe", args=[ends])
    with translation.override(locale):
        body = _WORDS["text"]("roundup.mail", text=text(found), leave=leave)
        about = f"subscription:{payload['reader']}"
        try:
            notify.mail(address, title(found), body, key, leave=leave, about=about)
        except notify.ReturnedError as error:
            if not subscriptions.returned(payload["reader"], error.status, at=at):
                raise


def _ask_again(payload: dict[str, Any], at: datetime, key: str) -> None:
    """The mail whose link begins a subscription."""
    del at
    try:
        address, rhythm, locale = subscriptions.asked(payload["token"])
    except LookupError:
        # It waited for longer than the link is good for.
        return
    words = _WORDS["text"]
    link = settings.PUBLIC_URL + reverse("portal:subscribe_confirm", args=[payload["token"]])
    with translation.override(locale):
        named = words(f"roundup.rhythm_{rhythm}")
        body = words("roundup.confirm_mail", rhythm=named, link=link, url=settings.PUBLIC_URL)
        notify.mail(address, words("roundup.confirm_subject"), body, key)


def title(found: roundups.Roundup) -> str:
    """One line: which days, and how much of what."""
    words = _WORDS["text"]
    parts = [words(f"roundup.count_{one.kind}", count=one.count) for one in found.sections]
    return words("roundup.subject", span=_span(found), parts=words("roundup.and").join(parts))


def _span(found: roundups.Roundup) -> str:
    words, period = _WORDS["text"], found.period
    first, last = ({"month": d.month, "day": d.day} for d in (period.start, period.last))
    told = words("roundup.day", **first)
    if first == last:
        return told
    return words("roundup.span", first=told, last=words("roundup.day", **last))


def text(found: roundups.Roundup) -> str:
    """The lines of it, each with its address: what a telephone shows without any layout."""
    words, lines = _WORDS["text"], []
    for section in found.sections:
        lines.append(words("roundup.heading", title=words(f"roundup.{section.kind}")))
        for one in section.items:
            link = settings.PUBLIC_URL + reverse(PAGES[section.kind], args=[one.pk])
            # A title of two lines would be taken for another one.
            named = {"title": one_line(one.title), "unit": one_line(one.unit)}
            lines.append(words("roundup.line", **named, link=link))
        if section.more:
            lines.append(words("roundup.more", count=section.more))
        lines.append("")
    page = settings.PUBLIC_URL + reverse("portal:roundup", args=[found.period.text])
    lines.append(words("roundup.all", link=page))
    return "\n".join(lines)
