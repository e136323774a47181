"""Rooms, members and events of a homeserver, as the client-server API describes them.

Here belongs what there is; how it is asked for over HTTP is `matrix_server`. Written from
https://spec.matrix.org/v1.16/client-server-api/ and held honest by matrix-nio, which checks every answer.
"""

from __future__ import annotations

import copy
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

DOMAIN = "matrix.test"
BOT = f"@tani:{DOMAIN}"
#: "Size limits": a complete event.
_LARGEST_EVENT = 65_536
#: What stays of an event's content when it is redacted, by type ("Redactions").
_KEPT = {"m.room.member": {"membership"}}


class Refusal(Exception):
    """An error as Matrix writes it ("Standard error response")."""

    def __init__(self, status: int, code: str, words: str, **more: Any) -> None:
        super().__init__(words)
        self.status = status
        self.body: Json = {"errcode": code, "error": words, **more}


@dataclass
class Room:
    """One room: its history by stream position, and its present state."""

    id: str
    history: list[tuple[int, Json]] = field(default_factory=list)
    state: dict[tuple[str, str], Json] = field(default_factory=dict)
    _by_id: dict[str, Json] = field(default_factory=dict)

    def add(self, position: int, event: Json) -> None:
        """Put an event at the end."""
        self.history.append((position, event))
        self._by_id.setdefault(str(event.get("event_id")), event)

    def membership(self, user: str) -> str:
        """Return somebody's membership; "leave" for a stranger."""
        event = self.state.get(("m.room.member", user))
        return "leave" if event is None else str(event["content"]["membership"])

    def find(self, event_id: str) -> Json | None:
        """Return an event by id."""
        return self._by_id.get(event_id)

    def joined_count(self) -> int:
        """How many are in the room."""
        return sum(kind == "m.room.member" and self.membership(user) == "join" for kind, user in self.state)


class MatrixWorld:
    """All rooms of one homeserver."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.names: dict[str, str] = {BOT: "Tani"}
        #: The newest position of the stream; a token is "s" and a position.
        self.position = 0
        self.on_event: Callable[[], object] = lambda: None
        self._numbers = itertools.count(1)

    def add_room(self, *, bot: str = "join", encrypted: bool = False) -> Room:
        """Make a room in which the bot has this membership."""
        room = Room(id=f"!room{next(self._numbers)}:{DOMAIN}")
        self.rooms[room.id] = room
        owner = self.user("owner")
        self.append(room, owner, "m.room.create", {"room_version": "11"}, state_key="")
        self._join(room, owner)
        levels = {"users": {owner: 100}, "users_default": 0, "events_default": 0, "redact": 50}
        self.append(room, owner, "m.room.power_levels", levels, state_key="")
        if encrypted:
            self.encrypt(room)
        if bot == "join":
            self._join(room, BOT)
        return room

    def appoints(self, room: Room, user: str) -> None:
        """Give a user the level that lets them remove people."""
        levels = {"users": {self.user("owner"): 100, user: 50}, "users_default": 0, "events_default": 0, "redact": 50}
        self.append(room, self.user("owner"), "m.room.power_levels", levels, state_key="")

    def user(self, name: str, *, shown: str | None = None) -> str:
        """Return the id of a user, who is known from now on."""
        user_id = f"@{name}:{DOMAIN}"
        self.names.setdefault(user_id, shown or name)
        return user_id

    def append(self, room: Room, sender: str, kind: str, content: Json, **more: Any) -> str:
        """Put an event at the room's end and return its id; raises Refusal for one that is too large."""
        number = next(self._numbers)
        event: Json = {
            "type": kind,
            "event_id": f"${number:0>43}",
            "sender": sender,
            "origin_server_ts": int(time.time() * 1000),
            "content": content,
            "unsigned": {},
            **more,
        }
        if len(json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass")) > _LARGEST_EVENT:
            raise Refusal(413, "M_TOO_LARGE", "event too large")
        if "state_key" in event:
            before = room.state.get((kind, event["state_key"]))
            if before is not None:
                event["unsigned"]["prev_content"] = before["content"]
            room.state[kind, event["state_key"]] = event
        self.position += 1
        room.add(self.position, event)
        self.on_event()
        return str(event["event_id"])

    def inject(self, room: Room, event: Json) -> None:
        """Put an event of any shape at the room's end, as a homeserver with a fault might let it through."""
        self.position += 1
        room.add(self.position, event)
        self.on_event()

    def says(self, room: Room, author: str, text: str, **content: Any) -> str:
        """Let a member write; `content` wins over what a text message has."""
        self._enter(room, author)
        return self.append(room, author, "m.room.message", {"msgtype": "m.text", "body": text, **content})

    def tell_again(self, room: Room, event: Json) -> None:
        """Put an event into the stream once more, unchanged."""
        self.position += 1
        room.add(self.position, event)
        self.on_event()

    def reacts(self, room: Room, author: str, event_id: str, key: str) -> str:
        """Let a member react ("Reactions")."""
        self._enter(room, author)
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return self.append(room, author, "m.reaction", {"m.relates_to": relation})

    def edits(self, room: Room, author: str, event_id: str, text: str) -> str:
        """Let somebody send a replacement; the server does not look whose message it replaces."""
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event_id}
        return self.says(room, author, f"* {text}", **{"m.new_content": new, "m.relates_to": relation})

    def redact(self, room: Room, author: str, event_id: str, **more: Any) -> str:
        """Take an event's content away ("Redactions")."""
        target = room.find(event_id)
        if target is None:
            raise Refusal(404, "M_NOT_FOUND", "Could not find event")
        redaction = self.append(room, author, "m.room.redaction", {"redacts": event_id}, **more)
        kept = _KEPT.get(target["type"], set())
        target["content"] = {key: value for key, value in target["content"].items() if key in kept}
        target["unsigned"] = {"redacted_because": room.find(redaction)}
        return redaction

    def joins(self, room: Room, user: str) -> None:
        """Let somebody enter."""
        self._join(room, user)

    def leaves(self, room: Room, user: str, *, by: str | None = None) -> None:
        """Let somebody go, or be put out."""
        self.append(room, by or user, "m.room.member", {"membership": "leave"}, state_key=user)

    def invites(self, room: Room, user: str, *, by: str, direct: bool = False) -> None:
        """Invite somebody."""
        content: Json = {"membership": "invite"} | ({"is_direct": True} if direct else {})
        self.append(room, by, "m.room.member", content, state_key=user)

    def encrypt(self, room: Room) -> None:
        """Switch end-to-end encryption on, for ever."""
        content = {"algorithm": "m.megolm.v1.aes-sha2"}
        self.append(room, self.user("owner"), "m.room.encryption", content, state_key="")

    def text_of(self, room: Room, event_id: str) -> str | None:
        """Return what a message says now, its last replacement by its own author; None when it is gone."""
        event = room.find(event_id)
        if event is None or not event["content"]:
            return None
        shown = event["content"]
        for _, later in room.history:
            relation = later["content"].get("m.relates_to") or {}
            ours = relation.get("rel_type") == "m.replace" and relation.get("event_id") == event_id
            if ours and later["sender"] == event["sender"]:
                shown = later["content"]["m.new_content"]
        return str(shown["body"])

    def as_seen(self, event: Json, viewer: str) -> Json:
        """Return a copy as it is sent; a transaction's id is its own device's alone."""
        seen = copy.deepcopy(event)
        if seen.get("sender") != viewer and isinstance(seen.get("unsigned"), dict):
            seen["unsigned"].pop("transaction_id", None)
        return seen

    def _enter(self, room: Room, user: str) -> None:
        if room.membership(user) != "join":
            self._join(room, user)

    def _join(self, room: Room, user: str) -> None:
        content = {"membership": "join", "displayname": self.names[user]}
        self.append(room, user, "m.room.member", content, state_key=user)
