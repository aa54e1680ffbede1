"""What `bihuan doctor` looks at of the ways in and out: the public address and the proxy in front of it,
mail, the time as others have it, the worker."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from bihuan.foundation.access import probe
from bihuan.foundation.notify import duties, outward, trial
from bihuan.lib.checkups import Checkup, Looked, Said, add

APART = 60
SECONDS = 5.0
ANSWER = 4096
# The shortest duty comes round each minute, seals every five: after this nobody works.
SILENT = timedelta(minutes=15)
BAD, MISDIRECTED = 400, (301, 302, 307, 308)


def _world(asked: Looked) -> Iterator[Said]:
    if not asked.clock_url:
        yield Said("unasked")
        return
    try:
        _, headers, _ = outward.fetch(asked.clock_url, {}, most=0, seconds=SECONDS)
        theirs = parsedate_to_datetime(headers["date"])
    except (outward.AddressError, OSError, HTTPException, KeyError, ValueError, TypeError):
        # An office without the internet is none the worse for it.
        yield Said("unreached", values={"where": _host(asked.clock_url)})
        return
    seconds = round((asked.at - theirs).total_seconds())
    good = abs(seconds) <= APART
    values = {"seconds": seconds, "where": _host(asked.clock_url)}
    yield Said("good" if good else "apart", good, values)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _public(asked: Looked) -> Iterator[Said]:
    told = {"address": settings.PUBLIC_URL}
    try:
        status, headers, body = outward.fetch(
            f"{settings.PUBLIC_URL}/healthz",
            {probe.HEADER: probe.header(asked.at)},
            most=ANSWER,
            seconds=SECONDS,
        )
    except (outward.AddressError, OSError, HTTPException) as error:
        why = str(getattr(error, "strerror", "") or type(error).__name__)
        yield Said("unreached", good=False, values={**told, "why": why})
        return
    if status == BAD:
        yield Said(
            "host", good=False, values={**told, "host": urlsplit(settings.PUBLIC_URL).hostname}
        )
    elif status in MISDIRECTED:
        yield Said("led_on", good=False, values={**told, "to": headers.get("location", "")[:200]})
    elif status != 200:
        yield Said("status", good=False, values={**told, "status": status})
    else:
        seen = _seen(body)
        if seen is None:
            yield Said("others", good=False, values=told)
            return
        yield Said("good", values=told)
        yield _proxy(seen)


def _seen(body: bytes) -> Mapping[str, Any] | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    found = answer.get("seen") if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else None


def _proxy(seen: Mapping[str, Any]) -> Said:
    """Whether what came is what the house trusts."""
    values = {"remote": seen["remote"]}
    https = urlsplit(settings.PUBLIC_URL).scheme == "https"
    if https and not seen["secure"]:
        return Said("proxy_scheme", good=False, values=values)
    if seen["forwarded"] and not seen["trusted"]:
        return Said("proxy_untrusted", good=False, values=values)
    if https and not seen["forwarded"]:
        return Said("proxy_hides", good=False, values=values)
    return Said("proxy_good" if seen["forwarded"] else "proxy_none", values=values)


def _mail(asked: Looked) -> Iterator[Said]:
    if not asked.mail_to:
        printed = settings.EMAIL_BACKEND == trial.CONSOLE
        yield Said("printed_only" if printed else "unasked")
        return
    found = trial.try_mail(asked.mail_to, asked.subject, asked.text, at=asked.at)
    yield Said(found.outcome, found.outcome == "sent", {"why": found.why})


def _worker(asked: Looked) -> Iterator[Said]:
    done = [one for one in duties.duties_done().values() if one is not None]
    last = max(done, default=None)
    if last is None:
        yield Said("never", good=False)
        return
    minutes = round((asked.at - last).total_seconds() / 60)
    good = asked.at - last <= SILENT
    yield Said("good" if good else "stopped", good, {"minutes": minutes, "last": _minute(last)})


def _minute(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def register() -> None:
    add(Checkup("world", _world))
    add(Checkup("public", _public))
    add(Checkup("mail", _mail))
    add(Checkup("worker", _worker, asks_database=True))
