"""No test leaves this machine."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.servers.sockets import NetworkRefused


def test_refuses_to_connect_elsewhere() -> None:
    """A connection beyond loopback is refused before a packet leaves (192.0.2.0/24 is for documentation, RFC 5737)."""
    with socket.socket() as reaching, pytest.raises(NetworkRefused, match=r"192\.0\.2\.1"):
        reaching.connect(("192.0.2.1", 80))


async def test_refuses_to_connect_elsewhere_from_a_loop() -> None:
    """It holds for asyncio's connections as well."""
    with pytest.raises(NetworkRefused, match=r"192\.0\.2\.1"):
        await asyncio.open_connection("192.0.2.1", 80)


def test_refuses_to_ask_a_name_server() -> None:
    """No name is looked up outside."""
    with pytest.raises(NetworkRefused, match=r"feeds\.example"):
        socket.getaddrinfo("feeds.example", 443)


def test_refuses_to_send_elsewhere() -> None:
    """A datagram beyond loopback is refused as well."""
    with socket.socket(type=socket.SOCK_DGRAM) as reaching, pytest.raises(NetworkRefused, match=r"2001:db8|192\.0"):
        reaching.sendto(b"", ("192.0.2.1", 53))


def test_lets_loopback_pass() -> None:
    """A server on loopback is reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port)) as client:
            assert client.getpeername() == ("127.0.0.1", port)
