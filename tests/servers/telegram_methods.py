"""The Bot API's methods over a `World`: what each accepts, refuses and returns. No HTTP here.

Stricter than Telegram in one point: a parameter it does not know is refused instead of ignored, so that a misspelt
one is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.servers.telegram_checks import (
    Refusal,
    bad,
    boolean,
    check_keyboard,
    check_keys,
    check_scope,
    check_text,
    check_topic,
    find_reply,
    parsed,
    read_parameters,
)
from tests.servers.telegram_world import MENTION, Chat, Json, World, detect_entities, now


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message the server has taken from the bot."""

    chat_id: int
    message_id: int
    text: str
    entities: tuple[Json, ...]
    topic: int | None
    reply_to: int | None
    link_preview_options: Json | None
    #: Members whose @name Telegram found in it, and so rang for.
    pinged: tuple[int, ...]
    #: The address of its picture, below which `text` stands.
    photo: str | None = None


class Methods:
    """The methods this server has; `call` is the way in."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sent: list[Sent] = []
        #: Menus by (scope type, language code).
        self.menus: dict[tuple[str, str], list[Json]] = {}
        #: Whether this is somebody's own server, which calls any address (`--local`).
        self.is_local = False
        self.webhook_url = ""
        self.webhook_secret = ""
        #: Why the last call of the webhook failed (WebhookInfo).
        self.webhook_error = ""
        #: Addresses from which no picture can be had.
        self.missing_pictures: set[str] = set()
        self._table: dict[str, tuple[Callable[..., Any], dict[str, Callable[[Any], Any]]]] = {
            "getme": (self.get_me, {}),
            "sendmessage": (self.send_message, _SEND_MESSAGE),
            "editmessagetext": (self.edit_message_text, _EDIT_MESSAGE_TEXT),
            "sendphoto": (self.send_photo, _SEND_PHOTO),
            "editmessagecaption": (self.edit_message_caption, _EDIT_MESSAGE_CAPTION),
            "deletemessage": (self.delete_message, {"chat_id": int, "message_id": int}),
            "setmycommands": (self.set_my_commands, {"commands": parsed, "scope": parsed, "language_code": str}),
            "getchat": (self.get_chat, {"chat_id": int}),
            "getchatmember": (self.get_chat_member, {"chat_id": int, "user_id": int}),
            "answercallbackquery": (
                self.answer_callback_query,
                {"callback_query_id": str, "text": str, "show_alert": boolean, "url": str, "cache_time": int},
            ),
            "setwebhook": (
                self.set_webhook,
                {
                    "url": str,
                    "max_connections": int,
                    "allowed_updates": parsed,
                    "drop_pending_updates": boolean,
                    "secret_token": str,
                },
            ),
            "deletewebhook": (self.delete_webhook, {"drop_pending_updates": boolean}),
            "getwebhookinfo": (self.get_webhook_info, {}),
        }

    def call(self, method: str, given: dict[str, Any]) -> Any:
        """Call `method` with the parameters as they came; raises Refusal."""
        if method.lower() not in self._table:
            raise Refusal(404, "Not Found: method not found")
        function, schema = self._table[method.lower()]
        return function(**read_parameters(given, schema))

    def get_me(self) -> Json:
        """Answer getMe."""
        return {
            **self.world.me,
            "can_join_groups": True,
            "can_read_all_group_messages": not self.world.privacy_mode,
            "supports_inline_queries": False,
        }

    def send_message(
        self,
        *,
        chat_id: int,
        text: str = "",
        message_thread_id: int | None = None,
        entities: list[Json] | None = None,
        reply_parameters: Json | None = None,
        link_preview_options: Json | None = None,
        parse_mode: str | None = None,
        reply_markup: Json | None = None,
        **_ignored: object,
    ) -> Json:
        """Answer sendMessage."""
        chat = self._writable(chat_id)
        check_keyboard(reply_markup)
        entities = entities or []
        check_text(text, entities, parse_mode)
        if link_preview_options is not None:
            check_keys(link_preview_options, _LINK_PREVIEW)
        if message_thread_id is not None:
            check_topic(chat, message_thread_id)
        extra: Json = {} if link_preview_options is None else {"link_preview_options": link_preview_options}
        return self._post(
            chat, text, entities, topic=message_thread_id, reply=reply_parameters, keyboard=reply_markup, extra=extra
        )

    def send_photo(
        self,
        *,
        chat_id: int,
        photo: str,
        caption: str = "",
        caption_entities: list[Json] | None = None,
        message_thread_id: int | None = None,
        reply_parameters: Json | None = None,
        reply_markup: Json | None = None,
    ) -> Json:
        """Answer sendPhoto, with a picture that the server itself fetches."""
        chat = self._writable(chat_id)
        check_keyboard(reply_markup)
        check_text(caption, caption_entities or [], None, is_caption=True)
        if message_thread_id is not None:
            check_topic(chat, message_thread_id)
        if urlsplit(photo).scheme not in {"http", "https"}:
            raise bad("wrong file identifier/HTTP URL specified")
        if photo in self.missing_pictures:
            raise bad("failed to get HTTP URL content")
        sizes = [{"file_id": photo, "file_unique_id": photo, "width": 90, "height": 60}]
        return self._post(
            chat,
            caption,
            caption_entities or [],
            topic=message_thread_id,
            reply=reply_parameters,
            keyboard=reply_markup,
            extra={"photo": sizes},
        )

    def _post(
        self,
        chat: Chat,
        text: str,
        entities: list[Json],
        *,
        topic: int | None,
        reply: Json | None,
        keyboard: Json | None,
        extra: Json,
    ) -> Json:
        reply_to = find_reply(chat, reply)
        found = [e for e in detect_entities(text) if not any(e["offset"] == own["offset"] for own in entities)]
        is_photo = "photo" in extra
        body: Json = {"caption" if is_photo else "text": text, **extra}
        if entities or found:
            body["caption_entities" if is_photo else "entities"] = [*entities, *found]
        if keyboard is not None:
            body["reply_markup"] = keyboard
        message = self.world.post_own(chat, body, topic=topic, reply_to=reply_to)
        self.sent.append(
            Sent(
                chat_id=chat.id,
                message_id=message["message_id"],
                text=text,
                entities=tuple(entities),
                topic=topic,
                reply_to=reply_to,
                link_preview_options=extra.get("link_preview_options"),
                pinged=self._pinged(chat, text, entities),
                photo=extra["photo"][0]["file_id"] if is_photo else None,
            )
        )
        return message

    def edit_message_text(
        self,
        *,
        chat_id: int,
        message_id: int,
        text: str = "",
        entities: list[Json] | None = None,
        parse_mode: str | None = None,
        reply_markup: Json | None = None,
        **_ignored: object,
    ) -> Json:
        """Answer editMessageText."""
        check_text(text, entities or [], parse_mode)
        return self._edit(chat_id, message_id, text, entities or [], keyboard=reply_markup, name="text")

    def edit_message_caption(
        self,
        *,
        chat_id: int,
        message_id: int,
        caption: str = "",
        caption_entities: list[Json] | None = None,
        reply_markup: Json | None = None,
    ) -> Json:
        """Answer editMessageCaption."""
        check_text(caption, caption_entities or [], None, is_caption=True)
        return self._edit(chat_id, message_id, caption, caption_entities or [], keyboard=reply_markup, name="caption")

    def _edit(
        self, chat_id: int, message_id: int, text: str, entities: list[Json], *, keyboard: Json | None, name: str
    ) -> Json:
        check_keyboard(keyboard)
        chat = self._writable(chat_id)
        message = chat.messages.get(message_id)
        if message is None:
            raise bad("message to edit not found")
        if message["from"]["id"] != self.world.me["id"]:
            raise bad("message can't be edited")
        if name not in message:
            raise bad(f"there is no {name} in the message to edit")
        beside = "entities" if name == "text" else "caption_entities"
        found = [e for e in detect_entities(text) if not any(e["offset"] == own["offset"] for own in entities)]
        entities = [*entities, *found]
        if (message[name], message.get(beside, []), message.get("reply_markup")) == (text, entities, keyboard):
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        kept = {key: value for key, value in message.items() if key != "reply_markup"}
        drawn = {} if keyboard is None else {"reply_markup": keyboard}
        chat.messages[message_id] = {**kept, name: text, beside: entities, "edit_date": now(), **drawn}
        return chat.messages[message_id]

    def delete_message(self, *, chat_id: int, message_id: int) -> bool:
        """Answer deleteMessage."""
        if self._known(chat_id).messages.pop(message_id, None) is None:
            raise bad("message to delete not found")
        return True

    def set_my_commands(self, *, commands: list[Json], scope: Json | None = None, language_code: str = "") -> bool:
        """Answer setMyCommands."""
        if len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            check_keys(command, {"command", "description"})
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command["command"]):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        if not re.fullmatch(r"([a-z]{2})?", language_code):
            raise bad("LANG_CODE_INVALID")
        shown_in = check_scope({"type": "default"} if scope is None else scope)
        for about, known in (("chat_id", self.world.chats), ("user_id", self.world.users)):
            if scope is not None and about in scope and int(scope[about]) not in known:
                raise bad(f"{about.removesuffix('_id')} not found")
        self.menus[shown_in, language_code] = commands
        return True

    def menu_shown(self, chat_id: int, language: str) -> list[str]:
        """Return the names in the menu that somebody, no administrator, sees in a chat.

        The first menu that is set is shown, in the order of
        https://core.telegram.org/bots/api#determining-list-of-commands; menus of single chats are not looked at.
        """
        own = "all_private_chats" if self.world.chats[chat_id].type == "private" else "all_group_chats"
        for asked in ((own, language), (own, ""), ("default", language), ("default", "")):
            if self.menus.get(asked):
                return [command["command"] for command in self.menus[asked]]
        return []

    def get_chat(self, *, chat_id: int) -> Json:
        """Answer getChat with a ChatFullInfo."""
        chat = self._known(chat_id)
        full: Json = {
            **chat.as_json(),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
                False,
            ),
        }
        if chat.type != "private":
            full["permissions"] = {"can_send_messages": chat.can_send_messages}
        return full

    def get_chat_member(self, *, chat_id: int, user_id: int) -> Json:
        """Answer getChatMember."""
        chat = self._known(chat_id)
        if user_id not in self.world.users:
            raise bad("invalid user_id specified")
        status = chat.members.get(user_id, "left")
        member: Json = {"user": self.world.users[user_id], "status": status}
        if status == "administrator":
            member |= dict.fromkeys(_ADMIN_RIGHTS, False) | {"can_manage_chat": True}
        if status == "restricted":
            member |= dict.fromkeys(_RESTRICTED_RIGHTS, False) | {"is_member": True, "until_date": 0}
        if status == "kicked":
            member["until_date"] = 0
        return member

    def answer_callback_query(self, *, callback_query_id: str, text: str = "", **_ignored: object) -> bool:
        """Answer answerCallbackQuery."""
        if callback_query_id not in self.world.waiting_presses:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(text) > 200:
            raise bad("MESSAGE_TOO_LONG")
        self.world.waiting_presses.remove(callback_query_id)
        self.world.notices.append((callback_query_id, text))
        return True

    def set_webhook(
        self,
        *,
        url: str,
        secret_token: str = "",
        allowed_updates: list[str] | None = None,
        drop_pending_updates: bool = False,
        max_connections: int = 40,
    ) -> bool:
        """Answer setWebhook."""
        parts = urlsplit(url)
        if url and not self.is_local:
            if parts.scheme != "https":
                raise bad("bad webhook: An HTTPS URL must be provided for webhook")
            if (parts.port or 443) not in {80, 88, 443, 8443}:
                raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret_token):
            raise bad("secret token contains unallowed characters")
        if not 1 <= max_connections <= 100:
            raise bad("max_connections is out of range")
        self.webhook_url, self.webhook_secret, self.webhook_error = url, secret_token, ""
        if allowed_updates is not None:
            self.world.allowed = frozenset(allowed_updates) or None
        if drop_pending_updates:
            self.world.pending.clear()
        self.world.on_update()
        return True

    def delete_webhook(self, *, drop_pending_updates: bool = False) -> bool:
        """Answer deleteWebhook."""
        self.webhook_url = self.webhook_secret = self.webhook_error = ""
        if drop_pending_updates:
            self.world.pending.clear()
        return True

    def get_webhook_info(self) -> Json:
        """Answer getWebhookInfo."""
        pending = len(self.world.pending)
        info: Json = {"url": self.webhook_url, "has_custom_certificate": False, "pending_update_count": pending}
        if self.webhook_error:
            info |= {"last_error_date": now(), "last_error_message": self.webhook_error}
        return info

    def _known(self, chat_id: int) -> Chat:
        if chat_id not in self.world.chats:
            raise bad("chat not found")
        chat = self.world.chats[chat_id]
        if chat.migrated_to is not None:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        return chat

    def _writable(self, chat_id: int) -> Chat:
        chat = self._known(chat_id)
        status = chat.members.get(self.world.me["id"], "left")
        if status == "kicked":
            what = "blocked by the user" if chat.type == "private" else f"kicked from the {chat.type} chat"
            raise Refusal(403, f"Forbidden: bot was {what}")
        if status == "left":
            raise Refusal(403, f"Forbidden: bot is not a member of the {chat.type} chat")
        if status == "restricted" or (status == "member" and not chat.can_send_messages):
            raise bad("not enough rights to send text messages to the chat")
        return chat

    def _pinged(self, chat: Chat, text: str, entities: list[Json]) -> tuple[int, ...]:
        names = {name[1:].lower() for name in MENTION.findall(text)}
        by_name = (uid for uid in chat.members if self.world.users[uid].get("username", "").lower() in names)
        by_id = (entity["user"]["id"] for entity in entities if entity["type"] == "text_mention")
        return (*by_name, *by_id)


_LINK_PREVIEW = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}

_SEND_MESSAGE: dict[str, Callable[[Any], Any]] = {
    "chat_id": int,
    "message_thread_id": int,
    "text": str,
    "parse_mode": str,
    "entities": parsed,
    "link_preview_options": parsed,
    "disable_notification": boolean,
    "protect_content": boolean,
    "reply_parameters": parsed,
    "reply_markup": parsed,
}

_SEND_PHOTO: dict[str, Callable[[Any], Any]] = {
    "chat_id": int,
    "photo": str,
    "caption": str,
    "caption_entities": parsed,
    "message_thread_id": int,
    "reply_parameters": parsed,
    "reply_markup": parsed,
}

_EDIT_MESSAGE_CAPTION: dict[str, Callable[[Any], Any]] = {
    "chat_id": int,
    "message_id": int,
    "caption": str,
    "caption_entities": parsed,
    "reply_markup": parsed,
}

_EDIT_MESSAGE_TEXT: dict[str, Callable[[Any], Any]] = {
    "chat_id": int,
    "message_id": int,
    "text": str,
    "parse_mode": str,
    "entities": parsed,
    "link_preview_options": parsed,
    "reply_markup": parsed,
}

_ADMIN_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)

_RESTRICTED_RIGHTS = (
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_send_messages",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_manage_topics",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_edit_tag",
    "can_react_to_messages",
)
