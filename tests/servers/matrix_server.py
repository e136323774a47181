"""A homeserver on loopback over real HTTP: tokens, long polling, filters, transactions, limits and scripted faults.

Each route names its section of https://spec.matrix.org/v1.16/client-server-api/. What is no route of the API is
answered as the section "API standards" asks: 404 with M_UNRECOGNIZED.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

from tests.servers.matrix_world import BOT, Json, MatrixWorld, Refusal, Room

#: The token the server takes; it opens nothing anywhere.
TOKEN = "syt_test_token-of-no-worth_000001"

_PREFIX = "/_matrix/client/v3"

Verb = Literal["send", "redact", "sync", "messages", "event"]
FaultKind = Literal[
    "drop_after",  # done, and the connection cut instead of an answer
    "error_after",  # done, and 500
    "flood",  # 429 with retry_after_ms
    "unauthorised",  # 401 M_UNKNOWN_TOKEN
    "forbidden",  # 403 M_FORBIDDEN: not in the room
    "rejected",  # 400 M_BAD_JSON
    "garbage",  # a proxy's page
]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the bot sent and the server took."""

    room: str
    event_id: str
    kind: str
    content: Json


class MatrixServer:
    """One homeserver with one account of the bot's. An async context manager; `base` is what `homeserver` is set to."""

    def __init__(self) -> None:
        self.world = MatrixWorld()
        self.world.on_event = self._wake
        #: What was sent, in order; a repeated transaction sends nothing.
        self.sent: list[Sent] = []
        #: Every call as (method, path), in order.
        self.calls: list[tuple[str, str]] = []
        #: The `since` of the newest sync; None before the first that has one.
        self.since: str | None = None
        self._faults: dict[str, deque[FaultKind]] = defaultdict(deque)
        self._transactions: dict[str, str] = {}
        self._news = asyncio.Event()
        self._listened_to = asyncio.Event()
        self._closing = False
        self._port = 0
        self._runner: web.AppRunner | None = None

    def is_left(self) -> None:
        """Forget that somebody listens: the bot is stopped."""
        self._listened_to.clear()

    @property
    def base(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._port}"

    def fail_next(self, verb: Verb, kind: FaultKind) -> None:
        """Let the next call of this kind go wrong; several are taken in order."""
        self._faults[verb].append(kind)

    async def until_listened_to(self) -> None:
        """Return once the bot waits for what is new."""
        await self._listened_to.wait()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the port it had before if there was one."""
        if self._runner is not None:
            return
        self._closing = False
        app = web.Application(middlewares=[self._serve])
        app.add_routes(self._routes())
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and cut every connection."""
        runner, self._runner = self._runner, None
        self._closing = True
        self._wake()
        if runner is not None:
            await runner.cleanup()

    def _wake(self) -> None:
        self._news.set()

    @web.middleware
    async def _serve(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.calls.append((request.method, request.path))
        try:
            _check_token(request)
            return web.json_response(await handler(request))
        except web.HTTPException as unknown:  # "API standards": what is no route
            refusal = Refusal(unknown.status, "M_UNRECOGNIZED", "Unrecognized request")
        except Refusal as caught:
            refusal = caught
        except _Cut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        except _Garbage:
            return web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html")
        wait = refusal.body.get("retry_after_ms")
        headers = {} if wait is None else {"Retry-After": str(-(-wait // 1000))}
        return web.json_response(refusal.body, status=refusal.status, headers=headers)

    def _routes(self) -> list[web.RouteDef]:
        room = f"{_PREFIX}/rooms/{{room}}"
        return [
            web.get(f"{_PREFIX}/account/whoami", _whoami),  # "Current account information"
            web.get(f"{_PREFIX}/profile/{{user}}/displayname", self._display_name),  # "Profiles"
            web.get(f"{_PREFIX}/sync", self._sync),  # "Syncing"
            web.get(f"{_PREFIX}/joined_rooms", self._joined_rooms),  # "Room membership"
            web.get(f"{room}/messages", self._messages),  # "Getting events for a room"
            web.get(f"{room}/event/{{event}}", self._event),  # "Getting events for a room"
            web.get(f"{room}/state/{{kind}}", self._state),  # "Getting events for a room"
            web.get(f"{room}/state/{{kind}}/{{key:.*}}", self._state),  # "Getting events for a room"
            web.put(f"{room}/send/{{kind}}/{{transaction}}", self._send),  # "Sending events to a room"
            web.put(f"{room}/redact/{{event}}/{{transaction}}", self._redact),  # "Redactions"
            web.post(f"{_PREFIX}/join/{{room}}", self._join),  # "Joining rooms"
            web.post(f"{room}/leave", self._leave),  # "Leaving rooms"
        ]

    async def _display_name(self, request: web.Request) -> Json:
        user = request.match_info["user"]
        if user not in self.world.names:
            raise Refusal(404, "M_NOT_FOUND", "Profile was not found")
        return {"displayname": self.world.names[user]}

    async def _joined_rooms(self, request: web.Request) -> Json:
        del request
        return {"joined_rooms": [room.id for room in self.world.rooms.values() if room.membership(BOT) == "join"]}

    async def _sync(self, request: web.Request) -> Json:
        self._go_wrong_before("sync")
        query = request.query
        wanted = json.loads(query.get("filter", "{}"))
        since = None if "since" not in query else _position(query["since"])
        if since is not None:
            self.since = query["since"]
            self._listened_to.set()
        ends = time.monotonic() + (0 if since is None else int(query.get("timeout", "0")) / 1000)
        while True:
            self._news.clear()
            rooms = self._rooms_since(since, wanted.get("room", {}))
            left = ends - time.monotonic()
            if any(rooms.values()) or left <= 0 or self._closing:
                return {"next_batch": f"s{self.world.position}", "rooms": rooms}
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)

    def _rooms_since(self, since: int | None, wanted: Json) -> Json:
        rooms: Json = {"join": {}, "invite": {}, "leave": {}}
        for room in self.world.rooms.values():
            changed = since is None or any(position > since for position, _ in room.history)
            membership = room.membership(BOT)
            if not changed or ("m.room.member", BOT) not in room.state:
                continue
            if membership == "join":
                told = self._joined_room(room, since, wanted)
                if told["timeline"]["events"] or since is None:
                    rooms["join"][room.id] = told
            elif membership == "invite":
                rooms["invite"][room.id] = {"invite_state": {"events": _stripped(room)}}
            elif since is not None:
                rooms["leave"][room.id] = {"timeline": {"events": []}, "state": {"events": []}}
        return rooms

    def _joined_room(self, room: Room, since: int | None, wanted: Json) -> Json:
        """A room is told whole to one who has just come in, history included: "since" means nothing there then."""
        came = next(
            position
            for position, event in reversed(room.history)
            if event.get("state_key") == BOT and event.get("type") == "m.room.member"
        )
        fresh = since is None or came > since
        timeline = wanted.get("timeline", {})
        new = [
            (position, event)
            for position, event in room.history
            if (fresh or position > (since or 0)) and _passes(event, timeline)
        ]
        limit = int(timeline.get("limit", 10))
        shown = new[-limit:]
        before = shown[0][0] - 1 if shown else self.world.position
        senders = {str(event.get("sender")) for _, event in shown}
        state = [
            self.world.as_seen(event, BOT)
            for (kind, key), event in room.state.items()
            if _passes(event, wanted.get("state", {}))
            and (key in senders if kind == "m.room.member" else fresh)
            and not any(event is each for _, each in shown)
        ]
        return {
            "timeline": {
                "events": [self.world.as_seen(event, BOT) for _, event in shown],
                "limited": len(new) > len(shown),
                "prev_batch": f"s{before}",
            },
            "state": {"events": state},
            "summary": {"m.joined_member_count": room.joined_count(), "m.invited_member_count": 0},
        }

    async def _messages(self, request: web.Request) -> Json:
        self._go_wrong_before("messages")
        room = self._entered(request)
        query = request.query
        if query.get("dir") != "b":
            raise Refusal(400, "M_MISSING_PARAM", "Missing required query parameter dir")
        start = _position(query["from"]) if "from" in query else self.world.position
        until = _position(query["to"]) if "to" in query else 0
        wanted = json.loads(query.get("filter", "{}"))
        passed = [
            (position, event)
            for position, event in reversed(room.history)
            if until < position <= start and _passes(event, wanted)
        ]
        shown = passed[: int(query.get("limit", "10"))]
        answer: Json = {"start": f"s{start}", "chunk": [self.world.as_seen(event, BOT) for _, event in shown]}
        if len(passed) > len(shown):
            answer["end"] = f"s{shown[-1][0] - 1}"
        return answer

    async def _event(self, request: web.Request) -> Json:
        self._go_wrong_before("event")
        room = self._entered(request)
        found = room.find(request.match_info["event"])
        if found is None:
            raise Refusal(404, "M_NOT_FOUND", "Event not found.")
        return {**self.world.as_seen(found, BOT), "room_id": room.id}

    async def _state(self, request: web.Request) -> Json:
        found = self._entered(request).state.get((request.match_info["kind"], request.match_info.get("key", "")))
        if found is None:
            raise Refusal(404, "M_NOT_FOUND", "Event not found.")
        return dict(found["content"])

    async def _send(self, request: web.Request) -> Json:
        content = await _read(request)
        if request.path in self._transactions:  # "Transaction identifiers": per device and path
            return {"event_id": self._transactions[request.path]}
        after = self._go_wrong_before("send")
        room, kind = self._entered(request), request.match_info["kind"]
        _check_content(kind, content)
        unsigned = {"transaction_id": request.match_info["transaction"]}
        event_id = self.world.append(room, BOT, kind, content, unsigned=unsigned)
        self._transactions[request.path] = event_id
        self.sent.append(Sent(room=room.id, event_id=event_id, kind=kind, content=content))
        _go_wrong_after(after)
        return {"event_id": event_id}

    async def _redact(self, request: web.Request) -> Json:
        await _read(request)
        if request.path in self._transactions:
            return {"event_id": self._transactions[request.path]}
        after = self._go_wrong_before("redact")
        unsigned = {"transaction_id": request.match_info["transaction"]}
        done = self.world.redact(self._entered(request), BOT, request.match_info["event"], unsigned=unsigned)
        self._transactions[request.path] = done
        _go_wrong_after(after)
        return {"event_id": done}

    async def _join(self, request: web.Request) -> Json:
        room = self._known(request)
        if room.membership(BOT) not in {"invite", "join"}:
            raise Refusal(403, "M_FORBIDDEN", "You are not invited to this room.")
        self.world.joins(room, BOT)
        return {"room_id": room.id}

    async def _leave(self, request: web.Request) -> Json:
        self.world.leaves(self._known(request), BOT)
        return {}

    def _known(self, request: web.Request) -> Room:
        room = self.world.rooms.get(request.match_info["room"])
        if room is None:
            raise Refusal(404, "M_NOT_FOUND", "Unknown room")
        return room

    def _entered(self, request: web.Request) -> Room:
        room = self.world.rooms.get(request.match_info["room"])
        if room is None or room.membership(BOT) != "join":
            raise Refusal(403, "M_FORBIDDEN", f"User {BOT} not in room {request.match_info['room']}")
        return room

    def _go_wrong_before(self, verb: Verb) -> FaultKind | None:
        """Raise what goes wrong before anything is done; return what goes wrong afterwards."""
        kind = self._faults[verb].popleft() if self._faults[verb] else None
        match kind:
            case "flood":
                raise Refusal(429, "M_LIMIT_EXCEEDED", "Too Many Requests", retry_after_ms=1500)
            case "unauthorised":
                raise Refusal(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.", soft_logout=False)
            case "forbidden":
                raise Refusal(403, "M_FORBIDDEN", f"User {BOT} not in room")
            case "rejected":
                raise Refusal(400, "M_BAD_JSON", "body must be a string")
            case "garbage":
                raise _Garbage
        return kind


async def _whoami(request: web.Request) -> Json:
    del request
    return {"user_id": BOT, "device_id": "BOTDEVICE", "is_guest": False}


class _Cut(Exception):
    """The connection is to be cut."""


class _Garbage(Exception):
    """Something in between answers."""


def _go_wrong_after(kind: FaultKind | None) -> None:
    if kind == "drop_after":
        raise _Cut
    if kind == "error_after":
        raise Refusal(500, "M_UNKNOWN", "Internal server error")


def _check_token(request: web.Request) -> None:
    """Look at the token ("Using access tokens"), which belongs in the header: an address lands in logs."""
    header = request.headers.get("Authorization", "")
    if "access_token" in request.query or not header.startswith("Bearer "):
        raise Refusal(401, "M_MISSING_TOKEN", "Missing access token")
    if header != f"Bearer {TOKEN}":
        raise Refusal(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.", soft_logout=False)


def _check_content(kind: str, content: Json) -> None:
    """Refuse what a client could not show ("m.room.message"): body, msgtype and a relation's parts are needed."""
    if kind == "m.room.message" and not (isinstance(content.get("body"), str) and content.get("msgtype")):
        raise Refusal(400, "M_BAD_JSON", "body and msgtype are needed")
    relation = content.get("m.relates_to")
    if relation is not None and "rel_type" in relation and not relation.get("event_id"):
        raise Refusal(400, "M_BAD_JSON", "a relation needs an event_id")


async def _read(request: web.Request) -> Json:
    try:
        body: Any = json.loads(await request.text())
    except ValueError as error:
        raise Refusal(400, "M_NOT_JSON", "Content not JSON.") from error
    if not isinstance(body, dict):
        raise Refusal(400, "M_BAD_JSON", "Content must be a JSON object.")
    return body


def _position(token: str) -> int:
    if not token.startswith("s") or not token[1:].isdecimal():
        raise Refusal(400, "M_INVALID_PARAM", f"Invalid stream token {token!r}")
    return int(token[1:])


def _passes(event: Json, wanted: Json) -> bool:
    """Whether a filter lets an event through ("Filtering"); in not_types * stands for anything."""
    types = wanted.get("types")
    kind = event.get("type")
    if "*" in wanted.get("not_types", []) or kind in wanted.get("not_types", []):
        return False
    # a type that is no text is let through: it is not the filter that finds such events
    return types is None or kind in types or not isinstance(kind, str)


def _stripped(room: Room) -> list[Json]:
    """What an invitation shows of its room ("Stripped state")."""
    shown = {"m.room.create", "m.room.name", "m.room.encryption", "m.room.join_rules"}
    events = [event for (kind, key), event in room.state.items() if kind in shown or key == BOT]
    return [{key: event[key] for key in ("type", "sender", "content", "state_key")} for event in events]
