"""Telling people that their password was changed by a link, and whether mail leaves this house at all."""

from datetime import datetime

from django.conf import settings

from bihuan.foundation.notify import api as notify

# Whoever runs a house without a mail server reads what would have been sent in its log.
WRITTEN_ONLY = "bihuan.foundation.notify.console.EmailBackend"


def can_mail() -> bool:
    """Whether a mail reaches anybody."""
    return settings.EMAIL_BACKEND != WRITTEN_ONLY


def tell(person_id: int, at: datetime) -> None:
    """Puts it in the person's inbox."""
    key = f"password:{person_id}:{at.isoformat()}"
    notify.tell([person_id], "notice.password_changed", key=key, at=at)
