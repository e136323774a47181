"""Reads updates one after the other and remembers what later ones need: topics of messages, groups told of already."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import structlog

from adapters.telegram.entities import Self
from adapters.telegram.incoming import Object, read_update, thread_of
from bot.messages import Event, Place

#: Messages whose topic is remembered, so that a reaction can be told its topic; about 200 bytes each.
_REMEMBERED = 5000

_log = structlog.get_logger()


def unread_press(update: Object) -> str | None:
    """Return the ticket of a pressed button in an update that meant nothing; None where none was pressed."""
    pressed = update.get("callback_query")
    return None if pressed is None else str(pressed.get("id"))


class UpdateReader:
    """What one account has heard of late."""

    def __init__(self, places: Collection[Place], *, now: Callable[[], datetime]) -> None:
        """`places` are the groups the configuration knows; `now` dates what Telegram does not."""
        self._now = now
        self._known_chats = {place.posts.space for place in places}
        self._threads: dict[tuple[int, int], str] = {}

    def read(self, update: Object, me: Self) -> tuple[Event, ...]:
        """Return the events of an Update object, oldest first; what can't be understood is passed over, openly."""
        try:
            self._notice(update)
            return read_update(update, me, self._threads, seen_at=self._now())
        # A mistake in reading one update must not keep all later ones away for ever.
        except Exception:  # noqa: BLE001 - see above
            # the trace, not the update: that holds what members wrote
            _log.exception(
                "telegram update could not be understood; it is passed over", update_id=update.get("update_id")
            )
            return ()

    def remember(self, message: Object) -> None:
        """Keep the topic of a Message."""
        thread = thread_of(message)
        if thread is None:
            return
        self._threads[message["chat"]["id"], message["message_id"]] = thread
        while len(self._threads) > _REMEMBERED:
            del self._threads[next(iter(self._threads))]

    def _notice(self, update: Object) -> None:
        """Keep the topic of a message, and tell the operator what only the log can: an unknown group's number."""
        message = update.get("message") or update.get("edited_message")
        if message is not None:
            self.remember(message)
        about = message or update.get("message_reaction") or update.get("chat_member") or update.get("my_chat_member")
        if about is None:
            return
        chat = about["chat"]
        if str(chat["id"]) not in self._known_chats and chat["type"] != "private":
            self._known_chats.add(str(chat["id"]))
            _log.info("telegram group is in no community of config.yaml", chat=str(chat["id"]), title=chat.get("title"))
