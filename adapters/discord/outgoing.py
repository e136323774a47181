"""What we ask Discord to post: an `OutgoingPost` to the JSON body of a request. Pure.

Here belong the body's fields and what to do when escaping outgrows a limit; how words become Markdown is `markdown`,
and where the request goes is `adapter`. Fields: https://discord.com/developers/docs/resources/message#create-message.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import discord

from adapters.discord.markdown import fit_escaped, mentioned_id, render, rendered_length
from adapters.discord.settings import LIMITS
from bot.errors import PostRejected
from bot.messages import Button, LinkCard, OutgoingPost, Span

__all__ = ["channel_of", "edit_body", "message_body", "notice_body", "rendered_length", "reply_body"]

Body: TypeAlias = dict[str, Any]

#: What all embeds of one message may have together.
_EMBEDS_LENGTH = 6000


def channel_of(post: OutgoingPost) -> int:
    """Return the id of the channel to write in; for Discord a thread is a channel."""
    return int(post.channel.thread or post.channel.channel)


def message_body(post: OutgoingPost) -> Body:
    """Return the body of Create Message: the post's id is its nonce, so it is posted once within minutes.

    Raises PostRejected for a text longer than the limit; so do the other two bodies.
    """
    body: Body = {**_content(post), "nonce": post.id, "enforce_nonce": True, "tts": False}
    if post.reply_to is not None:
        body["message_reference"] = {"message_id": post.reply_to, "fail_if_not_exists": False}
    return body


def edit_body(post: OutgoingPost) -> Body:
    """Return the body of Edit Message, and of Edit Original Interaction Response, which ends "… is thinking".

    Whether only one person sees the message was settled when it was made. Buttons it had and `post` has not are gone.
    """
    return {**_content(post), "components": _row(post.buttons)}


def reply_body(post: OutgoingPost) -> Body:
    """Return the body of Create Followup Message, for what comes after the first answer to a menu command."""
    body = _content(post)
    if post.private:
        body["flags"] |= discord.MessageFlags(ephemeral=True).value
    return body


def notice_body(text: str) -> Body:
    """Return the body of Create Followup Message that only the one who pressed a button sees."""
    return {
        "content": render((Span(text=text),), hide_previews=True).text,
        "flags": discord.MessageFlags(ephemeral=True, suppress_embeds=True).value,
        "allowed_mentions": {"parse": [], "users": [], "replied_user": False},
    }


def _content(post: OutgoingPost) -> Body:
    """Return text, cards, flags and who is notified: the people a span names on purpose, and nobody else.

    The core fits a text to 2000 characters as people see it, and escaping can outgrow that. Then styles go first; what
    is still too long becomes the description of an embed, which takes 4096 and so holds any escaped text of 2000.
    """
    if len(post.text) > LIMITS.text_length:
        raise PostRejected(
            f"The text has {len(post.text)} characters and Discord takes {LIMITS.text_length}; split it."
        )
    mentioned = sorted({person for span in post.spans if (person := mentioned_id(span.mention)) is not None})
    hide_previews = post.card is not None
    candidates = (
        render(post.spans, hide_previews=hide_previews),
        render(post.spans, hide_previews=hide_previews, styled=False),
    )
    embeds: list[discord.Embed] = []
    content = next((each.text for each in candidates if each.fits(LIMITS.text_length)), "")
    if not content:
        description = next((each.text for each in candidates if each.fits(LIMITS.card_description)), None)
        if description is None:
            description = fit_escaped(post.text, LIMITS.card_description)
        embeds.append(discord.Embed(description=description))
        content = " ".join(f"<@{person}>" for person in mentioned)  # a name in an embed notifies nobody
    if post.card is not None:
        embeds.append(_card(post.card, room=_EMBEDS_LENGTH - sum(map(len, embeds))))
    flags = discord.MessageFlags(suppress_embeds=not embeds)
    return {
        "content": content,
        "embeds": [embed.to_dict() for embed in embeds],
        "flags": flags.value,
        "allowed_mentions": {"parse": [], "users": mentioned, "replied_user": False},
        **({"components": _row(post.buttons)} if post.buttons else {}),
    }


def _row(buttons: tuple[Button, ...]) -> list[dict[str, Any]]:
    """Return one row of buttons, or none, which takes away those an edited message had.

    What a button does is all in its custom id, so it works for as long as the message stands, whatever process hears
    it. https://discord.com/developers/docs/components/reference#button
    """
    drawn = [
        {
            "type": discord.ComponentType.button.value,
            "style": discord.ButtonStyle.secondary.value,
            "label": button.label,
            "emoji": {"id": None, "name": button.sign},
            "custom_id": button.id,
        }
        for button in buttons
    ]
    return [{"type": discord.ComponentType.action_row.value, "components": drawn}] if drawn else []


def _card(card: LinkCard, *, room: int) -> discord.Embed:
    title = fit_escaped(card.title, LIMITS.card_title)
    embed = discord.Embed(
        title=title,
        description=fit_escaped(card.description, min(LIMITS.card_description, room - len(title))) or None,
        url=card.url if _is_web(card.url) else None,
    )
    if card.image_url is not None and _is_web(card.image_url):
        embed.set_image(url=card.image_url)
    return embed


def _is_web(url: str) -> bool:
    return re.match(r"https?://\S+$", url, re.IGNORECASE) is not None
