"""Which addresses may be reached: what strangers name must not lead into this machine or its network (SSRF).

Pure: decides on addresses and host names. The crawl asks it for every answer of the DNS and every URL on the way, a webhook that may only
lead to public addresses for each attempt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]

_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address. DNS64 answers for every IPv4-only site with it on IPv6-only networks."""
_IPV4_COMPATIBLE = IPv6Network("::/96")
"""RFC 4291 §2.5.5.1, deprecated, but some stacks still take ::127.0.0.1 for what it says."""
_SITE_LOCAL = IPv6Network("fec0::/10")
"""RFC 3879: deprecated, still routed in old networks."""
_SHARED = IPv4Network("100.64.0.0/10")
"""RFC 6598: carrier-grade NAT."""
_LOOKS_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}", re.IGNORECASE)


def reason_to_refuse(address: Address, allowed: Networks = ()) -> str | None:
    """Why this address must not be connected to, or None if it may be."""
    inner = _embedded_ipv4(address)
    if _is_within(address, allowed) or (inner is not None and _is_within(inner, allowed)):
        return None
    kind = _special_kind(address if inner is None else inner)
    return f"{address} is {kind}" if kind else None


def reason_to_refuse_host(host: str, allowed: Networks = ()) -> str | None:
    """Why a URL with this host must not be fetched, as far as the host itself tells; None for a name that the DNS must answer."""
    literal = literal_address(host)
    return reason_to_refuse(literal, allowed) if literal else None


def literal_address(host: str) -> Address | None:
    """The address that `host` is without asking the DNS, also in the odd spellings that C libraries accept (127.1, 0x7f.1, 2130706433)."""
    bare = host.strip("[]").rstrip(".").partition("%")[0].lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(bare)
    except ValueError:
        return _odd_ipv4(bare)


def _odd_ipv4(host: str) -> IPv4Address | None:
    """As `inet_aton` reads it: up to four numbers, decimal, octal or hexadecimal, the last of which fills what is left of the 32 bits."""
    if not _LOOKS_NUMERIC.fullmatch(host):
        return None
    try:
        *bytes_, rest = (_read_number(part) for part in host.split("."))
    except ValueError:
        return None
    bits_left = 32 - 8 * len(bytes_)
    if max(bytes_, default=0) > 0xFF or rest >= 2**bits_left:
        return None
    return IPv4Address((int.from_bytes(bytes_) << bits_left) + rest)


def _read_number(text: str) -> int:
    """Raises ValueError for what no C library takes: `08`, and `0x` alone."""
    if text.startswith("0x"):
        return int(text, 16)
    return int(text, 8) if text.startswith("0") else int(text)


def _embedded_ipv4(address: Address) -> IPv4Address | None:
    """The IPv4 address that packets to this IPv6 address end up at, if it wraps one."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _is_within(address: Address, networks: Networks) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _special_kind(address: Address) -> str | None:
    """In words, what makes an address special; None for an ordinary public one."""
    kinds = (
        (address.is_unspecified, "the unspecified address"),
        (address.is_loopback, "a loopback address"),
        (address.is_link_local, "a link-local address"),
        (address.is_multicast, "a multicast address"),
        (isinstance(address, IPv4Address) and address in _SHARED, "an address of a carrier's shared network"),
        (isinstance(address, IPv6Address) and address in _SITE_LOCAL, "a private address"),
        (address.is_private, "a private address"),
        (address.is_reserved or not address.is_global, "a reserved address"),
    )
    return next((kind for holds, kind in kinds if holds), None)
