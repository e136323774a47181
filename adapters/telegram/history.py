"""The history Telegram Desktop exports ("Export chat history", format JSON), read as the bot would have heard it.

Pure: one object in, one message out. The file's own description: https://core.telegram.org/import-export. Bots are not
marked in it, and of a message's reactions only the latest few people are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from adapters.telegram.settings import NAME
from bot.messages import ChannelRef
from bot.ports.history import Object, PastMessage, PastReaction

#: What Telegram puts before the number of a supergroup or channel to make a chat id of it.
_SUPERGROUP = "-100"
_PREFIXES = {"private_group": "-", "private_supergroup": _SUPERGROUP, "public_supergroup": _SUPERGROUP}


class TelegramNaming:
    """Meets `bot.ports.history.Naming`."""

    def locate(self, posts: ChannelRef, channel: str | None) -> ChannelRef:  # noqa: ARG002  # a group is one channel
        """Return the group: message ids are unique within it, whatever topic they stand in."""
        return ChannelRef(platform=NAME, space=posts.space, channel=posts.space)

    def message_prefix(self, channel: ChannelRef) -> str:
        """Return the same as `incoming`."""
        return f"m:{channel.space}:"

    def reaction_event(self, channel: ChannelRef, message_id: str, given: PastReaction) -> str:
        """Return an id of the reaction's own: live ones are named after their update, which no export knows."""
        return f"r:{channel.space}:{message_id}:{given.by}:{given.emoji}"


class TelegramExport:
    """Meets `bot.ports.history.ExportForm`."""

    title = "Telegram Desktop export"

    def recognises(self, header: Object) -> bool:
        """Whether it has a chat's type and number."""
        return "type" in header and "id" in header and "guild" not in header

    def read_place(self, header: Object) -> ChannelRef:
        """Return the group it was made of."""
        kind, number = header.get("type"), header.get("id")
        if kind not in _PREFIXES or type(number) is not int:
            raise ValueError(f'it is the export of a "{kind}"; export a group: its menu, "Export chat history", JSON')
        chat = f"{_PREFIXES[kind]}{number}"
        return ChannelRef(platform=NAME, space=chat, channel=chat)

    def read_message(self, item: Object) -> PastMessage | None:
        """Read a message; what Telegram itself says ("service") is none."""
        if item.get("type") != "message" or item.get("from_id") is None:
            return None
        entities = item.get("text_entities")
        parts = [part for part in entities if isinstance(part, dict)] if isinstance(entities, list) else []
        reply_to = item.get("reply_to_message_id")
        return PastMessage(
            id=str(int(item["id"])),
            at=_read_moment(item),
            author=_read_person(item["from_id"]),
            author_name=str(item.get("from") or ""),
            is_command=bool(parts) and parts[0].get("type") == "bot_command",
            text="".join(str(part.get("text", "")) for part in parts),
            reply_to=None if reply_to is None or "reply_to_peer_id" in item else str(int(reply_to)),
            mentions=tuple(dict.fromkeys(str(int(p["user_id"])) for p in parts if p.get("type") == "mention_name")),
            reactions=tuple(_read_reactions(item.get("reactions"))),
        )


def _read_moment(item: Object) -> datetime:
    """Read when: `date` is the exporting computer's own time, so only the other says which moment it was."""
    seconds = item.get("date_unixtime")
    if seconds is None:
        raise ValueError("date_unixtime is missing: update Telegram Desktop and export again")
    return datetime.fromtimestamp(int(seconds), UTC)


def _read_person(value: object) -> str:
    """Return the id that live events carry: a user's number, or a chat's with what Telegram puts before it."""
    text = str(value)
    if text.startswith("user"):
        return str(int(text[4:]))
    if text.startswith("channel"):
        return f"{_SUPERGROUP}{int(text[7:])}"
    raise ValueError("from_id is no user and no channel")


def _read_reactions(value: Any) -> Iterator[PastReaction]:  # noqa: ANN401  # as the file has it
    for counted in value if isinstance(value, list) else ():
        named = counted.get("emoji") or f":{counted.get('document_id')}:"
        for given in counted.get("recent") or ():
            # "date" is local to the exporting computer: better no time than a wrong one
            yield PastReaction(by=_read_person(given["from_id"]), emoji=str(named))
