"""What a Bot API server knows: users, chats, messages, topics and the updates waiting for the bot. No HTTP here.

Shapes and rules are those of https://core.telegram.org/bots/api. Tests act through the methods named by a verb in the
third person (`says`, `reacts`, `joins`); each makes the updates Telegram would make, and only those the bot may see.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

#: getUpdates: what `allowed_updates` leaves out unless it is named.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

#: The account Telegram shows as the sender for anonymous administrators.
ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}

#: A name with @, as Telegram finds it in any text.
MENTION = re.compile(r"(?<![\w@])@[A-Za-z0-9_]{3,32}")
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?")
_URL = re.compile(r"https?://[^\s]+")


#: Some of the service messages, which reach a bot in any case.
_SERVICE = frozenset({"new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id"})


@dataclass(kw_only=True)
class Topic:
    """A forum topic."""

    name: str
    closed: bool = False


@dataclass(kw_only=True)
class Chat:
    """A chat the bot may be in."""

    id: int
    type: Literal["private", "group", "supergroup"]
    title: str
    is_forum: bool = False
    #: By user id.
    members: dict[int, Status] = field(default_factory=dict)
    #: By message_thread_id.
    topics: dict[int, Topic] = field(default_factory=dict)
    #: By message_id.
    messages: dict[int, Json] = field(default_factory=dict)
    #: Reactions by (message_id, user_id).
    reactions: dict[tuple[int, int], list[Json]] = field(default_factory=dict)
    migrated_to: int | None = None
    can_send_messages: bool = True
    next_message_id: int = 2

    def as_json(self) -> Json:
        """As the Bot API's Chat."""
        if self.type == "private":
            return {"id": self.id, "type": "private", "first_name": self.title}
        forum = {"is_forum": True} if self.is_forum else {}
        return {"id": self.id, "type": self.type, "title": self.title, **forum}


class World:
    """All that one bot's Bot API server knows."""

    def __init__(self, *, bot_id: int = 7000000001, username: str = "tani_bot", privacy_mode: bool = False) -> None:
        self.me: Json = {"id": bot_id, "is_bot": True, "first_name": "Tani", "username": username}
        self.privacy_mode = privacy_mode
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, Json] = {bot_id: self.me}
        self.pending: list[Json] = []
        #: Called whenever an update is added.
        self.on_update: Callable[[], None] = lambda: None
        #: What getUpdates asked for last; None or empty for what Telegram sends unasked.
        self.allowed: frozenset[str] | None = None
        #: Presses of buttons that wait for their answer, and the notices shown to those who pressed, in order.
        self.waiting_presses: set[str] = set()
        self.notices: list[tuple[str, str]] = []
        #: Whether messages of bots are delivered, which Telegram never does.
        self.delivers_bots = False
        self._next_update_id = 1000
        self._next_query_id = 4382910000000000

    # What a test sets up.

    def add_group(
        self,
        title: str = "Warung Kopi",
        *,
        chat_id: int = -1001234567890,
        bot_status: Status = "administrator",
        forum: bool = False,
    ) -> int:
        """Add a supergroup with the bot in it; returns its id."""
        members: dict[int, Status] = {self.me["id"]: bot_status}
        self.chats[chat_id] = Chat(id=chat_id, type="supergroup", title=title, is_forum=forum, members=members)
        return chat_id

    def add_private(self, user_id: int) -> int:
        """Open a private chat with the bot; returns its id, which is the user's."""
        user = self.user(user_id)
        members: dict[int, Status] = {self.me["id"]: "member", user_id: "member"}
        self.chats[user_id] = Chat(id=user_id, type="private", title=user["first_name"], members=members)
        return user_id

    def add_topic(self, chat_id: int, name: str) -> int:
        """Create a forum topic; returns its message_thread_id, which is the id of the message that announces it."""
        chat = self.chats[chat_id]
        thread = chat.next_message_id
        chat.topics[thread] = Topic(name=name)
        created = {"name": name, "icon_color": 7322096}
        self._post(chat, {"from": self.user(100), "forum_topic_created": created}, topic=thread)
        return thread

    def user(self, user_id: int, name: str | None = None, *, is_bot: bool = False, username: str | None = None) -> Json:
        """Return the user with this id, made on first sight."""
        if user_id not in self.users:
            user: Json = {"id": user_id, "is_bot": is_bot, "first_name": name or f"Member {user_id}"}
            if username:
                user["username"] = username
            if not is_bot:
                user["language_code"] = "id"
            self.users[user_id] = user
        return self.users[user_id]

    # What people do.

    def says(
        self,
        chat_id: int,
        user_id: int,
        text: str,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
        is_bot: bool = False,
        entities: list[Json] | None = None,
        sender_chat: Json | None = None,
    ) -> int:
        """Somebody writes; returns the message_id."""
        sender = ANONYMOUS_ADMIN if sender_chat else self.user(user_id, is_bot=is_bot)
        body: Json = {"from": sender, "text": text}
        if found := sorted([*detect_entities(text), *(entities or [])], key=lambda entity: entity["offset"]):
            body["entities"] = found
        if sender_chat:
            body["sender_chat"] = sender_chat
        return self.sends(chat_id, body, reply_to=reply_to, topic=topic)

    def sends(self, chat_id: int, body: Json, *, reply_to: int | None = None, topic: int | None = None) -> int:
        """Put any message into a chat, such as a sticker; returns the message_id."""
        chat = self.chats[chat_id]
        message = self._post(chat, body, topic=topic, reply_to=reply_to)
        sender = message["from"]
        chat.members.setdefault(sender["id"], "member")
        if not sender["is_bot"] or "sender_chat" in body or self.delivers_bots:
            self._tell(chat, "message", message)
        return int(message["message_id"])

    def edits(self, chat_id: int, message_id: int, text: str) -> None:
        """The author changes a message."""
        chat = self.chats[chat_id]
        message = {**chat.messages[message_id], "text": text, "edit_date": now(), "entities": detect_entities(text)}
        chat.messages[message_id] = message
        self._tell(chat, "edited_message", message)

    def reacts(self, chat_id: int, user_id: int, message_id: int, *emoji: str) -> None:
        """Somebody's reactions on a message become these; none takes all back."""
        chat = self.chats[chat_id]
        new = [{"type": "emoji", "emoji": one} for one in emoji]
        old = chat.reactions.get((message_id, user_id), [])
        chat.reactions[message_id, user_id] = new
        reaction = {
            "chat": chat.as_json(),
            "message_id": message_id,
            "user": self.user(user_id),
            "date": now(),
            "old_reaction": old,
            "new_reaction": new,
        }
        if self._is_admin(chat):
            self.push("message_reaction", reaction)

    def presses(self, chat_id: int, user_id: int, message_id: int, data: str, *, anonymous: bool = False) -> str:
        """Somebody presses the button of the bot's message that carries `data`; returns the query's id."""
        message = self.chats[chat_id].messages[message_id]
        drawn = [button for row in message["reply_markup"]["inline_keyboard"] for button in row]
        assert data in [button["callback_data"] for button in drawn], drawn
        return self.presses_something(chat_id, user_id, {"message": message, "data": data}, anonymous=anonymous)

    def presses_something(self, chat_id: int, user_id: int, body: Json, *, anonymous: bool = False) -> str:
        """A press as a client of somebody's own making may send it; returns the query's id."""
        self._next_query_id += 1
        query_id = str(self._next_query_id)
        self.waiting_presses.add(query_id)
        sender = ANONYMOUS_ADMIN if anonymous else self.user(user_id)
        self.push("callback_query", {"id": query_id, "from": sender, "chat_instance": str(chat_id), **body})
        return query_id

    def joins(self, chat_id: int, user_id: int) -> None:
        """Somebody enters: a service message to all, and a chat_member update to administrators."""
        self._changes(chat_id, user_id, "member", {"new_chat_members": [self.user(user_id)]})

    def leaves(self, chat_id: int, user_id: int) -> None:
        """Somebody goes."""
        self._changes(chat_id, user_id, "left", {"left_chat_member": self.user(user_id)})

    def migrate(self, chat_id: int, new_id: int) -> None:
        """A group becomes a supergroup with another id, and message ids begin anew; both say so, the old one first."""
        old = self.chats[chat_id]
        new = self.chats[new_id] = Chat(id=new_id, type="supergroup", title=old.title, members=dict(old.members))
        self._tell(old, "message", self._post(old, {"from": self.user(100), "migrate_to_chat_id": new_id}))
        self._tell(new, "message", self._post(new, {"from": ANONYMOUS_ADMIN, "migrate_from_chat_id": chat_id}))
        old.migrated_to = new_id

    def push(self, kind: str, content: Json) -> None:
        """Add an update of `kind` if the bot has asked for it."""
        wanted = kind not in ON_REQUEST if not self.allowed else kind in self.allowed
        if wanted:
            self.pending.append({"update_id": self._next_update_id, kind: content})
            self._next_update_id += 1
            self.on_update()

    # What the server does.

    def post_own(self, chat: Chat, body: Json, *, topic: int | None, reply_to: int | None) -> Json:
        """Put the bot's own message into a chat; returns it as the Bot API's Message."""
        return self._post(chat, {"from": self.me, **body}, topic=topic, reply_to=reply_to)

    def _post(self, chat: Chat, body: Json, *, topic: int | None = None, reply_to: int | None = None) -> Json:
        message: Json = {"message_id": chat.next_message_id, "date": now(), "chat": chat.as_json(), **body}
        chat.next_message_id += 1
        if topic is not None:
            message |= {"message_thread_id": topic, "is_topic_message": True}
            if reply_to is None and topic in chat.messages:
                reply_to = topic  # in a topic everything "answers" the message that announced it
        if reply_to is not None:
            answered = {key: value for key, value in chat.messages[reply_to].items() if key != "reply_to_message"}
            message["reply_to_message"] = answered
            if chat.type == "supergroup" and topic is None:
                message["message_thread_id"] = reply_to  # a chain of replies, not a topic
        chat.messages[message["message_id"]] = message
        return message

    def _tell(self, chat: Chat, kind: str, message: Json) -> None:
        if chat.members.get(self.me["id"]) in {"left", "kicked", None}:
            return
        if (
            chat.type != "private"
            and self.privacy_mode
            and not self._is_admin(chat)
            and not self._concerns_bot(message)
        ):
            return
        self.push(kind, message)

    def _concerns_bot(self, message: Json) -> bool:
        text = message.get("text", "")
        answered = message.get("reply_to_message", {}).get("from", {}).get("id")
        service = not _SERVICE.isdisjoint(message)
        return text.startswith("/") or f"@{self.me['username']}" in text or answered == self.me["id"] or service

    def _is_admin(self, chat: Chat) -> bool:
        return chat.members.get(self.me["id"]) in {"administrator", "creator"}

    def _changes(self, chat_id: int, user_id: int, status: Status, service: Json) -> None:
        chat, user = self.chats[chat_id], self.user(user_id)
        old = chat.members.get(user_id, "left")
        chat.members[user_id] = status
        at = now()
        message = self._post(chat, {"from": user, **service, "date": at})
        self._tell(chat, "message", message)
        if self._is_admin(chat):
            change = {
                "chat": chat.as_json(),
                "from": user,
                "date": at,
                "old_chat_member": {"user": user, "status": old},
                "new_chat_member": {"user": user, "status": status},
            }
            self.push("chat_member", change)


def detect_entities(text: str) -> list[Json]:
    """Find what Telegram marks by itself in any text: @names, commands, addresses; offsets in UTF-16 units."""
    found = []
    for kind, pattern in (("url", _URL), ("mention", MENTION), ("bot_command", _COMMAND)):
        for match in pattern.finditer(text):
            span = {"offset": utf16(text[: match.start()]), "length": utf16(match.group())}
            if not any(_overlap(span, other) for other in found):
                found.append({"type": kind, **span})
    return sorted(found, key=lambda entity: entity["offset"])


def utf16(text: str) -> int:
    """Count UTF-16 code units."""
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)


def now() -> int:
    """Return Unix time in whole seconds, as Telegram dates."""
    return int(time.time())


def _overlap(one: Json, other: Json) -> bool:
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])
