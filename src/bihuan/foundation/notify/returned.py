"""Mail that came back: how the house knows its own again, and what mail systems say of it.

A mark names what a mail was about and is signed, so nobody makes up a return; it names no address.
Of a report (RFC 3464, in a multipart/report of RFC 6522) only the status code (RFC 3463) is taken:
its texts repeat the address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings

from bihuan.lib import canonical, codes, keyring

# Beside Message-ID, which some mail systems replace.
HEADER = "Bihuan-Mail"
MOST = 2 * 1024 * 1024
_STATUS = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")
_MARK = re.compile(r"\b([0-9a-f]{32})\.([a-z]{1,20})-(\d{1,18})\.([0-9a-f]{24})(?=@|\s|>|\Z)")
_SYSTEMS = re.compile(r"^(mailer-daemon|postmaster)@|<(mailer-daemon|postmaster)@", re.IGNORECASE)
_UNKNOWN = "5.0.0"


@dataclass(frozen=True)
class Returned:
    """One mail of ours that was not delivered. `about` is the stream it was about, `mail` which of
    its mails it was, `status` says why: `5.1.1`."""

    about: str
    mail: str
    status: str


def name_of(key: str) -> str:
    """Which mail it is, by the key of the task that sends it."""
    return canonical.digest(key)[:32]


def mark(key: str, about: str = "") -> str:
    """What stands in a mail's Message-ID and header: the same for the same task."""
    name = name_of(key)
    if not about:
        return name
    subject = about.replace(":", "-")
    return f"{name}.{subject}.{_signed(name, subject)[0]}"


def _signed(name: str, subject: str) -> list[str]:
    keys = keyring.every(settings.SECRETS, "blind")
    return [one[:24] for one in codes.blinds(keys, f"mail|{name}|{subject}")]


def refused(error: SMTPException) -> str:
    """The status of a mail server's final refusal of a recipient or of the mail; '' when it may be
    tried again, or was about us."""
    if isinstance(error, SMTPRecipientsRefused):
        answers: list[tuple[int, bytes | str]] = list(error.recipients.values())
    elif isinstance(error, SMTPDataError):
        answers = [(error.smtp_code, error.smtp_error)]
    else:
        return ""
    for code, said in answers:
        if 500 <= code < 600:
            text = said.decode("ascii", "ignore") if isinstance(said, bytes) else str(said)
            return _status(text)
    return ""


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else _UNKNOWN


def read(content: bytes) -> list[Returned]:
    """The mails of ours that a message says were not delivered; none for anything else: what is
    only late, an automatic answer, somebody else's mail, a forged mark.

    What is longer than MOST is read so far only.
    """
    try:
        message = message_from_bytes(content[:MOST], policy=policy.compat32)
        status = _failed(message)
        found = {one for part in _originals(message) for one in _marks(part)} if status else set()
    except (RecursionError, LookupError, ValueError):
        # Parts within parts without end, character sets that are none.
        return []
    return [Returned(about, name, status) for name, about in sorted(found)]


def _failed(message: Message) -> str:
    """Why it failed for good; '' when it does not say that it did."""
    reports = [p for p in message.walk() if p.get_content_type() == "message/delivery-status"]
    for report in reports:
        groups = report.get_payload()
        for group in groups if isinstance(groups, list) else []:
            if (
                isinstance(group, Message)
                and str(group.get("Action", "")).strip().lower() == "failed"
            ):
                return _status(str(group.get("Status", "")))
    if reports:
        return ""
    # Some systems give the mail back without a report; whoever answers by hand is none of them.
    return _UNKNOWN if _SYSTEMS.search(str(message.get("From", "")).strip()) else ""


def _originals(message: Message) -> Iterator[str]:
    """The headers of the mails that are given back, whole or headers only."""
    for part in message.walk():
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list):
            yield from (_ours(one) for one in payload if isinstance(one, Message))
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            given = part.get_payload(decode=True)
            if isinstance(given, bytes):
                yield _ours(message_from_bytes(given))


def _ours(original: Message) -> str:
    return " ".join(str(original.get(name, "")) for name in ("Message-ID", HEADER))


def _marks(text: str) -> Iterator[tuple[str, str]]:
    for name, kind, number, signature in _MARK.findall(text):
        if signature in _signed(name, f"{kind}-{number}"):
            yield name, f"{kind}:{number}"
