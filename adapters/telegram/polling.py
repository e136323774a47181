"""Fetching updates (Bot API, getUpdates): the offset moves only after what was fetched is committed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog
from telegram import Bot
from telegram.error import Conflict, TelegramError

from adapters.telegram.entities import Self
from adapters.telegram.failures import translate_read_error
from adapters.telegram.incoming import ALLOWED_UPDATES, Object
from adapters.telegram.patience import Patience
from adapters.telegram.reader import UpdateReader, unread_press
from adapters.telegram.settings import Account
from adapters.telegram.webhook import is_own_address
from adapters.telegram.wire import UpdatesRequest
from bot.messages import Event
from bot.ports.platform import Receive

_log = structlog.get_logger()


class Polling:
    """Fetches one account's updates."""

    def __init__(
        self,
        bot: Bot,
        polls: UpdatesRequest,
        settings: Account,
        *,
        reader: UpdateReader,
        patience: Patience,
        wait: timedelta,
        let_go: Callable[[str], Awaitable[None]],
    ) -> None:
        """`wait` is how long Telegram may hold a poll that has nothing to say, cut to whole seconds.

        `let_go` ends the waiting of a button that nobody heard pressed.
        """
        self._bot = bot
        self._polls = polls
        self._settings = settings
        self._reader = reader
        self._patience = patience
        self._wait = wait
        self._let_go = let_go

    async def run(self, receive: Receive, me: Self) -> None:
        """Fetch until cancelled; raises LoginRefused."""
        offset: int | None = None
        while True:
            try:
                updates = await self._polls.fetch_updates(
                    self._bot.base_url, offset=offset, wait=self._wait, kinds=ALLOWED_UPDATES
                )
            except Exception as error:  # noqa: BLE001 - an answer that can't be read is one more kind of outage
                if not await self._has_left_webhook(error):
                    await self._patience.after(error)
                continue
            if await self._pass_on(updates, receive, me):
                self._patience.succeeded()
                offset = updates[-1]["update_id"] + 1 if updates else offset
            else:
                await self._patience.after_refused_commit()

    async def _pass_on(self, updates: Sequence[Object], receive: Receive, me: Self) -> bool:
        """Hand the updates' events over; False when they were not committed and must be fetched again."""
        events: list[Event] = []
        for update in updates:
            read = self._reader.read(update, me)
            events += read
            if not read and (pressed := unread_press(update)):
                await self._let_go(pressed)
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

    async def _has_left_webhook(self, error: Exception) -> bool:
        """Whether a poll was refused because of a webhook that this bot had set itself, and that is gone now."""
        if not isinstance(error, Conflict) or "webhook" not in error.message.lower():
            return False
        try:
            info = await self._bot.get_webhook_info()
            if not is_own_address(info.url, self._settings):
                return False
            await self._bot.delete_webhook(drop_pending_updates=False)
        except TelegramError as failed:
            _log.warning("telegram webhook not taken back", reason=str(translate_read_error(failed)))
            return False
        _log.info("telegram webhook taken back: updates are fetched from now on")
        return True
