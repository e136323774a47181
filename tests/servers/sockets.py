"""Keeps this process's sockets on this machine: a test that reaches further fails at once instead of depending on it.

It listens to the interpreter's own audit events, so nothing is patched and every library is covered that opens its
sockets through Python. What does not pass through Python (libpq, child processes) it cannot see.
"""

from __future__ import annotations

import sys
from ipaddress import ip_address
from socket import inet_aton
from typing import Any

#: Events whose last argument is the address that something is sent or connected to.
_REACHING_OUT = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class NetworkRefused(RuntimeError):
    """A test tried to leave this machine. No OSError, so that nothing mistakes it for a network that is down."""


def stays_here(host: str | None) -> bool:
    """Whether `host` is this machine: a loopback address, `localhost`, or no host at all."""
    if not host or host == "localhost":
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def names_no_server(host: str | None) -> bool:
    """Whether looking `host` up asks no name server: it is this machine, or an address already, however spelt."""
    if stays_here(host):
        return True
    try:
        return bool(ip_address(str(host).partition("%")[0]))
    except ValueError:
        pass
    try:
        # 0x7f.1, 2130706433: numbers that the C library reads as an address by itself
        return bool(inet_aton(str(host)))
    except OSError:
        return False


def check_event(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise NetworkRefused when an audit event reaches beyond this machine."""
    if event in _REACHING_OUT:
        address = arguments[-1]
        # A tuple is an internet address; text or bytes is a path (AF_UNIX); sendmsg on a connected socket has None.
        if isinstance(address, tuple) and not stays_here(str(address[0])):
            raise NetworkRefused(f"a test tried to reach {address[0]}; start a server under tests/servers/ instead")
    elif event == "socket.getaddrinfo":
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
        if not names_no_server(host):
            raise NetworkRefused(f"a test tried to look up {host}; use 127.0.0.1 or pass a resolver in")


def refuse_network() -> None:
    """Refuse it from now on, until the process ends: an audit hook cannot be taken back."""
    sys.addaudithook(check_event)
