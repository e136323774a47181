"""Telegram's errors to ours: one table, and the words a person needs. Pure.

What decides is whether the message can have arrived. The SDK folds nearly all of HTTP into NetworkError and TimedOut
and keeps the truth in `__cause__`. Neither the SDK's nor httpx's own words are repeated for a login or a network
failure: they may carry the token or an address with the token in it.
"""

from __future__ import annotations

from collections.abc import Callable

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from adapters.telegram.settings import NAME
from adapters.telegram.wire import FloodWait
from bot.errors import (
    ChannelLost,
    KonektorError,
    LoginRefused,
    PlatformDown,
    PostRejected,
    RateLimited,
    SendUncertain,
    SettingsFault,
)
from bot.messages import ChannelRef

#: The request never left: no connection was made, or none was free.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)

_LOOK = "; whether it arrived only a look at the chat can tell"

#: Words of Telegram (lower case) that mean the place is lost, and what to do. The first that fits holds; a 400 without
#: any of them is about the content.
_LOST: tuple[tuple[str, str], ...] = (
    ("chat not found", "check `chat` in config.yaml and add the bot to the group"),
    ("peer_id_invalid", "check `chat` in config.yaml and add the bot to the group"),
    ("thread not found", "the topic is gone, or the group has no topics any more: change or remove `topic`"),
    ("topic_deleted", "the topic is gone: change or remove `topic` in config.yaml"),
    ("topic_id_invalid", "the topic is gone: change or remove `topic` in config.yaml"),
    ("topic_closed", "reopen the topic, or make the bot an administrator who may manage topics"),
    ("not enough rights", "let the bot write: group > Edit > Permissions, or make it an administrator"),
    ("have no rights", "let the bot write: group > Edit > Permissions, or make it an administrator"),
    ("chat_write_forbidden", "let the bot write: group > Edit > Permissions, or make it an administrator"),
    ("need administrator rights", "make the bot an administrator of the group"),
    ("chat_restricted", "lift the restriction on the bot: group > Edit > Permissions > Exceptions"),
    ("group chat was deactivated", "the group is closed: change `chat` in config.yaml"),
    ("bot was kicked", "add the bot to the group again, or remove the community from config.yaml"),
    ("bot is not a member", "add the bot to the group, or remove the community from config.yaml"),
    ("bot was blocked", "this person has blocked the bot; nothing to do"),
    ("user is deactivated", "this account was deleted; nothing to do"),
    ("can't initiate conversation", "this person must write to the bot first"),
)


def translate_error(error: Exception, channel: ChannelRef | None = None) -> KonektorError:
    """Say in our terms what went wrong in a call of the Bot API about `channel`; the caller raises it."""
    translate = next((translate for kind, translate in _TABLE if isinstance(error, kind)), _unreadable)
    return translate(error, channel)


def translate_read_error(error: Exception) -> KonektorError:
    """Say in our terms what went wrong in a call that only reads: nothing was sent, so nothing is in doubt."""
    fault = translate_error(error)
    if isinstance(fault, SendUncertain):
        said = _first_words(error) if isinstance(error, NetworkError) else type(error).__name__
        return PlatformDown(f"Telegram gave no answer that counts ({said}); it is asked again")
    return fault


def _flooded(error: FloodWait, channel: ChannelRef | None) -> RateLimited:
    # Telegram does not say which limit was hit; were it the account's, the next chat's send hears it too.
    return RateLimited(f"{_where(channel)}: {error}", retry_after=error.retry_after, scope="channel")


def _login_refused(_error: TelegramError, _channel: ChannelRef | None) -> LoginRefused:
    return LoginRefused(
        "Telegram refuses the bot's token; copy it again from @BotFather (/mybots > your bot > API Token), and check "
        "`api_base` if you have set one"
    )


def _without_answer(error: NetworkError, channel: ChannelRef | None) -> PlatformDown | SendUncertain:
    said = _first_words(error)
    if isinstance(error.__cause__, _NOT_SENT):
        return PlatformDown(f"{_where(channel)} could not be reached ({said}); nothing was sent, it is tried again")
    return SendUncertain(f"{_where(channel)} gave no answer that counts ({said}){_LOOK}")


def _unreadable(error: Exception, channel: ChannelRef | None) -> SendUncertain:
    return SendUncertain(f"{_where(channel)}: the answer could not be read ({type(error).__name__}){_LOOK}")


def _refused(error: BadRequest | Forbidden, channel: ChannelRef | None) -> ChannelLost | PostRejected:
    where = _where(channel)
    said = error.message.removeprefix("Forbidden: ")
    for words, advice in _LOST:
        if words in said.lower():
            return ChannelLost(f"{where}: {said}; {advice}")
    if "caption is too long" in said.lower():
        return PostRejected(f"{where}: {said}; shorten it to what fits below a picture, 1024 characters")
    if said.lower().startswith(("message to edit", "message can't be", "message to delete")):
        return PostRejected(f"{where}: {said}; nothing can be changed there, write anew if it must be said")
    if isinstance(error, Forbidden):
        return ChannelLost(f"{where}: {said}; check that the bot is in the group and may write there")
    return PostRejected(f"{where} refuses this message: {said}; change its text")


def _moved(error: ChatMigrated, channel: ChannelRef | None) -> ChannelLost:
    old = "the group" if channel is None else f"the group {channel.channel}"
    new = str(error.new_chat_id)
    return ChannelLost(
        f'Telegram: {old} became a supergroup with a new number; write chat: "{new}" in config.yaml',
        moved_to=ChannelRef(platform=NAME, space=new, channel=new),
    )


def _conflict(error: Conflict, _channel: ChannelRef | None) -> SettingsFault:
    if "webhook" in error.message.lower():
        return SettingsFault(
            "Telegram delivers this bot's messages to a webhook that another program has set; "
            "stop that program and let it delete its webhook, or make a new token with @BotFather"
        )
    return SettingsFault(
        "another program is reading this bot's messages with the same token; stop it, or give each its own bot "
        "(@BotFather > /newbot)"
    )


def _first_words(error: NetworkError) -> str:
    """Name the failure: the class httpx gave it, or for an answer that came (a 5xx) its status."""
    cause = error.__cause__
    # An answer that was no JSON has the SDK's own error for a cause.
    came = cause is None or isinstance(cause, TelegramError)
    return error.message.split(". ")[0][:80] if came else type(cause).__name__


def _where(channel: ChannelRef | None) -> str:
    return "Telegram" if channel is None else f"Telegram chat {channel.channel}"


#: The first class that fits holds: BadRequest is a NetworkError to the SDK.
_TABLE: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Callable[..., KonektorError]], ...] = (
    (FloodWait, _flooded),
    ((InvalidToken, EndPointNotFound), _login_refused),
    (Conflict, _conflict),
    (ChatMigrated, _moved),
    ((BadRequest, Forbidden), _refused),
    (NetworkError, _without_answer),
)
