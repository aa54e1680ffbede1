"""What all that speaks to the network keeps to: an end of the whole exchange, and no transaction
around it, which would hold the database's one writer for as long as somebody outside is silent."""

import ipaddress
import queue
import socket
import threading
import time

from django.db import connection

from bihuan.lib.internet import Address


class InTransactionError(RuntimeError):
    """Somebody outside was to be asked while a transaction is open: ours to mend."""


def refuse_in_transaction() -> None:
    """Raises InTransactionError where a transaction is open, but for the one a test lies in."""
    blocks = connection.atomic_blocks if connection.in_atomic_block else []
    if not all(getattr(block, "_from_testcase", False) for block in blocks):
        raise InTransactionError


class Deadline:
    """The end of one whole exchange, on a clock that nobody sets."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left. Raises TimeoutError when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            msg = "the exchange took too long"
            raise TimeoutError(msg)
        return left


def _look_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]


def addresses(host: str, port: int, until: Deadline) -> list[Address]:
    """All addresses of a name; the resolver knows no deadline, so it is waited for from outside.
    Raises TimeoutError, InTransactionError."""
    refuse_in_transaction()
    answer: queue.SimpleQueue[list[Address]] = queue.SimpleQueue()
    asking = threading.Thread(target=lambda: answer.put(_look_up(host, port)), daemon=True)
    asking.start()
    try:
        return answer.get(timeout=until.left())
    except queue.Empty:
        msg = "the name was not looked up in time"
        raise TimeoutError(msg) from None
