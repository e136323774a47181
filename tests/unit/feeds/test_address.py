"""Which addresses may be fetched from."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.address import is_public

EMBEDDINGS = ("::ffff:{}", "::{}", "64:ff9b::{}", "::ffff:0:{}")


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "172.32.0.1", "192.169.0.1", "100.128.0.1", "2606:4700::1111"]
)
def test_the_internet_is_public(address: str) -> None:
    """Ordinary addresses, those next to private ranges included, are public."""
    assert is_public(address) is True


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.0.1",  # noqa: S104  # not bound to
        "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "2606:4700::1111%1", "fc00::1", "fd12::1", "ff02::1", "fec0::1",
        "64:ff9b::8.8.8.8", "64:ff9b:1::1", "2002:0808:0808::1", "2001::1", "2001:db8::1", "3fff::1", "100::1",
        "5f00::1", "::ffff:8.8.8.8",
    ],
)  # fmt: skip
def test_special_addresses_are_not_public(address: str) -> None:
    """Every special-purpose range is refused, from its first address to its last."""
    assert is_public(address) is False


@given(st.ip_addresses(v=4), st.sampled_from(EMBEDDINGS))
def test_an_address_inside_another_is_not_public(address: IPv4Address, form: str) -> None:
    """An IPv4 address carried in an IPv6 one is refused, whatever it is."""
    assert is_public(form.format(address)) is False


@given(st.ip_addresses(v=4))
def test_6to4_and_teredo_are_not_public(address: IPv4Address) -> None:
    """Tunnels to an IPv4 address are refused, whatever the address."""
    high, low = int(address) >> 16, int(address) & 0xFFFF
    assert is_public(f"2002:{high:x}:{low:x}::1") is False
    assert is_public(f"2001:0:{high:x}:{low:x}::1") is False


@given(st.ip_addresses())
def test_nothing_python_calls_special_is_public(address: IPv4Address | IPv6Address) -> None:
    """The list is at least as strict as the standard library's."""
    special = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )
    assert not (special and is_public(str(address)))


@given(st.text())
def test_text_that_is_no_address_is_not_public(text: str) -> None:
    """Whatever comes, the answer is a plain yes or no, and no for a name."""
    assert is_public("x" + text) is False
