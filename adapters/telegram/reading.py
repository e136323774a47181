"""Reading updates with a memory: which topic a message stands in, and which groups the log has named."""

from __future__ import annotations

import structlog
from telegram import Message, Update

from adapters.telegram.entities import Self
from adapters.telegram.incoming import read_update, thread_of
from bot.messages import Event, Place

#: Messages whose topic is remembered, so that a reaction can be told its topic; about 200 bytes each.
_REMEMBERED = 5000

_log = structlog.get_logger()


class UpdateReader:
    """Reads the updates of one account, one after the other."""

    def __init__(self, places: tuple[Place, ...]) -> None:
        self._known_chats = {place.posts.space for place in places}
        self._threads: dict[tuple[int, int], str] = {}

    def read(self, update: Update, me: Self) -> tuple[Event, ...]:
        """Return what an update means; () with a word in the log for one that can't be understood."""
        try:
            self._notice(update)
            return read_update(update, me, self._threads)
        # A mistake in reading one update must not keep all later ones away for ever.
        except Exception:  # noqa: BLE001 - see above
            _log.exception("telegram update could not be understood; it is passed over", update_id=update.update_id)
            return ()

    def remember(self, message: Message) -> None:
        """Keep the topic of a message, the oldest ones giving way."""
        thread = thread_of(message)
        if thread is None:
            return
        self._threads[message.chat.id, message.message_id] = thread
        while len(self._threads) > _REMEMBERED:
            del self._threads[next(iter(self._threads))]

    def _notice(self, update: Update) -> None:
        """Keep the topic of a message, and tell the operator of an unknown group what only the log can: its number."""
        message, chat = update.effective_message, update.effective_chat
        if isinstance(message, Message):
            self.remember(message)
        if chat is not None and chat.type != chat.PRIVATE and str(chat.id) not in self._known_chats:
            self._known_chats.add(str(chat.id))
            _log.info("telegram group is in no community of config.yaml", chat=str(chat.id), title=chat.title)
