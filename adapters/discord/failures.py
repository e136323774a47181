"""Discord's and the network's errors, in our words: one table for sending, one for logging in.

Pure. Texts name what to click. They carry Discord's own error text but never a request's address, since the address of
a reply to a menu command holds a secret. Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Final

import aiohttp
import discord

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

LOGIN_CLICKS: Final = (
    "discord.com/developers/applications → your application → Bot → Reset Token, "
    "then put the new token where platforms.discord.token reads it"
)
INTENT_CLICKS: Final = (
    "discord.com/developers/applications → your application → Bot → Privileged Gateway Intents → "
    "switch on Server Members Intent and Message Content Intent → Save Changes"
)
ENDPOINT_CLICKS: Final = (
    "discord.com/developers/applications → your application → General Information → "
    "empty Interactions Endpoint URL → Save Changes"
)
INVITE_CLICKS: Final = (
    "discord.com/developers/applications → your application → OAuth2 → URL Generator → tick bot and "
    "applications.commands, open the address below it and choose the server"
)
CHANNEL_CLICKS: Final = "in Discord: the channel's gear → Permissions → add the bot → allow"

#: What a 403 or 404 means, by Discord's own code.
_LOST: Final[dict[int, str]] = {
    10003: "the channel no longer exists; write another one's id under channels.posts (right-click → Copy Channel ID)",
    10004: f"the bot is no longer in this server; invite it again: {INVITE_CLICKS}",
    50001: f"the bot may not see the channel; {CHANNEL_CLICKS} View Channel",
    50007: "this person takes no direct messages from the bot; only they can change that",
    50008: "this kind of channel takes no messages; write the id of a text or forum channel under channels.posts",
    50013: f"the bot may not write there; {CHANNEL_CLICKS} Send Messages, Send Messages in Threads and Embed Links",
    50083: "the thread is archived; open it again in Discord",
    160002: f"the bot may not answer older messages there; {CHANNEL_CLICKS} Read Message History",
    160005: "the thread is locked; a moderator can unlock it",
}
#: The gateway's close code for a bad token.
_AUTHENTICATION_FAILED = 4004
_UNKNOWN_MESSAGE = 10008
_UNCERTAIN = "the answer was lost on the way; the same post may be sent again with its id within 60 seconds"
#: For how long to keep away when the address itself was limited and nothing says how long.
_PATIENCE = timedelta(seconds=60)


class MessageGone(PostRejected):
    """The message to change is not there any more."""


def translate_send(error: Exception, *, where: str) -> PlatformFault:  # noqa: PLR0911 (a row per error)
    """Return what a failed send means; `where` names the channel for the reader. Anything unknown is SendUncertain."""
    match error:
        case PlatformFault():
            return error
        case discord.LoginFailure():
            return LoginRefused(f"Discord refuses the bot's token. {LOGIN_CLICKS}.")
        case discord.RateLimited():
            return RateLimited(
                f"Discord asks for patience for {where}: {error.retry_after:.1f} s. It is tried again then.",
                retry_after=timedelta(seconds=error.retry_after),
            )
        case discord.HTTPException():
            return _translate_status(error, where=where)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError() | aiohttp.ServerFingerprintMismatch():
            return PlatformDown(f"Discord could not be reached: {_kind(error)}. It is tried again by itself.")
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return PlatformDown("platforms.discord.api_base is not an address; correct or remove it.")
        case _:
            return SendUncertain(f"Perhaps sent to {where}: {_kind(error)}; {_UNCERTAIN}.")


def translate_login(error: Exception) -> KonektorError:  # noqa: PLR0911 (a row per error)
    """Return what a failed login or connection means: LoginRefused, SettingsFault, or PlatformDown for the rest."""
    match error:
        case KonektorError():
            return error
        case discord.LoginFailure():
            return LoginRefused(f"Discord refuses the bot's token. {LOGIN_CLICKS}.")
        case discord.ConnectionClosed() if error.code == _AUTHENTICATION_FAILED:
            return LoginRefused(f"Discord's gateway refuses the bot's token. {LOGIN_CLICKS}.")
        case discord.PrivilegedIntentsRequired():
            return SettingsFault(f"Discord does not let the bot read messages and members yet (4014). {INTENT_CLICKS}.")
        case discord.ConnectionClosed():
            return PlatformDown(f"Discord's gateway closed the connection with code {error.code}.")
        case discord.HTTPException() if error.status == HTTPStatus.UNAUTHORIZED:
            return LoginRefused(f"Discord refuses the bot's token. {LOGIN_CLICKS}.")
        case discord.HTTPException():
            return PlatformDown(f"Discord answers the login with {error.status} ({_words(error)}).")
        case _:
            return PlatformDown(f"Discord could not be reached: {_kind(error)}.")


def _translate_status(error: discord.HTTPException, *, where: str) -> PlatformFault:  # noqa: PLR0911 (a row per error)
    said = _words(error)
    # A page instead of Discord's JSON comes from a proxy or firewall in between: nothing of Discord has seen the post.
    foreign = error.code == 0 and error.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
    if error.code == _UNKNOWN_MESSAGE:
        return MessageGone(f"In {where} the message is not there any more; there is nothing to change.")
    if error.code in _LOST:
        return ChannelLost(f"Discord refuses {where} ({error.code}): {_LOST[error.code]}.")
    if error.status == HTTPStatus.UNAUTHORIZED:
        return LoginRefused(f"Discord refuses the bot's token. {LOGIN_CLICKS}.")
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(
            f"Discord limits this address: {said}. It is tried again later.",
            retry_after=_retry_after(error),
            scope="account",
        )
    if foreign:
        return PlatformDown(f"Something between us and Discord answers {error.status}; look at proxy and firewall.")
    if error.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
        return ChannelLost(
            f"Discord refuses {where} ({error.code}): {said}. Look at the bot's rights: {CHANNEL_CLICKS} Send Messages."
        )
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SendUncertain(f"Perhaps sent to {where}: Discord answers {error.status}; {_UNCERTAIN}.")
    return PostRejected(
        f"Discord refuses this post for {where} ({error.status}, {error.code}): {said}. Change its text."
    )


def _retry_after(error: discord.HTTPException) -> timedelta:
    try:
        return timedelta(seconds=float(error.response.headers["Retry-After"]))
    except (KeyError, ValueError, OverflowError):
        return _PATIENCE


def _kind(error: Exception) -> str:
    """Name an error without its text, which may hold an address."""
    return type(error).__name__


def _words(error: discord.HTTPException) -> str:
    """Discord's own words in one line; nothing of a page that some proxy wrote."""
    return " ".join(error.text.split())[:300] if error.code else "no reason given"
