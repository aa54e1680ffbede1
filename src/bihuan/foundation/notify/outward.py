"""Calling an address that somebody typed: only out of the house, unless the operator says so.

Whoever may name an address could otherwise make the server ask what only the server can reach: its
own ports, its neighbours, a cloud's metadata (server-side request forgery). And whoever answers
could hold the caller by dripping: one deadline covers look-up, connection, question and answer.
"""

import http.client
import io
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from typing_extensions import Buffer, override

from bihuan.foundation.notify.outgoing import Deadline, InTransactionError, addresses
from bihuan.lib.internet import Address, carried, is_public

TOTAL_SECONDS = 10.0


class AddressError(ValueError):
    """An address that is not called; `key` names the message."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def split(url: str) -> tuple[SplitResult, str, int]:
    """(parts, host, port) of an address. Raises AddressError unless it is plain http(s)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressError("notify.bad_url") from error
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise AddressError("notify.bad_url")
    if any(c.isspace() or not c.isprintable() for c in url):
        raise AddressError("notify.bad_url")
    return parts, host, port or (443 if parts.scheme == "https" else 80)


def _allowed(host: str, address: Address) -> bool:
    """Public addresses are; others when the setting lists their host or a network around them."""
    if is_public(address):
        return True
    for one in settings.WEBHOOK_HOSTS:
        if one.lower() == host.lower():
            return True
        try:
            network = ipaddress.ip_network(one)
        except ValueError:
            continue
        if address in network or carried(address) in network:
            return True
    return False


def check(url: str) -> None:
    """Raises AddressError for what is not http(s) or leads into our own network.

    A name that cannot be looked up now is taken: it is looked up again before every delivery. So is
    one that is given inside a transaction, as the API's repeatable requests are: nobody outside is
    asked there.
    """
    _, host, port = split(url)
    try:
        found = _written(host) or addresses(host, port, Deadline(TOTAL_SECONDS))
    except (TimeoutError, InTransactionError):
        return
    if not all(_allowed(host, one) for one in found):
        raise AddressError("notify.inner_url")


def _written(host: str) -> list[Address]:
    """The address that a host is, if it is no name."""
    try:
        return [ipaddress.ip_address(host.partition("%")[0])]
    except ValueError:
        return []


class _Reading(io.RawIOBase):
    """What arrives on a socket, each piece waited for no longer than is left of the whole."""

    def __init__(self, sock: socket.socket, until: Deadline) -> None:
        self._sock, self._until = sock, until

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer) -> int:
        self._sock.settimeout(self._until.left())
        return self._sock.recv_into(buffer)


class _Timed:
    """What http.client asks of a socket, under one deadline."""

    def __init__(self, sock: socket.socket, until: Deadline) -> None:
        self._sock, self._until = sock, until

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._sock.settimeout(self._until.left())
            rest = rest[self._sock.send(rest) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode
        return io.BufferedReader(_Reading(self._sock, self._until))

    def close(self) -> None:
        """Nothing: http.client closes as soon as it has read the headers of an answer after which
        the line ends, and the answer is still to be read. `hang_up` closes."""


class _Line(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever the name says a moment later."""

    def __init__(self, parts: SplitResult, port: int, address: Address, until: Deadline) -> None:
        host = parts.hostname or ""
        super().__init__(host, port)
        # Else http.client writes the port after the host where the scheme's own is meant.
        self.default_port = 443 if parts.scheme == "https" else 80
        self._secure, self._address, self._until = parts.scheme == "https", address, until
        self._open: socket.socket | None = None

    @override
    def connect(self) -> None:
        plain = socket.create_connection((str(self._address), self.port), self._until.left())
        try:
            plain.settimeout(self._until.left())
            line = self._wrapped(plain) if self._secure else plain
        except BaseException:
            plain.close()
            raise
        self._open = line
        self.sock: Any = _Timed(line, self._until)

    def hang_up(self) -> None:
        """Closes the line, whatever was read of it."""
        if self._open is not None:
            self._open.close()

    def _wrapped(self, plain: socket.socket) -> socket.socket:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _exchange(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    most: int,
    seconds: float,
    inside: bool,
) -> tuple[int, Mapping[str, str], bytes]:
    parts, host, port = split(url)
    until = Deadline(seconds)
    found = addresses(host, port, until)
    if not found:
        msg = f"{host} has no address"
        raise OSError(msg)
    if not inside and not all(_allowed(host, one) for one in found):
        raise AddressError("notify.inner_url")
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    line = _Line(parts, port, found[0], until)
    try:
        line.request(method, target, body, dict(headers))
        answer = line.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read(most) if most else b""
    finally:
        line.hang_up()


def ask(
    url: str, body: bytes, headers: Mapping[str, str], *, most: int, seconds: float = TOTAL_SECONDS
) -> tuple[int, bytes]:
    """Posts to an address; returns the status and at most `most` bytes of the answer.

    Redirects are not followed. The address that was checked is the one connected to: a name that
    points elsewhere a moment later changes nothing. All of it ends within `seconds`. Raises
    InTransactionError inside a transaction; AddressError, OSError (TimeoutError), http.client.HTTPException.
    """
    status, _, answer = _exchange(
        "POST", url, body, headers, most=most, seconds=seconds, inside=False
    )
    return status, answer


def fetch(
    url: str, headers: Mapping[str, str], *, most: int, seconds: float = TOTAL_SECONDS
) -> tuple[int, Mapping[str, str], bytes]:
    """Gets what stands at an address that the operator of this machine named, wherever it leads: the
    status, the headers by their small names, at most `most` bytes. Else as `ask`."""
    return _exchange("GET", url, None, headers, most=most, seconds=seconds, inside=True)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """As `ask`, where only the status matters."""
    return ask(url, body, headers, most=0)[0]
