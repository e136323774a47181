"""Being called with updates (Bot API, setWebhook): a call is answered only after what it brought is committed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from adapters.telegram.entities import Self
from adapters.telegram.failures import translate_read_error
from adapters.telegram.gathering import Gathering
from adapters.telegram.incoming import ALLOWED_UPDATES
from adapters.telegram.patience import Patience
from adapters.telegram.reader import UpdateReader, unread_press
from adapters.telegram.webhook import Hook, describe_refusal, is_genuine, is_passing
from adapters.telegram.wire import parse_update
from bot.errors import SettingsFault
from bot.ports.inbound import InboundAnswer, InboundCall
from bot.ports.platform import Receive

#: How often Telegram is asked whether it still calls the right address, and how its calls fare; in seconds.
_LOOK = 300.0

_log = structlog.get_logger()


class IncomingCalls:
    """Lets Telegram call one account, and takes its calls."""

    def __init__(
        self,
        bot: Bot,
        hook: Hook,
        *,
        reader: UpdateReader,
        patience: Patience,
        find_out_who: Callable[[], Awaitable[Self]],
        let_go: Callable[[str], Awaitable[None]],
    ) -> None:
        """`find_out_who` asks once which account this is, also where nothing has logged in yet.

        `let_go` ends the waiting of a button that nobody heard pressed.
        """
        self._bot = bot
        self._hook = hook
        self._reader = reader
        self._patience = patience
        self._find_out_who = find_out_who
        self._let_go = let_go
        self._gathering = Gathering()

    async def keep(self) -> None:
        """Let Telegram call until cancelled; raises SettingsFault for an address it refuses, and LoginRefused."""
        is_set = False
        while True:
            try:
                if not is_set or await self._is_called_elsewhere():
                    # The secret can't be looked up, so it is set anew at every start; what waits is kept.
                    await self._bot.set_webhook(
                        self._hook.url,
                        secret_token=self._hook.secret,
                        allowed_updates=ALLOWED_UPDATES,
                        drop_pending_updates=False,
                    )
                    is_set = True
                    _log.info("telegram calls from now on")
            except BadRequest as error:
                if not is_passing(error.message):
                    raise SettingsFault(describe_refusal(error.message, self._hook)) from error
                await self._patience.after(error)
            except Exception as error:  # noqa: BLE001 - an answer the SDK can't read is one more kind of outage
                await self._patience.after(error)
            else:
                self._patience.succeeded()
                await self._patience.pause(_LOOK)

    async def take(self, call: InboundCall, receive: Receive) -> InboundAnswer:
        """Take one call; see `bot.ports.inbound.HearingHttp.handle_http`."""
        if not is_genuine(call.headers, self._hook):
            return InboundAnswer(status=403, text="this is not Telegram's secret\n")
        try:
            update = parse_update(call.body)
        except ValueError:
            return InboundAnswer(status=400, text="this is no update\n")
        try:
            events = self._reader.read(update, await self._find_out_who())
            if events:
                await self._gathering.bring(events, receive)
            elif pressed := unread_press(update):
                await self._let_go(pressed)
        except Exception as error:  # noqa: BLE001 - whatever it was, the update is not committed and is due again
            _log.warning("telegram events not committed; Telegram will call again", reason=_words_of(error))
            return InboundAnswer(status=503, text="not committed; call again\n")
        return InboundAnswer(status=200)

    async def _is_called_elsewhere(self) -> bool:
        info = await self._bot.get_webhook_info()
        if info.last_error_message and info.pending_update_count:
            _log.warning(
                "telegram's calls fail; check that webhook.url reaches web.bind from outside",
                reason=info.last_error_message,
                waiting=info.pending_update_count,
            )
        if info.url == self._hook.url:
            return False
        _log.warning("telegram's webhook was changed by another program; it is set again")
        return True


def _words_of(error: Exception) -> str:
    """Say what went wrong; of Telegram's own errors only in our words, since theirs may carry the token."""
    return str(translate_read_error(error)) if isinstance(error, TelegramError) else repr(error)
