"""Mail for a house without a mail server: written to the log, without whom it is for."""

from email import message_from_bytes
from typing import Any

from django.core.mail.backends import console
from typing_extensions import override

WITHHELD = "(withheld)"


class EmailBackend(console.EmailBackend):
    """As Django's, but a log is no vault: the addresses of those who get it are left out."""

    @override
    def write_message(self, message: Any) -> None:
        shown = message_from_bytes(message.message().as_bytes())
        for name in ("To", "Cc", "Bcc", "Reply-To"):
            if name in shown:
                shown.replace_header(name, WITHHELD)
        self.stream.write(f"{shown.as_string()}\n{'-' * 79}\n")
