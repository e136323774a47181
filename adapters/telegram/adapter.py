"""The life of one Telegram account: log in, listen, send, close. What things mean is decided in the pure files.

Updates are fetched (`polling`) or brought (`calls`) by hand: the SDK's Updater puts them in a queue and confirms them
to Telegram, committed or not, so a kill would lose them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from telegram import Bot, Message
from telegram.error import BadRequest, TelegramError

from adapters.telegram.calls import IncomingCalls
from adapters.telegram.entities import Self, clean
from adapters.telegram.failures import translate_error, translate_read_error
from adapters.telegram.incoming import channel_of, thread_of
from adapters.telegram.menu import menus_of, typed_names
from adapters.telegram.outgoing import edit_arguments, send_arguments
from adapters.telegram.patience import Patience
from adapters.telegram.pictures import edit_either, has_picture, photo_arguments, send_photo
from adapters.telegram.polling import Polling
from adapters.telegram.probe import examine_account, examine_chat
from adapters.telegram.reader import UpdateReader
from adapters.telegram.settings import LIMITS, NAME, TRAITS, Account
from adapters.telegram.webhook import LONGEST_BODY, Hook, hook_of
from adapters.telegram.wire import BotRequest, UpdatesRequest
from bot.errors import LoginRefused, PlatformDown, PlatformFault, PostRejected
from bot.messages import ChannelRef, OutgoingPost, PersonRef, Place, PostedRef
from bot.ports.inbound import InboundAnswer, InboundCall
from bot.ports.platform import CommandSpec, Finding, PlatformLimits, PlatformTraits, Receive

#: How long Telegram may hold a poll that has nothing to say.
POLL_WAIT = timedelta(seconds=25)

#: The longest notice a press is answered with (Bot API answerCallbackQuery).
_NOTICE_LENGTH = 200

#: How Telegram says that a group has nobody with such an id.
_NOBODY_THERE = ("user not found", "member not found", "user_id", "participant_id_invalid")

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
    """One bot account; meets `Platform` and all optional ports but those that read a history."""

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
        self._patience = Patience(pause)
        self._me: Self | None = None
        self._hook = hook_of(settings)
        self._incoming_calls = None if self._hook is None else self._await_calls(self._hook)
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
            me = await self._log_in()
            await self._show_menus()
            if self._incoming_calls is not None:
                await self._incoming_calls.keep()
            else:
                polling = Polling(
                    self._bot,
                    self._polls,
                    self._settings,
                    reader=self._reader,
                    patience=self._patience,
                    wait=self._poll_wait,
                    let_go=self._let_go,
                )
                await polling.run(receive, me)
        finally:
            await self.close()

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Send one post (Bot API sendMessage, sendPhoto); see `bot.ports.platform.Platform.post` for the errors."""
        try:
            arguments = send_arguments(post)
        except ValueError as error:
            raise PostRejected(f"Telegram ids are numbers: {error}; check `chat` and `topic` in config.yaml") from None
        try:
            await self._calls.initialize()
            message = await send_photo(self._bot, photo_arguments(post, arguments))
            message = message or await self._bot.send_message(**arguments)
        # The answer itself can be unreadable for the SDK, long after Telegram took the message.
        except Exception as error:
            raise _as_send_failure(error, post.channel) from error
        return self._posted(message)

    async def edit(self, posted: PostedRef, post: OutgoingPost) -> None:
        """Let a message say something else (Bot API editMessageText, editMessageCaption).

        See `bot.ports.platform.Editing.edit`.
        """
        try:
            arguments = edit_arguments(posted, post)
        except ValueError as error:
            raise PostRejected(f"Telegram ids are numbers: {error}; check `chat` in config.yaml") from None
        try:
            await self._calls.initialize()
            await edit_either(self._bot, arguments, photo_first=has_picture(post, arguments["text"]))
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

    async def is_admin(self, channel: ChannelRef, person: PersonRef) -> bool:
        """Whether somebody owns or administers a group (Bot API getChatMember); see `bot.ports.platform.KnowingAdmins`.

        Who writes as a group or channel shows that chat's id, which is below zero, and nothing of their own.
        """
        try:
            user_id = int(person.id)
            if user_id < 0:
                return False
            await self._calls.initialize()
            member = await self._bot.get_chat_member(chat_id=int(channel.space), user_id=user_id)
        except BadRequest as error:
            if any(words in error.message.lower() for words in _NOBODY_THERE):
                return False
            raise _as_send_failure(error, channel) from error
        except Exception as error:
            raise _as_send_failure(error, channel) from error
        return member.status in ("creator", "administrator")

    async def probe(self, channels: tuple[str, ...]) -> tuple[Finding, ...]:
        """Look at the account and the bot's rights in `channels`; raises LoginRefused or PlatformDown."""
        # Connections of its own: what it closes must not be what `run` polls through.
        calls = BotRequest(connections=1, read_timeout=20.0)
        bot = _make_bot(self._settings, calls, calls)
        try:
            user = await bot.get_me()
            findings = list(await examine_account(bot, user, self._settings))
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

    @property
    def hook_key(self) -> str | None:
        """Where Telegram calls; None where updates are fetched."""
        return None if self._hook is None else self._hook.key

    @property
    def longest_body(self) -> int:
        """More than the longest update."""
        return LONGEST_BODY

    async def handle_http(self, call: InboundCall, receive: Receive) -> InboundAnswer:
        """Take one update that Telegram brings (Bot API, setWebhook); see `bot.ports.inbound.HearingHttp`."""
        if self._incoming_calls is None:
            return InboundAnswer(status=404, text="nobody is called here\n")
        return await self._incoming_calls.take(call, receive)

    def _await_calls(self, hook: Hook) -> IncomingCalls:
        return IncomingCalls(
            self._bot,
            hook,
            reader=self._reader,
            patience=self._patience,
            find_out_who=self._find_out_who,
            let_go=self._let_go,
        )

    async def _let_go(self, ticket: str) -> None:
        await self.acknowledge(ticket, private=True)

    async def _find_out_who(self) -> Self:
        """Ask once which account this is (Bot API getMe), and open the connections."""
        if self._me is None:
            # Not Bot.initialize: the error it raises for a bad token quotes the token.
            await asyncio.gather(self._calls.initialize(), self._polls.initialize())
            user = await self._bot.get_me()
            self._me = Self(id=user.id, username=user.username or "", commands=typed_names(self._commands))
        return self._me

    async def _log_in(self) -> Self:
        self._me = None
        while True:
            try:
                me = await self._find_out_who()
            except Exception as error:  # noqa: BLE001 - an answer the SDK can't read is one more kind of outage
                await self._patience.after(error)
            else:
                self._patience.succeeded()
                _log.info("telegram logged in", username=me.username)
                return me

    async def _show_menus(self) -> None:
        for menu in menus_of(self._commands):
            try:
                await self._bot.set_my_commands(menu.commands, scope=menu.scope, language_code=menu.language)
            except TelegramError as error:
                _log.warning(
                    "telegram menu not set",
                    scope=menu.scope.type,
                    language=menu.language,
                    reason=str(translate_read_error(error)),
                )

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
