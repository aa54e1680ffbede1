"""Calling an address that somebody typed: only out of the house, unless the operator says so.

Whoever may name an address could otherwise make the server ask what only the server can reach: its
own ports, its neighbours, a cloud's metadata (server-side request forgery).
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from typing_extensions import override

TIMEOUT_SECONDS = 10
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Networks through which an IPv6 address reaches an IPv4 one that stands in its last 32 bits.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


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


def _inner(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _allowed(host: str, address: Address) -> bool:
    """Public addresses are; others when the setting lists their host or a network around them."""
    inner = _inner(address)
    if inner.is_global and not inner.is_multicast:
        return True
    for one in settings.WEBHOOK_HOSTS:
        if one.lower() == host.lower():
            return True
        try:
            if inner in ipaddress.ip_network(one):
                return True
        except ValueError:
            continue
    return False


def _addresses(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]


def check(url: str) -> None:
    """Raises AddressError for what is not http(s) or leads into our own network.

    A name that cannot be looked up now is taken: it is looked up again before every delivery.
    """
    _, host, port = split(url)
    if not all(_allowed(host, one) for one in _addresses(host, port)):
        raise AddressError("notify.inner_url")


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, address: Address) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self.address = address

    @override
    def connect(self) -> None:
        self.sock = socket.create_connection((str(self.address), self.port), TIMEOUT_SECONDS)


class _Secure(_Plain):
    @override
    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Posts to an address; returns the status. Redirects are not followed.

    The address that was checked is the one connected to: a name that points elsewhere a moment
    later changes nothing. Raises AddressError, OSError, http.client.HTTPException.
    """
    parts, host, port = split(url)
    found = _addresses(host, port)
    if not found:
        msg = f"{host} has no address"
        raise OSError(msg)
    if not all(_allowed(host, one) for one in found):
        raise AddressError("notify.inner_url")
    line = (_Secure if parts.scheme == "https" else _Plain)(host, port, found[0])
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    with closing(line):
        line.request("POST", target, body, dict(headers))
        return line.getresponse().status
