"""What `check --online` sees of Discord, with the clicks that change it.

Reads over REST only, so that a check neither uses up a gateway login nor disturbs a running bot.
"""

from __future__ import annotations

from collections.abc import Iterable

import discord

from adapters.discord.connection import Connection
from adapters.discord.failures import CHANNEL_CLICKS, ENDPOINT_CLICKS, INTENT_CLICKS, INVITE_CLICKS
from bot.messages import Place
from bot.ports.platform import Finding

#: What the bot needs in a posts channel: discord.py's name, and Discord's own words for it.
NEEDED_RIGHTS = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}


async def probe(connection: Connection, servers: Iterable[str], places: Iterable[Place]) -> tuple[Finding, ...]:
    """Return findings about the account and each server; raises what discord.py raises when Discord is away."""
    findings = [Finding(ok=True, text=f"Logged in to Discord as {connection.user}.")]
    if connection.application is not None:
        findings += judge_intents(connection.application.flags)
        if connection.application.interactions_endpoint_url is not None:
            findings.append(
                Finding(ok=False, text=f"Commands go to a web address and not to the bot. {ENDPOINT_CLICKS}.")
            )
    _, _, limit = await connection.http.get_bot_gateway()
    findings += judge_logins(left=limit["remaining"], total=limit["total"])
    places = tuple(places)
    for server in servers:
        here = [place for place in places if place.posts.space == server]
        posts = {int(place.posts.channel) for place in here}
        heard = {int(channel) for place in here for channel in place.heard or ()}
        findings += await _look_at_server(connection, int(server), posts, heard - posts)
    return tuple(findings)


def judge_logins(*, left: int, total: int) -> tuple[Finding, ...]:
    """Return a warning when the day's logins are nearly used up; something restarts the bot again and again then."""
    if left * 10 >= total:
        return ()
    text = (
        f"Only {left} of the {total} logins of a day are left: stop what restarts the bot, and others with its token."
    )
    return (Finding(ok=False, text=text),)


def judge_intents(flags: discord.ApplicationFlags) -> tuple[Finding, ...]:
    """Return whether the two privileged intents are on; the limited flags are those of bots in few servers."""
    intents = {
        "Message Content Intent": flags.gateway_message_content or flags.gateway_message_content_limited,
        "Server Members Intent": flags.gateway_guild_members or flags.gateway_guild_members_limited,
    }
    return tuple(
        Finding(ok=on, text=f"{name} is on." if on else f"{name} is off. {INTENT_CLICKS}.")
        for name, on in intents.items()
    )


def judge_rights(channel: str, rights: discord.Permissions) -> Finding:
    """Return whether the bot has every right it needs in the channel called `channel`."""
    missing = [words for right, words in NEEDED_RIGHTS.items() if not getattr(rights, right)]
    if missing:
        return Finding(ok=False, text=f"#{channel}: missing {', '.join(missing)}; {CHANNEL_CLICKS} these.")
    return Finding(ok=True, text=f"#{channel}: the bot may read, write and show links.")


async def _look_at_server(
    connection: Connection, server: int, posts: Iterable[int], heard: Iterable[int]
) -> list[Finding]:
    try:
        guild = await connection.fetch_guild(server)
        me = await guild.fetch_member(connection.bot_id)
    except (discord.Forbidden, discord.NotFound):
        return [Finding(ok=False, text=f"The bot is not in server {server}. {INVITE_CLICKS}.")]
    findings = [Finding(ok=True, text=f"The bot is in the server {guild.name}.")]
    try:
        await connection.menu.fetch_commands(guild=guild)
    except discord.Forbidden:
        findings.append(Finding(ok=False, text=f"{guild.name} takes no commands from the bot. {INVITE_CLICKS}."))
    findings += [await _look_at_channel(guild, channel, me, takes_posts=True) for channel in sorted(posts)]
    findings += [await _look_at_channel(guild, channel, me, takes_posts=False) for channel in sorted(heard)]
    return findings


async def _look_at_channel(guild: discord.Guild, channel_id: int, me: discord.Member, *, takes_posts: bool) -> Finding:
    try:
        channel = await guild.fetch_channel(channel_id)
    except (discord.NotFound, discord.InvalidData):
        return Finding(
            ok=False, text=f"Channel {channel_id} is not in {guild.name}; right-click the channel → Copy Channel ID."
        )
    except discord.Forbidden:
        return Finding(ok=False, text=f"The bot may not see channel {channel_id}; {CHANNEL_CLICKS} View Channel.")
    talks = discord.VoiceChannel | discord.StageChannel
    if isinstance(channel, discord.TextChannel | discord.ForumChannel) or (
        isinstance(channel, talks) and not takes_posts
    ):
        return judge_rights(channel.name, channel.permissions_for(me))
    text = f"#{channel.name} is a {channel.type} channel; choose a text, announcement or forum channel."
    return Finding(ok=False, text=text)
