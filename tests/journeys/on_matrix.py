"""A room on Matrix: the real SDK against a homeserver on loopback."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from bot.ports.platform import Platform
from tests.journeys.community import NAMES, Posted
from tests.servers.matrix_server import TOKEN, MatrixServer, Sent
from tests.servers.matrix_shown import links, shown
from tests.servers.matrix_world import BOT, DOMAIN


class MatrixCommunity:
    """A room the bot is in."""

    platform = "matrix"
    #: Its history is read back to where the log ends.
    keeps_updates = True

    def __init__(self) -> None:
        self.server = MatrixServer()
        self.world = self.server.world
        self.room = self.world.add_room()
        for member, name in NAMES.items():
            user = self.world.user(member, shown=name)
            if name != "Laras":
                self.world.joins(self.room, user)

    @property
    def accounts(self) -> str:
        """The account, at the server on loopback."""
        return f'  matrix: {{token: "${{MATRIX_TOKEN}}", homeserver: "{self.server.base}"}}\n'

    @property
    def address(self) -> str:
        """The room's id."""
        return f'    room: "{self.room.id}"\n'

    @property
    def environment(self) -> dict[str, str]:
        """The token."""
        return {"MATRIX_TOKEN": TOKEN}

    async def __aenter__(self) -> Self:
        """Start the server."""
        await self.server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        await self.server.stop()

    def known_as(self, person: str) -> str:
        """A member's id on this homeserver."""
        return f"@{person}:{DOMAIN}"

    async def meet(self, platform: Platform) -> None:
        """Wait until the bot follows the room."""
        del platform
        self.server.is_left()
        await self.server.until_listened_to()

    async def says(self, person: str, text: str, *, to_bot: bool = False, reply_to: str | None = None) -> str:
        """A member writes."""
        content: dict[str, object] = {"m.mentions": {"user_ids": [BOT]} if to_bot else {}}
        if reply_to is not None:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        written = f"Tani: {text}" if to_bot else text
        return self.world.says(self.room, self.known_as(person), written, **content)

    async def commands(self, person: str, command: str) -> str:
        """A member types a command."""
        return await self.says(person, f"!{command}")

    async def reacts(self, person: str, message_id: str, emoji: str) -> None:
        """A member reacts."""
        self.world.reacts(self.room, self.known_as(person), message_id, emoji)

    async def chooses(self, person: str, message_id: str, sign: str) -> None:
        """A member reacts."""
        await self.reacts(person, message_id, sign)

    def told(self) -> list[str]:
        """Nothing: a reaction is not answered."""
        return []

    async def joins(self, person: str) -> None:
        """Somebody enters."""
        self.world.joins(self.room, self.known_as(person))

    async def tells_again(self, message_id: str) -> None:
        """The same event once more, as the end of one answer and the beginning of the next."""
        event = self.room.find(message_id)
        assert event is not None
        self.world.tell_again(self.room, event)

    def goes_away(self) -> None:
        """The next message is refused for a while."""
        self.server.fail_next("send", "flood")

    def is_lost(self) -> None:
        """The bot is put out of the room."""
        self.world.leaves(self.room, BOT, by=self.world.user("owner"))

    def posted(self) -> list[Posted]:
        """What the bot has written."""
        return [_as_seen(sent) for sent in self.server.sent if "m.new_content" not in sent.content]


def _as_seen(sent: Sent) -> Posted:
    named = sent.content["m.mentions"].get("user_ids", [])
    return Posted(
        id=sent.event_id,
        text=shown(sent.content),
        reply_to=sent.content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id"),
        notified=tuple(named),
        links=tuple(links(sent.content)),
        card=None,
        private=False,
    )
