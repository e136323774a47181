"""The life of one Telegram account: log in, fetch, pass on, send, close. What things mean is decided in the pure files.

Updates are fetched by hand: the SDK's Updater puts them in a queue and confirms them to Telegram with its next poll,
committed or not, so a kill would lose them. Here the offset moves only after `receive` has returned. They stay the JSON
they come in (see `incoming`); every call is the SDK's.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog
from telegram import Bot, Message, User
from telegram.error import BadRequest, Conflict, TelegramError

from adapters.telegram.entities import Self, clean
from adapters.telegram.failures import translate_error, translate_read_error
from adapters.telegram.incoming import ALLOWED_UPDATES, Object, channel_of, thread_of
from adapters.telegram.menu import menus_of, typed_names
from adapters.telegram.outgoing import edit_arguments, send_arguments
from adapters.telegram.probe import examine_account, examine_chat
from adapters.telegram.reader import UpdateReader
from adapters.telegram.settings import LIMITS, NAME, TRAITS, Account
from adapters.telegram.wire import BotRequest, UpdatesRequest
from bot.errors import LoginRefused, PlatformDown, PlatformFault, PostRejected, RateLimited
from bot.messages import ChannelRef, Event, OutgoingPost, Place, PostedRef
from bot.ports.platform import CommandSpec, Finding, PlatformLimits, PlatformTraits, Receive

#: How long Telegram may hold a poll that has nothing to say.
POLL_WAIT = timedelta(seconds=25)

_FIRST_PAUSE, _LONGEST_PAUSE, _CONFLICT_PAUSE = 1.0, 60.0, 30.0

#: The longest notice a press is answered with (Bot API answerCallbackQuery).
_NOTICE_LENGTH = 200

_log = structlog.get_logger()


def build(
    settings: Account,
    *,
    commands: tuple[CommandSpec, ...],
    places: tuple[Place, ...],
    now: Callable[[], datetime],
) -> TelegramPlatform:
    """Build the adapter of one account; nothing is sent before `run`, `post` or `probe`."""
    return TelegramPlatform(settings, commands=commands, places=places, now=now)


class TelegramPlatform:
    """One bot account; meets `Platform`, `Closing`, `Editing`, `Deleting`, `Acknowledging` and `Probing`."""

    name = NAME

    def __init__(
        self,
        settings: Account,
        *,
        commands: tuple[CommandSpec, ...],
        places: tuple[Place, ...],
        now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        poll_wait: timedelta = POLL_WAIT,
    ) -> None:
        """`now` dates what Telegram does not. `pause` is how `run` waits before trying again, in seconds.

        `poll_wait` is cut to whole seconds.
        """
        self._settings = settings
        self._calls = BotRequest(connections=8, read_timeout=20.0)
        self._polls = UpdatesRequest(connections=1, read_timeout=10.0)
        self._bot = _make_bot(settings, self._calls, self._polls)
        self._commands = commands
        self._reader = UpdateReader(places, now=now)
        self._pause = pause
        self._poll_wait = poll_wait

    @property
    def limits(self) -> PlatformLimits:
        """What fits."""
        return LIMITS

    @property
    def traits(self) -> PlatformTraits:
        """What it can do."""
        return TRAITS

    async def run(self, receive: Receive) -> None:
        """Log in and pass events to `receive` until cancelled; see `bot.ports.platform.Platform.run`."""
        try:
            user = await self._log_in()
            me = Self(id=user.id, username=user.username or "", commands=typed_names(self._commands))
            await self._show_menus()
            await self._poll(receive, me)
        finally:
            await self.close()

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Send one post (Bot API sendMessage); see `bot.ports.platform.Platform.post` for the errors."""
        try:
            arguments = send_arguments(post)
        except ValueError as error:
            raise PostRejected(f"Telegram ids are numbers: {error}; check `chat` and `topic` in config.yaml") from None
        try:
            await self._calls.initialize()
            message = await self._bot.send_message(**arguments)
        # The answer itself can be unreadable for the SDK, long after Telegram took the message.
        except Exception as error:
            raise _as_send_failure(error, post.channel) from error
        return self._posted(message)

    async def edit(self, posted: PostedRef, post: OutgoingPost) -> None:
        """Let a message say something else (Bot API editMessageText); see `bot.ports.platform.Editing.edit`."""
        try:
            arguments = edit_arguments(posted, post)
        except ValueError as error:
            raise PostRejected(f"Telegram ids are numbers: {error}; check `chat` in config.yaml") from None
        try:
            await self._calls.initialize()
            await self._bot.edit_message_text(**arguments)
        except BadRequest as error:
            if "not modified" not in error.message.lower():
                raise _as_send_failure(error, posted.channel) from error
        except Exception as error:
            raise _as_send_failure(error, posted.channel) from error

    async def delete(self, posted: PostedRef) -> None:
        """Take a message away (Bot API deleteMessage); see `bot.ports.platform.Deleting.delete`.

        Telegram lets a bot without the right to delete messages take back only what is younger than 48 hours.
        """
        try:
            await self._calls.initialize()
            await self._bot.delete_message(chat_id=int(posted.channel.channel), message_id=int(posted.message_id))
        except BadRequest as error:
            if "message to delete not found" not in error.message.lower():
                raise _as_send_failure(error, posted.channel) from error
        except Exception as error:
            raise _as_send_failure(error, posted.channel) from error

    async def acknowledge(self, ticket: str, *, private: bool, text: str = "") -> None:  # noqa: ARG002 - only the one who pressed sees it
        """End the waiting that a pressed button shows, with a notice if there is `text` (answerCallbackQuery)."""
        try:
            await self._calls.initialize()
            await self._bot.answer_callback_query(ticket, text=clean(text)[:_NOTICE_LENGTH] or None)
        except Exception as error:  # noqa: BLE001 - a late answer is logged, and what was pressed is done
            _log.info("telegram button could not be answered", reason=str(translate_read_error(error)))

    async def probe(self, channels: tuple[str, ...]) -> tuple[Finding, ...]:
        """Look at the account and the bot's rights in `channels`; raises LoginRefused or PlatformDown."""
        # Connections of its own: what it closes must not be what `run` polls through.
        calls = BotRequest(connections=1, read_timeout=20.0)
        bot = _make_bot(self._settings, calls, calls)
        try:
            user = await bot.get_me()
            findings = list(await examine_account(bot, user))
            for channel in channels:
                findings += await examine_chat(bot, user, channel)
        except TelegramError as error:
            fault = translate_read_error(error)
            if isinstance(fault, LoginRefused | PlatformDown):
                raise fault from error
            raise PlatformDown(str(fault)) from error
        finally:
            await calls.shutdown()
        return tuple(findings)

    async def close(self) -> None:
        """Give back all connections. Safe to call twice; a later `post` opens new ones."""
        await asyncio.gather(self._calls.shutdown(), self._polls.shutdown())

    async def _log_in(self) -> User:
        attempt = 0
        while True:
            try:
                # Not Bot.initialize: the error it raises for a bad token quotes the token.
                await asyncio.gather(self._calls.initialize(), self._polls.initialize())
                user = await self._bot.get_me()
            except Exception as error:  # noqa: BLE001 - an answer the SDK can't read is one more kind of outage
                attempt += 1
                await self._wait_out(error, attempt)
            else:
                _log.info("telegram logged in", username=user.username)
                return user

    async def _show_menus(self) -> None:
        for language, menu in menus_of(self._commands).items():
            try:
                await self._bot.set_my_commands(menu, language_code=language)
            except TelegramError as error:
                _log.warning("telegram menu not set", language=language, reason=str(translate_read_error(error)))

    async def _poll(self, receive: Receive, me: Self) -> None:
        offset: int | None = None
        attempt = 0
        while True:
            try:
                updates = await self._polls.fetch_updates(
                    self._bot.base_url, offset=offset, wait=self._poll_wait, kinds=ALLOWED_UPDATES
                )
            except Exception as error:  # noqa: BLE001 - an answer that can't be read is one more kind of outage
                attempt += 1
                await self._wait_out(error, attempt)
                continue
            if await self._pass_on(updates, receive, me):
                attempt = 0
                offset = updates[-1]["update_id"] + 1 if updates else offset
            else:
                attempt += 1
                await self._pause(_backoff(attempt))

    async def _pass_on(self, updates: Sequence[Object], receive: Receive, me: Self) -> bool:
        """Hand the updates' events over; False when they were not committed and must be fetched again."""
        events: list[Event] = []
        for update in updates:
            read = self._reader.read(update, me)
            events += read
            pressed = update.get("callback_query")
            if pressed is not None and not read:
                await self.acknowledge(str(pressed.get("id")), private=True)
        if not events:
            return True
        try:
            await receive(tuple(events))
        except Exception as error:  # noqa: BLE001 - whatever it was, the events were not committed and are due again
            _log.warning(
                "telegram events not committed; they will be fetched again", events=len(events), reason=repr(error)
            )
            return False
        return True

    async def _wait_out(self, error: Exception, attempt: int) -> None:
        """Wait before the next try; raises LoginRefused, which no waiting cures."""
        fault = translate_read_error(error)
        if isinstance(fault, LoginRefused):
            raise fault from error
        seconds = _backoff(attempt)
        if isinstance(fault, RateLimited):
            seconds = max(seconds, fault.retry_after.total_seconds())
        elif isinstance(error, Conflict):
            seconds = _CONFLICT_PAUSE
        _log.warning("telegram can't be read now", reason=str(fault), attempt=attempt, again_in=round(seconds, 1))
        await self._pause(seconds)

    def _posted(self, message: Message) -> PostedRef:
        sent = message.to_dict()
        self._reader.remember(sent)
        return PostedRef(channel=channel_of(sent["chat"], thread_of(sent)), message_id=str(message.message_id))


def _make_bot(settings: Account, calls: BotRequest, polls: BotRequest) -> Bot:
    base = settings.api_base or "https://api.telegram.org"
    return Bot(
        settings.token.get_secret_value(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=calls,
        get_updates_request=polls,
    )


def _as_send_failure(error: Exception, channel: ChannelRef) -> PlatformFault:
    fault = translate_error(error, channel)
    # A conflict concerns polling only; were it ever said of a send, the message was not taken.
    return fault if isinstance(fault, PlatformFault) else PlatformDown(str(fault))


def _backoff(attempt: int) -> float:
    """Seconds before try number `attempt` + 1: doubling up to a minute, with half of it left to chance."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(attempt - 1, 10))
    return longest * random.uniform(0.5, 1.0)
