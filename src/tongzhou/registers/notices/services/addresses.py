"""What an https address of a gateway or webhook must look like before it is kept."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

__all__ = ["is_gateway_address", "is_public"]

#: Addresses of IPv6 that stand for one of IPv4 (RFC 6052).
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """True for an address of the open internet; one of IPv6 that carries one of IPv4 is as public as that one."""
    one = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(one, ipaddress.IPv6Address):
        inner = one.ipv4_mapped or one.sixtofour or (one.teredo[1] if one.teredo else None)
        if inner is None and (one in _TRANSLATED or int(one) < 2**32):
            inner = ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return one.is_global and not one.is_multicast


def is_gateway_address(address: str, private: Collection[str] = ()) -> bool:
    """True for https, a host and a port that can be, nobody's name and password, no blanks.

    A host written in numbers must be of the open internet or in `private`; names are judged when they are looked up.
    """
    if not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # brackets that do not close, a port beyond 65535
        return False
    if parts.scheme != "https" or not host or port == 0 or parts.username is not None:
        return False
    try:
        return host in private or is_public(host)
    except ValueError:  # a name, no number
        return len(host) <= 253 and all(0 < len(part) <= 63 for part in host.rstrip(".").split("."))
