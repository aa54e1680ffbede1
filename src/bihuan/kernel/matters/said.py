"""What comes with a new matter in somebody's own words, and how to reach them: checked alike at
every door."""

from typing import Any

from bihuan.foundation.audit.api import vault
from bihuan.kernel.matters import complained, inputs
from bihuan.lib import mailbox
from bihuan.lib.problems import InputError
from bihuan.spec.schema import Input

SUBJECT_FROM_BODY = 40
# Where a title may end, and what none ends with.
_ENDS, _PAUSES = "，；。！？", "，,、；;：:。.！!？? "
# Short lines of an exchange have four digits, 12345 five; abc123 is nobody's.
SHORTEST_PHONE = 4
# A letter typed by mistake says nothing that anybody could answer.
SHORTEST = 2
SUBJECT = Input(type="text", max=200)
_DECLARED = {
    "subject": SUBJECT,
    "body": Input(type="longtext", required=True, max=20_000),
    "name": Input(type="text", max=60),
    "phone": Input(type="text", max=30),
    "email": Input(type="text", max=120),
    "complained_of": complained.WORDS,
}


def _no_address(email: str) -> tuple[str, dict[str, str]]:
    why, guess = mailbox.why_not(email)
    if why == "meant":
        return "input.email_meant", {"meant": guess}
    return ("input.email_ats" if why else "input.not_an_email"), {}


def _says_nothing(body: str) -> bool:
    """Whether there are not even two letters, digits or characters in it."""
    return sum(c.isalnum() for c in body) < SHORTEST


def _beginning(body: str) -> str:
    """The beginning of a text, as a title: where it is long, up to the end of a clause that leaves half of
    what fits, and with no comma left hanging."""
    told = " ".join(body.split())
    cut = told[:SUBJECT_FROM_BODY]
    if len(told) > len(cut):
        last = max(cut.rfind(mark) for mark in _ENDS)
        cut = cut[:last] if last >= SUBJECT_FROM_BODY // 2 else cut
    return cut.rstrip(_PAUSES) or cut


def take(
    subject: str, body: Any, contact: vault.Person, complained_of: str, *, alone: bool, titled: bool
) -> tuple[str, str, vault.Person]:
    """Subject (the beginning of the text where there is none), text and contact, cleaned. `alone`: the
    text alone says what is wanted; `titled`: a subject may stand for it. Raises InputError with every
    bad field."""
    # Whatever an import or the interface puts there is looked at below.
    untold = titled and isinstance(body, str) and not body.strip()
    given = {
        "subject": subject,
        "body": subject if untold else body,
        "name": contact.name,
        "phone": contact.phone,
        "email": contact.email,
        "complained_of": complained_of,
    }
    taken = inputs.take(_DECLARED, given)
    if alone and _says_nothing(taken["body"]):
        raise InputError({"body": ("input.says_nothing", {})})
    email = mailbox.fold(taken.get("email", ""))
    if email and not mailbox.is_address(email):
        raise InputError({"email": _no_address(email)})
    phone = taken.get("phone", "")
    if phone and sum(c.isdigit() for c in phone) < SHORTEST_PHONE:
        raise InputError({"phone": ("input.not_a_phone", {})})
    title = taken.get("subject") or _beginning(taken["body"])
    return title, taken["body"], vault.Person(taken.get("name", ""), phone, email)
