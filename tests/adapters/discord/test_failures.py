"""Every error of discord.py and of the network has a meaning, and none leaks a secret."""

from __future__ import annotations

import socket
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from aiohttp.client_reqrep import ConnectionKey

from adapters.discord.failures import translate_login, translate_send
from bot.errors import (
    ChannelLost,
    KonektorError,
    LoginRefused,
    PlatformDown,
    PlatformFault,
    PostRejected,
    RateLimited,
    SendUncertain,
    SettingsFault,
)
from tests.adapters.discord.sample import refusal

_KEY = ConnectionKey("discord.com", 443, True, True, None, None, None)  # noqa: FBT003 (aiohttp takes them by position)
_NO_ROUTE = aiohttp.ClientConnectorError(_KEY, OSError(113, "No route to host"))
_NO_NAME = aiohttp.ClientConnectorDNSError(_KEY, socket.gaierror(-2, "Name or service not known"))


def _closed(code: int) -> discord.ConnectionClosed:
    line: Any = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(line, shard_id=None, code=code)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (refusal(400, 50035), PostRejected),
        (refusal(400, 200000), PostRejected),
        (refusal(400, 50008), ChannelLost),
        (refusal(400, 50083), ChannelLost),
        (refusal(401, 0), LoginRefused),
        (refusal(403, 50001), ChannelLost),
        (refusal(403, 50007), ChannelLost),
        (refusal(403, 99999), ChannelLost),
        (refusal(403, 0, "<html>"), PlatformDown),
        (refusal(404, 10003), ChannelLost),
        (refusal(429, 0), RateLimited),
        (refusal(500), SendUncertain),
        (refusal(502), SendUncertain),
        (refusal(503, 0, "upstream connect error"), SendUncertain),
        (discord.RateLimited(12.5), RateLimited),
        (discord.LoginFailure("Improper token has been passed."), LoginRefused),
        (_NO_ROUTE, PlatformDown),
        (_NO_NAME, PlatformDown),
        (aiohttp.ConnectionTimeoutError("Connection timeout"), PlatformDown),
        (aiohttp.SocketTimeoutError("Timeout on reading data from socket"), SendUncertain),
        (aiohttp.ServerDisconnectedError(), SendUncertain),
        (aiohttp.ClientOSError(104, "Connection reset by peer"), SendUncertain),
        (aiohttp.ClientPayloadError("Response payload is not completed"), SendUncertain),
        (TimeoutError(), SendUncertain),
        (ConnectionResetError(104, "Connection reset by peer"), SendUncertain),
        (ValueError("something nobody thought of"), SendUncertain),
    ],
)
def test_what_a_failed_send_means(error: Exception, meaning: type[PlatformFault]) -> None:
    """Not sent where that is certain, perhaps sent everywhere else."""
    assert type(translate_send(error, where="channel 1 of server 2")) is meaning


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (discord.LoginFailure("Improper token has been passed."), LoginRefused),
        (refusal(401), LoginRefused),
        (_closed(4004), LoginRefused),
        (discord.PrivilegedIntentsRequired(None), SettingsFault),
        (_closed(4013), PlatformDown),
        (refusal(503), PlatformDown),
        (refusal(403, 0, "<html>"), PlatformDown),
        (discord.RateLimited(60.0), PlatformDown),
        (_NO_ROUTE, PlatformDown),
        (TimeoutError(), PlatformDown),
    ],
)
def test_what_a_failed_login_means(error: Exception, meaning: type[KonektorError]) -> None:
    """A person acts on a token or an intent; everything else passes by itself."""
    assert type(translate_login(error)) is meaning


def test_our_own_faults_pass_through() -> None:
    """What was already translated stays the same object."""
    fault = PlatformDown("away")
    assert translate_send(fault, where="x") is fault
    assert translate_login(fault) is fault


def test_how_long_to_wait() -> None:
    """A limit carries Discord's own number, and a minute where it gives none."""
    waits = [
        translate_send(error, where="x")
        for error in (
            refusal(429, headers={"Retry-After": "7"}),
            refusal(429),
            refusal(429, headers={"Retry-After": "soon"}),
        )
    ]
    assert [each.retry_after for each in waits if isinstance(each, RateLimited)] == [
        timedelta(seconds=seconds) for seconds in (7, 60, 60)
    ]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_no_page_and_no_address_is_quoted(status: int) -> None:
    """A foreign page and the address of a request never come into a message; Discord's own words do."""
    text = str(translate_send(refusal(status, 0, "<html>https://x/webhooks/1/secret</html>"), where="x"))
    assert "secret" not in text
    invalid = aiohttp.InvalidURL("https://x/webhooks/1/secret")
    assert "secret" not in str(translate_send(invalid, where="x"))
    assert "blocked by AutoMod" in str(translate_send(refusal(400, 200000, "blocked by AutoMod"), where="x"))


@pytest.mark.parametrize(
    "error",
    [
        refusal(401),
        refusal(403, 50001),
        refusal(403, 50013),
        refusal(404, 10003),
        refusal(403, 10004),
        refusal(400, 50008),
        _closed(4004),
    ],
)
def test_whoever_must_act_reads_how(error: Exception) -> None:
    """A text for a person names the place of the setting, in Discord or in the file."""
    send = translate_send(error, where="channel 1 of server 2") if isinstance(error, discord.HTTPException) else None
    text = str(send or translate_login(error))
    assert any(words in text for words in ("→", "channels.posts"))
