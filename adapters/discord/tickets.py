"""Answering a menu command, or a pressed button, through its ticket.

Here belongs which of Discord's three roads an answer takes: the first edits "… is thinking" (and may be repeated), the
next ones follow it, and one that comes after the ticket's 15 minutes is an ordinary message, unless it is private.
https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

import discord
from discord.http import HTTPClient, Route

from adapters.discord import outgoing
from adapters.discord.commands import Ticket
from bot.errors import PostRejected
from bot.messages import OutgoingPost

_ORIGINAL: Final = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
_FOLLOW: Final = "/webhooks/{webhook_id}/{webhook_token}"
_CALLBACK: Final = "/interactions/{webhook_id}/{webhook_token}/callback"
_DEFERRED_MESSAGE = 5
_DEFERRED_UPDATE = 6
_ALREADY_ACKNOWLEDGED = 40060
#: Unknown message, webhook or interaction, invalid webhook token: the 15 minutes are over or nothing was acknowledged.
_EXPIRED = {10008, 10015, 10062, 50027}
#: Tickets live 15 minutes; so many are remembered.
_REMEMBERED = 10_000


class Tickets:
    """Remembers which tickets were acknowledged and by which post each was first answered."""

    def __init__(self) -> None:
        #: Ticket → id of the post that took the place of "… is thinking"; None until there is one.
        self._first: OrderedDict[str, str | None] = OrderedDict()

    def is_acknowledged(self, ticket: str) -> bool:
        """Whether this process saw the ticket acknowledged."""
        return ticket in self._first

    async def acknowledge(self, http: HTTPClient, handle: Ticket, *, private: bool) -> None:
        """Show "… is thinking"; raises what discord.py raises."""
        flags = discord.MessageFlags(ephemeral=private).value
        await self._call_back(http, handle, {"type": _DEFERRED_MESSAGE, "data": {"flags": flags}})

    async def take_press(self, http: HTTPClient, handle: Ticket) -> None:
        """Tell Discord that a pressed button was heard, which shows nothing; raises what discord.py raises."""
        await self._call_back(http, handle, {"type": _DEFERRED_UPDATE})

    async def notify(self, http: HTTPClient, handle: Ticket, text: str) -> None:
        """Say something to the one who pressed a button, and to nobody else; raises what discord.py raises."""
        if not self.is_acknowledged(handle.write()):
            await self.take_press(http, handle)
        await _request(http, "POST", _FOLLOW, handle, outgoing.notice_body(text))

    async def _call_back(self, http: HTTPClient, handle: Ticket, body: outgoing.Body) -> None:
        route = Route("POST", _CALLBACK, webhook_id=int(handle.interaction), webhook_token=handle.token)
        try:
            await http.request(route, json=body)
        except discord.HTTPException as error:
            if error.code != _ALREADY_ACKNOWLEDGED:
                raise
            return  # by an earlier process: whether it also answered is looked up when answering
        self._remember(handle.write(), None)

    async def answer(self, http: HTTPClient, handle: Ticket, post: OutgoingPost) -> str | None:
        """Return the message's id, or None when the ticket has expired and the answer may be an ordinary message.

        Raises PostRejected for a private answer that comes too late, and what discord.py raises.
        """
        try:
            message = await self._answer(http, handle, post)
        except discord.HTTPException as error:
            if error.code not in _EXPIRED:
                raise
            if post.private:
                raise PostRejected(
                    "This answer was for one person alone, and Discord allows that for 15 minutes after the command; "
                    "the person can give the command again."
                ) from error
            return None
        return str(message["id"])

    async def _answer(self, http: HTTPClient, handle: Ticket, post: OutgoingPost) -> dict[str, Any]:
        ticket = handle.write()
        if ticket not in self._first:
            self._remember(ticket, None if await _is_thinking(http, handle) else "")
        if self._first[ticket] in {None, post.id}:
            # Noted before the request: after a lost answer the same post must take the same road.
            self._first[ticket] = post.id
            return await _request(http, "PATCH", _ORIGINAL, handle, outgoing.edit_body(post))
        return await _request(http, "POST", _FOLLOW, handle, outgoing.reply_body(post))

    def _remember(self, ticket: str, first: str | None) -> None:
        self._first[ticket] = first
        if len(self._first) > _REMEMBERED:
            self._first.popitem(last=False)


async def _is_thinking(http: HTTPClient, handle: Ticket) -> bool:
    """Whether the command was acknowledged and not answered, asked of Discord after a restart."""
    original = await _request(http, "GET", _ORIGINAL, handle, None)
    return bool(discord.MessageFlags._from_value(int(original.get("flags", 0))).loading)  # noqa: SLF001 (its only reader of a number)


async def _request(
    http: HTTPClient, method: str, path: str, handle: Ticket, body: outgoing.Body | None
) -> dict[str, Any]:
    route = Route(method, path, webhook_id=int(handle.application), webhook_token=handle.token)
    answer: dict[str, Any] = await (http.request(route) if body is None else http.request(route, json=body))
    return answer
