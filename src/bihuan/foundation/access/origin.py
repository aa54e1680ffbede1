"""From where a request comes: the one answer for pages and interface."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings

Network = IPv4Network | IPv6Network


@lru_cache(maxsize=8)
def _networks(trusted: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(one, strict=False) for one in trusted)


def _walked(remote: str, forwarded: str, trusted: Iterable[str]) -> str:
    networks, found = _networks(tuple(trusted)), remote
    for hop in [remote, *(part.strip() for part in reversed(forwarded.split(",")))]:
        try:
            address = ip_address(hop.partition("%")[0])
        except ValueError:
            break
        mapped = getattr(address, "ipv4_mapped", None)
        address = mapped or address
        found = str(address)
        if not any(address in network for network in networks):
            break
    return found


def origin(remote: str, forwarded: str, trusted: Iterable[str]) -> str:
    """The right-most address that no trusted proxy has, from the peer and `X-Forwarded-For`.

    What stands further left is whatever the client wrote. IPv6 is cut to its /64, the least a
    subscriber is given; what is no address ends the walk at the proxy that passed it on.
    """
    found = _walked(remote, forwarded, trusted)
    return found if ":" not in found else str(ip_network(f"{found}/64", strict=False))


# What proxies add to a request.
_PASSED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def exact(meta: Mapping[str, Any]) -> str:
    """The whole address from which a request comes, for a rule that lets addresses in; '' where it was
    passed on by somebody who is not trusted, since then everybody has that one's address."""
    remote, forwarded = str(meta.get("REMOTE_ADDR", "")), str(meta.get(_PASSED_ON[0], ""))
    found = _walked(remote, forwarded, settings.TRUSTED_PROXIES)
    try:
        own = ip_address(remote.partition("%")[0])
        is_trusted = any(own in one for one in _networks(tuple(settings.TRUSTED_PROXIES)))
        address = str(ip_address(found.partition("%")[0]))
    except ValueError:
        return ""
    passed_on = any(name in meta for name in _PASSED_ON)
    return "" if passed_on and not is_trusted else address


def of(meta: Mapping[str, Any]) -> str:
    """The origin of a request, from its META."""
    forwarded = str(meta.get("HTTP_X_FORWARDED_FOR", ""))
    return origin(str(meta.get("REMOTE_ADDR", "")), forwarded, settings.TRUSTED_PROXIES)


def shortened(found: str) -> str:
    """The beginning of an origin, enough to tell one's office from elsewhere: the first half of an
    IPv4 address, the first third of an IPv6 network; '' for what is none."""
    try:
        network = ip_network(found, strict=False)
    except ValueError:
        return ""
    wide = network.supernet(new_prefix=16 if network.version == 4 else 32)
    if wide.version == 4:
        return ".".join(str(wide.network_address).split(".")[:2]) + ".*.*"
    return f"{wide.network_address}*"
