"""What the Bot API checks in any call: parameters by type, texts and their entities, topics, messages to answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.servers.telegram_world import Chat, Json, utf16

MAX_TEXT = 4096
MAX_CAPTION = 1024

#: Of MessageEntity's `type`.
_ENTITY_TYPES = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    }
)


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(description: str, **parameters: int) -> Refusal:
    """Return a 400 in Telegram's words."""
    return Refusal(400, f"Bad Request: {description}", **parameters)


def boolean(value: Any) -> bool:
    """Read a Boolean parameter."""
    return value is True or str(value).lower() in {"true", "1"}


def parsed(value: Any) -> Any:
    """Read a parameter that is JSON-serialised inside a form."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise bad("can't parse JSON object") from None


def read_parameters(given: dict[str, Any], schema: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Read parameters by their types; raises Refusal for one that is unknown or can't be read."""
    if unknown := given.keys() - schema.keys():
        raise bad(f"unknown parameters {sorted(unknown)}")
    try:
        return {name: schema[name](value) for name, value in given.items()}
    except (TypeError, ValueError):
        raise bad(f"can't parse one of {sorted(given)}") from None


def check_text(text: str, entities: list[Json], parse_mode: str | None, *, is_caption: bool = False) -> None:
    """Refuse markup, emptiness, excess and entities that don't fit the text; offsets are in UTF-16 units."""
    if parse_mode is not None:
        raise bad("unsupported parse_mode")
    if not text.strip() and not is_caption:
        raise bad("message text is empty")
    if utf16(text) > (MAX_CAPTION if is_caption else MAX_TEXT):
        raise bad("message caption is too long" if is_caption else "message is too long")
    units = text.encode("utf-16-le")
    for entity in entities:
        check_keys(entity, {"type", "offset", "length", "url", "user", "language", "custom_emoji_id"})
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if entity["type"] not in _ENTITY_TYPES:
            raise bad("unsupported message entity type specified")
        if start < 0 or entity["length"] <= 0 or end > utf16(text):
            raise bad(f"entity beginning at UTF-16 offset {start} ends after the end of the text at {utf16(text)}")
        for at in (start, end):
            try:
                units[: at * 2].decode("utf-16-le")
            except UnicodeDecodeError:
                raise bad(f"entity beginning at UTF-16 offset {start} cuts a UTF-16 symbol at {at}") from None
        if entity["type"] == "text_link" and not str(entity.get("url", "")).startswith(
            ("http://", "https://", "tg://")
        ):
            raise bad("text_link without a valid URL")


def check_keyboard(markup: Json | None) -> None:
    """Refuse an inline keyboard that Telegram would not draw (InlineKeyboardMarkup)."""
    if markup is None:
        return
    check_keys(markup, {"inline_keyboard"})
    for row in markup["inline_keyboard"]:
        if not 1 <= len(row) <= 8:
            raise bad("BUTTON_INVALID")
        for button in row:
            check_keys(button, {"text", "callback_data", "url"})
            if not button["text"].strip() or ("url" in button) == ("callback_data" in button):
                raise bad("text buttons are unallowed in the inline keyboard")
            if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
                raise bad("BUTTON_DATA_INVALID")


def check_topic(chat: Chat, thread: int) -> None:
    """Refuse a topic that is not there or is closed; General has no number that could be sent to."""
    if not chat.is_forum or thread not in chat.topics:
        raise bad("message thread not found")
    if chat.topics[thread].closed:
        raise bad("TOPIC_CLOSED")


def find_reply(chat: Chat, reply_parameters: Json | None) -> int | None:
    """Return the message to answer (ReplyParameters); None for none, or for one that is gone and need not be there."""
    if reply_parameters is None:
        return None
    check_keys(reply_parameters, {"message_id", "chat_id", "allow_sending_without_reply", "quote"})
    message_id = int(reply_parameters["message_id"])
    if message_id in chat.messages:
        return message_id
    if reply_parameters.get("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


#: Of BotCommandScope: its types, and what each says beside its type.
_SCOPES: dict[str, set[str]] = {
    "default": set(),
    "all_private_chats": set(),
    "all_group_chats": set(),
    "all_chat_administrators": set(),
    "chat": {"chat_id"},
    "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}


def check_scope(scope: Json) -> str:
    """Return a BotCommandScope's type; refuses one that the API does not have, or that says too little or too much."""
    beside = _SCOPES.get(scope.get("type", ""))
    if beside is None:
        raise bad("unsupported scope specified")
    check_keys(scope, {"type", *beside})
    if missing := beside - scope.keys():
        raise bad(f"{sorted(missing)} not specified in the scope")
    return str(scope["type"])


def check_keys(given: Json, known: set[str]) -> None:
    """Refuse fields the API does not have."""
    if unknown := given.keys() - known:
        raise bad(f"unknown fields {sorted(unknown)}")
