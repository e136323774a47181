"""Whether a post stands in its channel, looked up after its nonce has been forgotten.

Discord keeps no nonce with a message, so it is known again by what it says: the bot's own words, the same cards, the
same answered message, not older than the attempt. https://discord.com/developers/docs/resources/message
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import discord
from discord.http import HTTPClient, Route

from adapters.discord import outgoing
from adapters.discord.forum import find_thread
from bot.errors import SendUncertain
from bot.messages import OutgoingPost, PostedRef

#: Clocks differ by so much at most, ours and Discord's.
_EARLIER: Final = timedelta(seconds=30)
_PAGE: Final = 100
_PAGES: Final = 20


async def find_posted(http: HTTPClient, post: OutgoingPost, *, bot_id: int, begun_at: datetime) -> PostedRef | None:
    """Return where the post stands, as a message or as a forum's thread; None when it is not there.

    Raises SendUncertain when more was written since than is read, and what discord.py raises.
    """
    if post.channel.thread is None:
        thread = await find_thread(http, post, bot_id=bot_id, since=begun_at - _EARLIER)
        if thread is not None:
            return PostedRef(channel=replace(post.channel, thread=thread), message_id=thread)
    wanted = outgoing.message_body(post)
    after = discord.utils.time_snowflake(begun_at - _EARLIER)
    for _ in range(_PAGES):
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=outgoing.channel_of(post))
        page: list[dict[str, Any]] = await http.request(route, params={"after": after, "limit": _PAGE})
        for message in page:
            if int(message["author"]["id"]) == bot_id and _is_same(message, wanted):
                return PostedRef(channel=post.channel, message_id=str(message["id"]))
        if len(page) < _PAGE:
            return None
        after = max(int(message["id"]) for message in page)
    raise SendUncertain("Perhaps sent: so much was written since that the post can't be found; look for it yourself.")


def _is_same(message: dict[str, Any], wanted: outgoing.Body) -> bool:
    answered = (message.get("message_reference") or {}).get("message_id")
    # a reference to what is gone was left out when it was sent
    meant = (wanted.get("message_reference") or {}).get("message_id")
    return (
        message["content"] == wanted["content"].strip()
        and answered in {meant, None}
        and [_look(each) for each in message["embeds"]] == [_look(each) for each in wanted["embeds"]]
    )


def _look(embed: dict[str, Any]) -> tuple[object, object]:
    return embed.get("title"), embed.get("url")
