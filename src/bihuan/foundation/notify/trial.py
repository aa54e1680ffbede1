"""One mail sent to see whether mail goes out at all, and what to do where it does not."""

from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPAuthenticationError, SMTPException
from typing import Literal

from django.conf import settings

from bihuan.foundation.notify.channels import ReturnedError, mail
from bihuan.lib import canonical, mailbox

CONSOLE = "bihuan.foundation.notify.console.EmailBackend"


@dataclass(frozen=True)
class Tried:
    """What became of it: gone out, only to be printed, or why not; `why` is for who runs the machine."""

    outcome: Literal["sent", "printed", "address", "login", "refused", "unreached"]
    why: str = ""


def try_mail(to: str, subject: str, text: str, *, at: datetime) -> Tried:
    """Sends one mail now, not through the outbox. Raises InTransactionError inside a transaction."""
    address = mailbox.fold(to)
    if not mailbox.is_address(address):
        return Tried("address")
    if settings.EMAIL_BACKEND == CONSOLE:
        return Tried("printed")
    return _tried(address, subject, text, at)


def _tried(address: str, subject: str, text: str, at: datetime) -> Tried:
    try:
        mail(address, subject, text, f"trial:{canonical.instant(at)}")
    except ReturnedError as error:
        return Tried("refused", error.status)
    except SMTPAuthenticationError as error:
        return Tried("login", str(error.smtp_code))
    except SMTPException as error:
        return Tried("refused", type(error).__name__)
    except OSError as error:
        return Tried("unreached", str(error.strerror or type(error).__name__))
    return Tried("sent")
