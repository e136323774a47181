"""Ours to Telegram's: a post becomes the arguments of sendMessage or editMessageText. Pure; nothing is sent here.

Style is carried by entities, never by a parse mode, so no character of the text can be taken for markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import TypedDict

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    User,
)

from adapters.telegram.entities import clean
from adapters.telegram.settings import GENERAL_TOPIC, NAME
from bot.messages import Button, OutgoingPost, PersonRef, PostedRef, Span, Style, text_of

_ENTITY_TYPES: dict[Style, str] = {
    "bold": MessageEntity.BOLD,
    "italic": MessageEntity.ITALIC,
    "code": MessageEntity.CODE,
    "quote": MessageEntity.BLOCKQUOTE,
}

#: So many characters stand readable in one row of buttons on a telephone.
_ROW = 32


class SendArguments(TypedDict):
    """Arguments of `telegram.Bot.send_message` (Bot API sendMessage)."""

    chat_id: int
    text: str
    entities: list[MessageEntity]
    message_thread_id: int | None
    reply_parameters: ReplyParameters | None
    link_preview_options: LinkPreviewOptions
    reply_markup: InlineKeyboardMarkup | None


class EditArguments(TypedDict):
    """Arguments of `telegram.Bot.edit_message_text` (Bot API editMessageText)."""

    chat_id: int
    message_id: int
    text: str
    entities: list[MessageEntity]
    link_preview_options: LinkPreviewOptions
    reply_markup: InlineKeyboardMarkup | None


def utf16_length(text: str) -> int:
    """How long Telegram takes `text` to be: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def send_arguments(post: OutgoingPost) -> SendArguments:
    """Say `post` in Telegram's terms.

    Half a character, which no request can carry, is replaced. Raises ValueError when an id in it is not one of
    Telegram's numbers.
    """
    thread = None if post.channel.thread is None else int(post.channel.thread)
    spans = _cleaned(post)
    return SendArguments(
        chat_id=int(post.channel.channel),
        text=text_of(spans),
        entities=list(_entities(spans)),
        message_thread_id=None if thread == GENERAL_TOPIC else thread,
        reply_parameters=None
        if post.reply_to is None
        else ReplyParameters(message_id=int(post.reply_to), allow_sending_without_reply=True),
        link_preview_options=_preview(post),
        reply_markup=_keyboard(post.buttons),
    )


def edit_arguments(posted: PostedRef, post: OutgoingPost) -> EditArguments:
    """Say in Telegram's terms that the message `posted` is to read like `post`; ValueError as for `send_arguments`."""
    spans = _cleaned(post)
    return EditArguments(
        chat_id=int(posted.channel.channel),
        message_id=int(posted.message_id),
        text=text_of(spans),
        entities=list(_entities(spans)),
        link_preview_options=_preview(post),
        reply_markup=_keyboard(post.buttons),
    )


def _cleaned(post: OutgoingPost) -> tuple[Span, ...]:
    return tuple(replace(span, text=clean(span.text)) for span in post.spans)


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """Return an inline keyboard; without one an edit takes away the one that was there.

    Buttons of one row are equally wide and cut what does not fit a telephone, so a row is full at `_ROW` characters.
    """
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for button in buttons:
        drawn = InlineKeyboardButton(clean(f"{button.sign} {button.label}"), callback_data=button.id)
        if len(drawn.text) > room:
            rows.append([])
            room = _ROW
        rows[-1].append(drawn)
        room -= len(drawn.text)
    return InlineKeyboardMarkup(rows) if rows else None


def _preview(post: OutgoingPost) -> LinkPreviewOptions:
    if post.card is None:
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(is_disabled=False, url=post.card.url)


def _entities(spans: tuple[Span, ...]) -> Iterator[MessageEntity]:
    """One entity per run of equal look: two neighbouring quotes would else be shown as two blocks."""
    offset = 0
    for (style, url, mention), run in groupby(spans, key=lambda span: (span.style, span.url, span.mention)):
        text = text_of(run)
        length = utf16_length(text)
        named = _user(mention, text)
        if length and named is not None:
            yield MessageEntity(type=MessageEntity.TEXT_MENTION, offset=offset, length=length, user=named)
        elif length and url is not None:
            yield MessageEntity(type=MessageEntity.TEXT_LINK, offset=offset, length=length, url=url)
        # Code can't be combined with another entity (Bot API, "Formatting options"): name and link are worth more.
        if length and style != "plain" and not (style == "code" and (named is not None or url is not None)):
            yield MessageEntity(type=_ENTITY_TYPES[style], offset=offset, length=length)
        offset += length


def _user(person: PersonRef | None, name: str) -> User | None:
    """Return the account to notify, known to Telegram by its id alone; None for nobody, or somebody elsewhere."""
    if person is None or person.platform != NAME or not (person.id.isascii() and person.id.isdecimal()):
        return None
    return User(id=int(person.id), first_name=name, is_bot=False)
