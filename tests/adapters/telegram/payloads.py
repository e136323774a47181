"""Updates as the Bot API documents them (https://core.telegram.org/bots/api#update), in the JSON it sends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapters.telegram.entities import Self
from adapters.telegram.incoming import Threads, read_update
from bot.messages import ChannelRef, Event, Person, PersonRef

Json = dict[str, Any]

CHAT_ID = -1001234567890
GROUP: Json = {"id": CHAT_ID, "type": "supergroup", "title": "Warung Kopi"}
FORUM: Json = {**GROUP, "is_forum": True}
DEWI: Json = {"id": 184467, "is_bot": False, "first_name": "Dewi", "last_name": "Lestari", "language_code": "id"}
BUDI: Json = {"id": 184468, "is_bot": False, "first_name": "Budi"}
BOT: Json = {"id": 7000000001, "is_bot": True, "first_name": "Tani", "username": "tani_bot"}
OTHER_BOT: Json = {"id": 7000000002, "is_bot": True, "first_name": "Quiz", "username": "quiz_bot"}
#: 2026-11-23 02:00:00 UTC.
DATE = 1795399200

ME = Self(id=7000000001, username="tani_bot", commands={"top": "top", "teratas": "top", "me": "me"})

CHANNEL = ChannelRef(platform="telegram", space=str(CHAT_ID), channel=str(CHAT_ID))
DEWI_PERSON = Person(ref=PersonRef(platform="telegram", id="184467"), name="Dewi Lestari", language="id")
BUDI_PERSON = Person(ref=PersonRef(platform="telegram", id="184468"), name="Budi")

#: The time of what Telegram does not date.
SEEN_AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def message(text: str | None = None, **fields: Any) -> Json:
    """Return a message of Dewi's in the group; `fields` win, and None leaves one out."""
    made = {"message_id": 11, "date": DATE, "chat": GROUP, "from": DEWI, "text": text, **fields}
    return {key: value for key, value in made.items() if value is not None}


def entity(kind: str, offset: int, length: int, **more: Any) -> Json:
    """Return a MessageEntity."""
    return {"type": kind, "offset": offset, "length": length, **more}


def read(kind: str, content: Json, threads: Threads | None = None) -> tuple[Event, ...]:
    """Read an update of `kind` as the adapter does: from its JSON."""
    return read_update({"update_id": 900, kind: content}, ME, threads or {}, seen_at=SEEN_AT)
