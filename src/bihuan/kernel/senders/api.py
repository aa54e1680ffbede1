"""The public door of what is between a matter and whoever sent it."""

from bihuan.kernel.matters.access import may_contact
from bihuan.kernel.senders.code_renewal import (
    Renewal,
    may_renew,
    renew_code,
    replaced_at,
    send_code,
)
from bihuan.kernel.senders.contacts import erase_contact, reveal_contact, same_phone, sought
from bihuan.kernel.senders.known import known_words, senders_at, senders_words, writers_words
from bihuan.kernel.senders.mailing import use_words
from bihuan.kernel.senders.proving import Standing, proof, standing_in_log
from bihuan.kernel.senders.replies import last_reply
from bihuan.kernel.senders.returned_mail import mail_returned, why_returned

__all__ = [
    "Renewal",
    "Standing",
    "erase_contact",
    "known_words",
    "last_reply",
    "mail_returned",
    "may_contact",
    "may_renew",
    "proof",
    "renew_code",
    "replaced_at",
    "reveal_contact",
    "same_phone",
    "send_code",
    "senders_at",
    "senders_words",
    "sought",
    "standing_in_log",
    "use_words",
    "why_returned",
    "writers_words",
]
