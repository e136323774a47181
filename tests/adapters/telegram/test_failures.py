"""Every way a call of the Bot API can fail, and who must act then."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from adapters.telegram.failures import translate_error, translate_read_error
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
from tests.adapters.telegram.payloads import CHANNEL

TOKEN = "7000000001:AAtest-token_of_no_worth"


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    """Return `error` as the SDK raises it: from httpx's own."""
    error.__cause__ = cause
    return error


CASES: list[tuple[Exception, type[KonektorError], str]] = [
    # Nothing left this machine.
    (caused(NetworkError("x"), httpx.ConnectError("x")), PlatformDown, "could not be reached"),
    (caused(TimedOut(), httpx.ConnectTimeout("x")), PlatformDown, "could not be reached"),
    (caused(TimedOut(), httpx.PoolTimeout("x")), PlatformDown, "could not be reached"),
    (caused(NetworkError("x"), httpx.ProxyError("x")), PlatformDown, "could not be reached"),
    (caused(NetworkError("x"), httpx.InvalidURL("x")), PlatformDown, "could not be reached"),
    # It may have arrived.
    (caused(TimedOut(), httpx.ReadTimeout("x")), SendUncertain, "ReadTimeout"),
    (caused(TimedOut(), httpx.WriteTimeout("x")), SendUncertain, "WriteTimeout"),
    (caused(NetworkError("x"), httpx.ReadError("x")), SendUncertain, "ReadError"),
    (caused(NetworkError("x"), httpx.WriteError("x")), SendUncertain, "WriteError"),
    (caused(NetworkError("x"), httpx.RemoteProtocolError("x")), SendUncertain, "RemoteProtocolError"),
    (NetworkError("Bad Gateway (502)"), SendUncertain, "Bad Gateway"),
    (NetworkError("Internal Server Error"), SendUncertain, "Internal Server Error"),
    (TelegramError("Invalid server response"), SendUncertain, "could not be read"),
    (KeyError("message_id"), SendUncertain, "could not be read"),
    # Telegram said no.
    (FloodWait(timedelta(seconds=7)), RateLimited, "try again in 7 s"),
    (InvalidToken(f"The token `{TOKEN}` was rejected"), LoginRefused, "@BotFather"),
    (Forbidden("Forbidden: bot was kicked from the supergroup chat"), ChannelLost, "add the bot to the group again"),
    (Forbidden("Forbidden: bot was blocked by the user"), ChannelLost, "blocked the bot"),
    (Forbidden("Forbidden: something of next year"), ChannelLost, "check that the bot is in the group"),
    (BadRequest("Chat not found"), ChannelLost, "check `chat`"),
    (BadRequest("Message thread not found"), ChannelLost, "change or remove `topic`"),
    (BadRequest("TOPIC_DELETED"), ChannelLost, "change or remove `topic`"),
    (BadRequest("TOPIC_CLOSED"), ChannelLost, "reopen the topic"),
    (BadRequest("Not enough rights to send text messages to the chat"), ChannelLost, "let the bot write"),
    (BadRequest("CHAT_WRITE_FORBIDDEN"), ChannelLost, "let the bot write"),
    (BadRequest("Message text is empty"), PostRejected, "change its text"),
    (BadRequest("Message is too long"), PostRejected, "change its text"),
    (BadRequest("Something of next year"), PostRejected, "Something of next year"),
    (Conflict("terminated by other getUpdates request"), SettingsFault, "another program is reading"),
    (Conflict("can't use getUpdates method while webhook is active"), SettingsFault, "webhook"),
]


@pytest.mark.parametrize(("error", "kind", "said"), CASES)
def test_each_failure_has_its_name_and_advice(error: Exception, kind: type[KonektorError], said: str) -> None:
    """What decides is whether the message can have arrived; the text says what happened or what to do."""
    fault = translate_error(error, CHANNEL)
    assert type(fault) is kind
    assert said in str(fault)


@pytest.mark.parametrize(("error", "_kind", "_said"), CASES)
def test_no_failure_tells_the_token(error: Exception, _kind: object, _said: object) -> None:
    """Whatever the SDK wrote into its error."""
    assert TOKEN not in str(translate_error(error, CHANNEL))


@pytest.mark.parametrize(("error", "_kind", "_said"), CASES)
def test_reading_leaves_nothing_in_doubt(error: Exception, _kind: object, _said: object) -> None:
    """Only a send can be uncertain."""
    assert not isinstance(translate_read_error(error), SendUncertain)


def test_a_moved_group_names_its_new_number() -> None:
    """The operator can copy the line into the file."""
    fault = translate_error(ChatMigrated(-1009876543210), CHANNEL)
    assert isinstance(fault, ChannelLost)
    assert fault.moved_to is not None
    assert fault.moved_to.channel == "-1009876543210"
    assert 'write chat: "-1009876543210" in config.yaml' in str(fault)


def test_patience_is_kept_as_a_duration() -> None:
    """What Telegram asks for is what is waited."""
    fault = translate_error(FloodWait(timedelta(seconds=7)), CHANNEL)
    assert isinstance(fault, RateLimited)
    assert (fault.retry_after, fault.scope) == (timedelta(seconds=7), "channel")


def test_an_answer_that_is_no_json_names_its_status() -> None:
    """A proxy's page of HTML says which status it came with, and no more."""
    error = caused(NetworkError("Bad Gateway (502). Parsing the server response b'<html>' failed"), TelegramError("x"))
    fault = translate_error(error, CHANNEL)
    assert "gave no answer that counts (Bad Gateway (502));" in str(fault)
    assert "<html>" not in str(fault)
