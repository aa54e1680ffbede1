"""Telling people that their password was changed by a link, and whether mail leaves this house at all."""

from datetime import datetime

from django.conf import settings

from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.trial import CONSOLE


def can_mail() -> bool:
    """Whether a mail reaches anybody."""
    return settings.EMAIL_BACKEND != CONSOLE


def tell(person_id: int, at: datetime) -> None:
    """Puts it in the person's inbox."""
    key = f"password:{person_id}:{at.isoformat()}"
    notify.tell([person_id], "notice.password_changed", key=key, at=at)
