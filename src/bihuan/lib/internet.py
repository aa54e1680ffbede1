"""Which addresses lie in the public Internet, by IANA's special-purpose registries (RFC 6890).

Written down here rather than asked of the Python that happens to run: its `is_global` differs from
release to release, and it takes for public what leads inside (fec0::/10, the local NAT64 prefix).
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_SPECIAL4 = tuple(
    ipaddress.IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# Global unicast; every other block of version six is special or not given to anybody.
_GLOBAL6 = ipaddress.IPv6Network("2000::/3")
# 2001::/23 holds Teredo, benchmarks and ORCHID; 2002::/16 is 6to4: both hide another address.
_SPECIAL6 = tuple(
    ipaddress.IPv6Network(one)
    for one in (
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20",
    )
)  # fmt: skip
# Through these an IPv6 address reaches the IPv4 one in its last 32 bits (RFC 4291, RFC 6052).
_CARRYING = (ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96"))
_ISATAP = 0x00005EFE
_LOCAL_BIT = 0x02000000


def carried(address: Address) -> Address:
    """The IPv4 address that a mapped or translated IPv6 one reaches; any other as it is."""
    if isinstance(address, ipaddress.IPv6Address) and any(address in one for one in _CARRYING):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether a connection to it leaves for the public Internet and reaches one host there."""
    found = carried(address)
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in one for one in _SPECIAL4)
    if (int(found) >> 32) & 0xFFFFFFFF & ~_LOCAL_BIT == _ISATAP:
        return False
    return found in _GLOBAL6 and not any(found in one for one in _SPECIAL6)
