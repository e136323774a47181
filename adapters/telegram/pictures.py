"""A post with a picture: a photo whose caption is the text (Bot API sendPhoto), where the text fits there.

Telegram fetches the picture itself, from the address the post gives. Where it can't, the same post goes as text with a
preview of its page; what a message was sent as is not kept, so an edit may find out that it was the other.
"""

from __future__ import annotations

from typing import TypedDict

import structlog
from telegram import Bot, InlineKeyboardMarkup, Message, MessageEntity, ReplyParameters
from telegram.error import BadRequest

from adapters.telegram.outgoing import EditArguments, SendArguments, utf16_length
from bot.messages import OutgoingPost

#: Of a caption, in UTF-16 code units after entities (Bot API sendPhoto).
CAPTION_LENGTH = 1024

#: How long Telegram may take to fetch a picture, in seconds: less than a send may take in all.
_FETCHING = 35.0

#: Words of Telegram (lower case) about a picture, or about pictures in this chat: the text can go without.
_ABOUT_PICTURE = (
    "http url",
    "web page content",
    "wrong file identifier",
    "wrong type of",
    "photo",
    "image",
    "webpage",
    "media_",
)


_log = structlog.get_logger()


class PhotoArguments(TypedDict):
    """Arguments of `telegram.Bot.send_photo` (Bot API sendPhoto)."""

    chat_id: int
    photo: str
    caption: str
    caption_entities: list[MessageEntity]
    message_thread_id: int | None
    reply_parameters: ReplyParameters | None
    reply_markup: InlineKeyboardMarkup | None


class CaptionArguments(TypedDict):
    """Arguments of `telegram.Bot.edit_message_caption` (Bot API editMessageCaption)."""

    chat_id: int
    message_id: int
    caption: str
    caption_entities: list[MessageEntity]
    reply_markup: InlineKeyboardMarkup | None


def has_picture(post: OutgoingPost, text: str) -> bool:
    """Whether a post goes as a photo: it has one, and its `text`, as it is sent, fits below it."""
    return post.card is not None and post.card.image_url is not None and utf16_length(text) <= CAPTION_LENGTH


def photo_arguments(post: OutgoingPost, as_text: SendArguments) -> PhotoArguments | None:
    """Return what is sent as a photo in the place of `as_text`; None for a post that has none."""
    if post.card is None or post.card.image_url is None or not has_picture(post, as_text["text"]):
        return None
    return PhotoArguments(
        chat_id=as_text["chat_id"],
        photo=post.card.image_url,
        caption=as_text["text"],
        caption_entities=as_text["entities"],
        message_thread_id=as_text["message_thread_id"],
        reply_parameters=as_text["reply_parameters"],
        reply_markup=as_text["reply_markup"],
    )


async def send_photo(bot: Bot, arguments: PhotoArguments | None) -> Message | None:
    """Send a post that has a picture; None for one that has none, or whose picture Telegram does not take."""
    if arguments is None:
        return None
    try:
        return await bot.send_photo(**arguments, read_timeout=_FETCHING)
    except BadRequest as error:
        if not _is_about_picture(error.message):
            raise
        _log.info("telegram does not take the picture; the post goes without", reason=error.message)
        return None


async def edit_either(bot: Bot, arguments: EditArguments, *, photo_first: bool) -> None:
    """Edit a text or a photo's caption, whichever the message turns out to be (editMessageText, editMessageCaption)."""
    for is_photo in (photo_first, not photo_first):
        try:
            if is_photo:
                await bot.edit_message_caption(**_caption_arguments(arguments))
            else:
                await bot.edit_message_text(**arguments)
        except BadRequest as error:
            if is_photo is not photo_first or not _is_the_other_kind(error.message):
                raise
        else:
            return


def _caption_arguments(as_text: EditArguments) -> CaptionArguments:
    """Return the edit of a photo's caption that says what an edit of a text would."""
    return CaptionArguments(
        chat_id=as_text["chat_id"],
        message_id=as_text["message_id"],
        caption=as_text["text"],
        caption_entities=as_text["entities"],
        reply_markup=as_text["reply_markup"],
    )


def _is_about_picture(refusal: str) -> bool:
    """Whether Telegram refused a photo for the picture's sake."""
    return any(words in refusal.lower() for words in _ABOUT_PICTURE)


def _is_the_other_kind(refusal: str) -> bool:
    """Whether an edit was refused because the message is a photo and not a text, or the other way about."""
    said = refusal.lower()
    return "there is no text in the message" in said or "there is no caption in the message" in said
