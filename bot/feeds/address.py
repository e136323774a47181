"""Which IP addresses a feed may be fetched from. Pure; the socket is refused in `bot.feeds.fetch`.

The lists are the IANA special-purpose address registries (RFC 6890), written out because what `ipaddress` calls private
has changed between patch releases of Python. An address that merely carries an IPv4 address (mapped, 6to4, NAT64,
Teredo) is never public: it would be a second way to reach one that is refused.
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network

_REFUSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, where clouds serve their metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
#: The only part of IPv6 handed out as global unicast; all else (loopback, ULA, link-local, multicast) is refused.
_GLOBAL_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo (2001::/32), ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)


def is_public(address: str) -> bool:
    """Tell whether `address`, an IP literal as a resolver gives it, is a global unicast address.

    False for anything else, text that is no address and addresses with a zone (`fe80::1%eth0`) included.
    """
    try:
        v4 = IPv4Address(address)
    except AddressValueError:
        return _is_public_v6(address)
    return not any(v4 in network for network in _REFUSED_V4)


def _is_public_v6(address: str) -> bool:
    try:
        v6 = IPv6Address(address)
    except AddressValueError:
        return False
    if v6.scope_id is not None or v6 not in _GLOBAL_V6:
        return False
    return not any(v6 in network for network in _REFUSED_V6)
