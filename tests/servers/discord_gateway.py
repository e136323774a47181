"""A strict Discord gateway (v10): what it does not understand it closes, with Discord's own codes.

https://discord.com/developers/docs/events/gateway and /topics/opcodes-and-status-codes
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.servers.discord_state import DiscordState

GUILDS, GUILD_MEMBERS, GUILD_MESSAGES, GUILD_REACTIONS = 1 << 0, 1 << 1, 1 << 9, 1 << 10
DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 12, 1 << 15
PRIVILEGED = GUILD_MEMBERS | MESSAGE_CONTENT | 1 << 8
DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 3, 6, 7, 9, 10, 11


@dataclass
class Session:
    """One identified session; it outlives its connection, so that it can be resumed."""

    id: str
    intents: int
    shard: tuple[int, int] = (0, 1)
    seq: int = 0
    log: list[dict[str, Any]] = field(default_factory=list)
    line: Line | None = None


class Line:
    """One WebSocket connection, compressed as a zlib stream when the client asks for it."""

    def __init__(self, socket: web.WebSocketResponse, *, compress: bool) -> None:
        self.socket = socket
        #: Whether nothing comes through any more, in either direction, though the connection stands.
        self.is_dead = False
        self._compressor = zlib.compressobj() if compress else None

    async def send(self, payload: dict[str, Any]) -> None:
        """Send one payload; a connection that is gone loses it."""
        if self.is_dead:
            return
        text = json.dumps(payload)
        with contextlib.suppress(ConnectionError):
            if self._compressor is None:
                await self.socket.send_str(text)
            else:
                data = self._compressor.compress(text.encode()) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
                await self.socket.send_bytes(data)


class Gateway:
    """Accepts connections and tells sessions what happens."""

    def __init__(
        self,
        state: DiscordState,
        *,
        heartbeat_seconds: float = 41.25,
        shards: int = 1,
        max_concurrency: int = 1,
        identify_seconds: float = 0.0,
        logins_a_day: int = 1000,
    ) -> None:
        """`identify_seconds` is how far apart logins of one bucket must be: 5 at Discord."""
        self._state = state
        self.shards = shards
        self.max_concurrency = max_concurrency
        self.logins_a_day = logins_a_day
        self._identify_seconds = identify_seconds
        self._last_identify: dict[int, float] = {}
        #: Which shards identified, in order, and how many did so too early.
        self.identified_shards: list[int] = []
        self.too_early = 0
        self._heartbeat_seconds = heartbeat_seconds
        self._sessions: dict[str, Session] = {}
        self._numbers = iter(range(1, 1_000_000))
        self.address = ""
        self.identified = 0
        self.resumed = 0
        self.heartbeats = 0
        #: Whether the bot's right to read content was taken away without a word.
        self.withholds_content = False
        self.ready = asyncio.Event()

    @property
    def connected(self) -> int:
        """How many sessions have a living connection."""
        return len(self.connected_shards)

    @property
    def connected_shards(self) -> list[int]:
        """Which shards have a living connection, in order, each as often as it has one."""
        return sorted(session.shard[0] for session in self._sessions.values() if session.line is not None)

    @property
    def logins_left(self) -> int:
        """How many more there may be today."""
        return self.logins_a_day - self.identified

    async def accept(self, request: web.Request) -> web.WebSocketResponse:
        """GET /gateway/: one connection from HELLO to the end."""
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        line = Line(socket, compress=request.query.get("compress") == "zlib-stream")
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            await socket.close(code=4012)
            return socket
        interval = int(self._heartbeat_seconds * 1000)
        await line.send({"op": HELLO, "d": {"heartbeat_interval": interval}, "s": None, "t": None})
        session: Session | None = None
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    await socket.close(code=4002)
                    break
                if not line.is_dead:
                    session = await self._obey(line, session, json.loads(message.data))
        finally:
            if session is not None and session.line is line:
                session.line = None
                if socket.close_code in {1000, 1001}:
                    del self._sessions[session.id]  # an orderly farewell ends the session
        return socket

    async def tell(self, event: str, data: dict[str, Any], *, intent: int) -> None:
        """Dispatch `event` to every session that listens for `intent`."""
        for session in tuple(self._sessions.values()):
            if not session.intents & intent or not _is_told(session, data):
                continue
            await self._dispatch(session, event, self._without_content(session, event, data))

    async def ask_to_reconnect(self) -> None:
        """Op 7 to everybody."""
        for line in self._lines():
            await line.send({"op": RECONNECT, "d": None, "s": None, "t": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Op 9 to everybody; what cannot be resumed is forgotten."""
        lines = self._lines()
        if not resumable:
            self._sessions.clear()
        for line in lines:
            await line.send({"op": INVALID, "d": resumable, "s": None, "t": None})

    async def close_all(self, code: int) -> None:
        """Close every connection with `code`."""
        for line in self._lines():
            await line.socket.close(code=code)

    def fall_silent(self) -> None:
        """Let every connection stand and nothing come through: no event, no answer to a heartbeat."""
        for line in self._lines():
            line.is_dead = True

    def cut_all(self) -> None:
        """Tear every connection without a word."""
        for line in self._lines():
            transport = line.socket._req.transport if line.socket._req is not None else None
            if transport is not None:
                transport.abort()
        for session in self._sessions.values():
            session.line = None

    def forget_all(self) -> None:
        """Tear every connection and forget its session, so that it can't be resumed."""
        self.cut_all()
        self._sessions.clear()

    def _lines(self) -> list[Line]:
        return [session.line for session in self._sessions.values() if session.line is not None]

    async def _obey(self, line: Line, session: Session | None, payload: dict[str, Any]) -> Session | None:
        match payload["op"]:
            case 1:  # HEARTBEAT
                self.heartbeats += 1
                await line.send({"op": ACK, "d": None, "s": None, "t": None})
            case 2:  # IDENTIFY
                return await self._identify(line, session, payload["d"])
            case 6:  # RESUME
                return await self._resume(line, payload["d"])
            case _ if session is None:
                await line.socket.close(code=4003)
            case 3 | 4 | 8:  # PRESENCE, VOICE_STATE, REQUEST_MEMBERS
                pass
            case _:
                await line.socket.close(code=4001)
        return session

    async def _identify(self, line: Line, session: Session | None, data: dict[str, Any]) -> Session | None:
        if session is not None:
            await line.socket.close(code=4005)
            return session
        code = self._reason_to_close(data)
        if code is not None:
            await line.socket.close(code=code)
            return None
        number, count = data.get("shard", (0, 1))
        self.identified += 1
        if self._is_too_early(number % self.max_concurrency):
            await line.send({"op": INVALID, "d": False, "s": None, "t": None})
            return None
        self.identified_shards.append(number)
        session = Session(
            id=f"session-{next(self._numbers)}", intents=data["intents"], line=line, shard=(number, count)
        )
        self._sessions[session.id] = session
        guilds = [guild for guild in self._state.guilds.values() if shard_of(guild.id, count) == number]
        ready = {
            "v": 10,
            "user": self._state.bot,
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.address,
            "shard": [number, count],
            "application": {"id": self._state.application_id, "flags": 0},
        }
        await self._dispatch(session, "READY", ready)
        for guild in guilds:
            await self._dispatch(session, "GUILD_CREATE", self._state.guild_object(guild))
        self.ready.set()
        return session

    def _reason_to_close(self, data: dict[str, Any]) -> int | None:
        number, count = data.get("shard", (0, 1))
        if data["token"] != self._state.token:
            return 4004
        if data["intents"] & PRIVILEGED and not self._state.privileged_intents:
            return 4014
        if not 0 <= number < count:
            return 4010
        if count < self.shards:
            return 4011
        if not self.logins_left:
            self._state.token = ""  # what Discord does to a bot that logs in too often
            return 4004
        return None

    def _is_too_early(self, bucket: int) -> bool:
        now = asyncio.get_running_loop().time()
        early = now - self._last_identify.get(bucket, -self._identify_seconds) < self._identify_seconds
        self._last_identify[bucket] = now
        self.too_early += early
        return early

    async def _resume(self, line: Line, data: dict[str, Any]) -> Session | None:
        session = self._sessions.get(data["session_id"])
        if session is None or data["token"] != self._state.token or data["seq"] > session.seq:
            await line.send({"op": INVALID, "d": False, "s": None, "t": None})
            return None
        self.resumed += 1
        session.line = line
        for payload in [each for each in session.log if each["s"] > data["seq"]]:
            await line.send(payload)
        await self._dispatch(session, "RESUMED", {})
        return session

    async def _dispatch(self, session: Session, event: str, data: dict[str, Any]) -> None:
        session.seq += 1
        payload = {"op": DISPATCH, "s": session.seq, "t": event, "d": data}
        session.log.append(payload)
        if session.line is not None:
            await session.line.send(payload)

    def _without_content(self, session: Session, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """Empty what a bot without MESSAGE_CONTENT may not read: all but mentions, direct and own messages."""
        if (
            not event.startswith("MESSAGE_")
            or "content" not in data
            or (session.intents & MESSAGE_CONTENT and not self.withholds_content)
        ):
            return data
        mine = self._state.bot["id"]
        free = "guild_id" not in data or data["author"]["id"] == mine or any(u["id"] == mine for u in data["mentions"])
        return data if free else {**data, "content": "", "embeds": [], "attachments": []}


def shard_of(guild_id: str, count: int) -> int:
    """Which of `count` shards a server's events come over (topics/gateway#sharding-sharding-formula)."""
    return (int(guild_id) >> 22) % count


def _is_told(session: Session, data: dict[str, Any]) -> bool:
    """Whether an event is for a session's shard; what concerns no server comes over the first one."""
    number, count = session.shard
    guild_id = data.get("guild_id")
    return number == (0 if not isinstance(guild_id, str) or not guild_id.isdecimal() else shard_of(guild_id, count))
