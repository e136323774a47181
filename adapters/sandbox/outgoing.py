"""A post as it will stand in a community. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from adapters.sandbox.room import Message
from adapters.sandbox.settings import LIMITS
from bot.errors import PostRejected
from bot.messages import OutgoingPost


def as_message(post: OutgoingPost, *, message_id: str, at: datetime, messages: Mapping[str, Message]) -> Message:
    """Return the message `post` becomes among `messages`.

    A post that answers a message which is gone stands without the reference. Raises PostRejected for a text that is
    empty or too long, and for a private post whose reader is not known.
    """
    _check(post)
    answered = None if post.reply_to is None else messages.get(post.reply_to)
    asker = None if answered is None else answered.author
    if post.private and asker is None:
        raise PostRejected("a private post answers a member's message; set reply_to to one that is there")
    return Message(
        id=message_id,
        author=None,
        at=at,
        spans=post.spans,
        card=post.card,
        reply_to=None if answered is None else answered.id,
        thread=post.channel.thread,
        private_to=asker.ref.id if post.private and asker is not None else None,
        buttons=post.buttons,
    )


def as_edited(standing: Message, post: OutgoingPost, *, at: datetime) -> Message:
    """Return `standing` as it reads with the words of `post`; itself when it says the same already.

    Raises PostRejected for a text that is empty or too long.
    """
    _check(post)
    if (standing.spans, standing.card, standing.buttons) == (post.spans, post.card, post.buttons):
        return standing
    return replace(standing, spans=post.spans, card=post.card, buttons=post.buttons, edited_at=at)


def _check(post: OutgoingPost) -> None:
    if not post.text.strip():
        raise PostRejected("the post is empty; give it some text")
    if (length := len(post.text)) > LIMITS.text_length:
        fits = LIMITS.text_length
        raise PostRejected(f"the post has {length} characters and the sandbox takes {fits}; shorten or split it")
