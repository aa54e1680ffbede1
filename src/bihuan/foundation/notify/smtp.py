"""Mail over SMTP with an end of the whole delivery: look-up, connection, handshake, every line.

The library's time-out is for each piece that arrives; a server that drips its greeting would hold
the lane of mails for as long as it likes.
"""

import contextlib
import smtplib
import socket
import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as _Library
from typing_extensions import override

from bihuan.foundation.notify.outgoing import Deadline, addresses, refuse_in_transaction


class _Delivery:
    """One delivery under one deadline: when it is over, the line is cut whatever it is waiting for."""

    def __init__(self, seconds: float) -> None:
        self.until = Deadline(seconds)
        self.over = False
        self._line: socket.socket | None = None
        self._clock = threading.Timer(seconds, self._cut)
        self._clock.daemon = True
        self._clock.start()

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to the first address that takes one. Raises OSError."""
        error = OSError(f"{host} has no address")
        for address in addresses(host, port, self.until):
            try:
                found = socket.create_connection((str(address), port), self.until.left())
            except OSError as refused:
                error = refused
                continue
            # Its own handle: TLS takes the socket itself over, a handshake may drip too.
            self._line = found.dup()
            # From here on the clock cuts the line.
            found.settimeout(None)
            return found
        raise error

    def _cut(self) -> None:
        self.over = True
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        self._clock.cancel()
        if self._line is not None:
            self._line.close()


class _Line(smtplib.SMTP):
    def __init__(self, *args: Any, delivery: _Delivery, **more: Any) -> None:
        self._delivery = delivery
        super().__init__(*args, **more)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        del timeout
        return self._delivery.connect(host, port)


class _SecureLine(smtplib.SMTP_SSL, _Line):
    """As `_Line`, with TLS from the first byte."""


class EmailBackend(_Library):
    """Django's, of which every delivery ends within settings.EMAIL_SECONDS. Raises TimeoutError
    when it does not; InTransactionError inside a transaction."""

    _delivery: _Delivery

    @property
    @override
    def connection_class(self) -> Any:
        return partial(_SecureLine if self.use_ssl else _Line, delivery=self._delivery)

    @override
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        refuse_in_transaction()
        self._delivery = _Delivery(settings.EMAIL_SECONDS)
        try:
            return super().send_messages(email_messages) or 0
        except (OSError, smtplib.SMTPException) as error:
            if self._delivery.over:
                msg = "the mail server took too long"
                raise TimeoutError(msg) from error
            raise
        finally:
            self._delivery.end()
