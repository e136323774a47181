"""The homeserver's and the network's errors, in our words: one table for sending, one for logging in.

Pure. Codes: https://spec.matrix.org/latest/client-server-api/#standard-error-response. No text carries a request's
address or the token.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Final

import aiohttp

from adapters.matrix.homeserver import Refused
from bot.errors import (
    ChannelLost,
    KonektorError,
    LoginRefused,
    PlatformDown,
    PlatformFault,
    PostRejected,
    RateLimited,
    SendUncertain,
)

HOW_TO_LOG_IN: Final = "make a new token as docs/matrix.md shows and put it where platforms.matrix.token reads it"
INVITE_CLICKS: Final = "in the room: Room info > Invite > write the bot's user id"
POWER_CLICKS: Final = (
    "in the room: Room settings > Roles & Permissions > Send messages > Default, or give the bot a higher role"
)
REDACT_CLICKS: Final = (
    "in the room: Room settings > Roles & Permissions > Remove messages sent by me > Default, or give the bot a higher "
    "role"
)
ENCRYPTED: Final = (
    "the room is end-to-end encrypted, which can't be switched off and which the bot can't read; make a room without "
    "encryption (New room > More options > Enable end-to-end encryption off) and write its id under room"
)

_LOGIN: Final = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED", "M_USER_LOCKED"})
_LOST: Final = frozenset({"M_FORBIDDEN", "M_NOT_FOUND", "M_UNKNOWN", "M_INVALID_PARAM", "M_GUEST_ACCESS_FORBIDDEN"})
#: What to wait when a 429 does not say.
_PATIENCE: Final = timedelta(seconds=5)
_UNCERTAIN: Final = "it may be sent again with its id, which the homeserver recognises"


class MessageGone(PostRejected):
    """The message to change is not there any more."""


def translate_send(error: Exception, *, room: str) -> PlatformFault:
    """Return what a failed send means; anything unknown is SendUncertain."""
    match error:
        case PlatformFault():
            return error
        case Refused():
            return _translate_refusal(error, room=room)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError() | aiohttp.ServerFingerprintMismatch():
            return PlatformDown(f"The homeserver could not be reached: {_kind(error)}. It is tried again by itself.")
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return PlatformDown("platforms.matrix.homeserver is no address; change it.")
        case _:
            return SendUncertain(f"Perhaps sent to {room}: {_kind(error)}; {_UNCERTAIN}.")


def translate_read(error: Exception) -> KonektorError:
    """Return what a failed login or reading means: LoginRefused, RateLimited, or PlatformDown for the rest."""
    match error:
        case KonektorError():
            return error
        case Refused() if _is_login(error):
            return _login_refused(error)
        case Refused() if _is_patience(error):
            return _patience(error)
        case Refused():
            return PlatformDown(f"The homeserver answers {_words(error)}. It is tried again by itself.")
        case _:
            return PlatformDown(f"The homeserver could not be reached: {_kind(error)}. It is tried again by itself.")


def _translate_refusal(error: Refused, *, room: str) -> PlatformFault:
    if _is_login(error):
        return _login_refused(error)
    if _is_patience(error):
        return _patience(error)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or not error.code:
        return SendUncertain(f"Perhaps sent to {room}: the homeserver answers {_words(error)}; {_UNCERTAIN}.")
    if error.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND} and error.code in _LOST:
        return ChannelLost(
            f"The homeserver refuses {room}: {_words(error)}. If the bot is not in it, invite it "
            f"({INVITE_CLICKS}); if it may not write, {POWER_CLICKS}."
        )
    return PostRejected(f"The homeserver refuses this post for {room}: {_words(error)}. Change its text.")


def _is_login(error: Refused) -> bool:
    return error.code in _LOGIN or error.status == HTTPStatus.UNAUTHORIZED


def _login_refused(error: Refused) -> LoginRefused:
    return LoginRefused(f"The homeserver refuses the bot's token ({_words(error)}); {HOW_TO_LOG_IN}.")


def _is_patience(error: Refused) -> bool:
    return error.code == "M_LIMIT_EXCEEDED" or error.status == HTTPStatus.TOO_MANY_REQUESTS


def _patience(error: Refused) -> RateLimited:
    wait = error.retry_after or _PATIENCE
    return RateLimited(
        f"The homeserver asks for patience: {wait.total_seconds():.1f} s. It is tried again then.",
        retry_after=wait,
        scope="account",
    )


def _words(error: Refused) -> str:
    """The homeserver's own words in one line; nothing of a page that some proxy wrote."""
    return f"{error.status} {error.code} ({error.words})" if error.code else f"{error.status} without a reason"


def _kind(error: Exception) -> str:
    """Name an error without its text, which may hold an address."""
    return type(error).__name__
