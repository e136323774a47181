"""Forum channels, in which a post is a thread of its own with a title.

https://discord.com/developers/docs/resources/channel#start-thread-in-forum-or-media-channel. A thread's first message
has the thread's id. No nonce is documented for them, so a thread is looked for before it is made.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import discord
from discord.http import HTTPClient, Route

from adapters.discord import outgoing
from bot.messages import OutgoingPost

#: What Create Message answers for a channel that takes threads only.
NOT_FOR_MESSAGES: Final = 50008
#: A thread of the same title by the bot is the same post for so long: a send is repeated within minutes.
_SAME_POST: Final = timedelta(minutes=10)
_TITLE_LENGTH: Final = 100
_PAGE: Final = 100


async def post_in_forum(http: HTTPClient, post: OutgoingPost, *, bot_id: int) -> str:
    """Make a thread of `post`, or find the one that was made of it; return its id. Raises what discord.py raises."""
    found = await find_thread(http, post, bot_id=bot_id, since=discord.utils.utcnow() - _SAME_POST)
    if found is not None:
        return found
    message = outgoing.edit_body(post)
    route = Route("POST", "/channels/{channel_id}/threads", channel_id=outgoing.channel_of(post))
    made: dict[str, Any] = await http.request(route, json={"name": title_of(post), "message": message})
    return str(made["id"])


async def find_thread(http: HTTPClient, post: OutgoingPost, *, bot_id: int, since: datetime) -> str | None:
    """Return the thread that was made of `post` since then, by its title; None when there is none.

    Active threads are looked through and those archived since: Discord puts a quiet one away within the hour.
    """
    route = Route("GET", "/guilds/{guild_id}/threads/active", guild_id=int(post.channel.space))
    active: dict[str, Any] = await http.request(route)
    oldest, title = discord.utils.time_snowflake(since), title_of(post)
    mine = [
        int(thread["id"])
        for thread in (*active["threads"], *await _archived(http, post.channel.channel, since=since))
        if thread["parent_id"] == post.channel.channel
        and int(thread["owner_id"]) == bot_id
        and thread["name"] == title
        and int(thread["id"]) >= oldest
    ]
    return str(min(mine)) if mine else None


async def _archived(http: HTTPClient, channel_id: str, *, since: datetime) -> list[dict[str, Any]]:
    """Return a channel's public threads that were archived since then (List Public Archived Threads), newest first."""
    found: list[dict[str, Any]] = []
    before: str | None = None
    while True:
        route = Route("GET", "/channels/{channel_id}/threads/archived/public", channel_id=int(channel_id))
        params = {"limit": _PAGE} if before is None else {"limit": _PAGE, "before": before}
        page: dict[str, Any] = await http.request(route, params=params)
        found += page["threads"]
        if not page["threads"] or not page["has_more"]:
            return found
        before = page["threads"][-1]["thread_metadata"]["archive_timestamp"]
        if datetime.fromisoformat(str(before)) < since:
            return found


def title_of(post: OutgoingPost) -> str:
    """Return what a thread of `post` is called: its card's title, or else its first line."""
    said = post.card.title if post.card is not None else post.text.strip().splitlines()[0] if post.text.strip() else ""
    title = " ".join(said.split()) or "…"
    return title if len(title) <= _TITLE_LENGTH else f"{title[: _TITLE_LENGTH - 1].rstrip()}…"
