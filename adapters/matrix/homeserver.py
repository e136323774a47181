"""The calls the bot makes of its homeserver, each returning the answer or raising `Refused`.

Here belongs what is set on matrix-nio: it repeats nothing by itself, since when to try again is decided by whoever
calls. What an answer means is `incoming`, what an error means is `failures`. Sections in docstrings are those of
https://spec.matrix.org/latest/client-server-api/.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeAlias

import aiohttp
import nio
import structlog

Json: TypeAlias = dict[str, Any]

#: What the bot reads of a room; everything else stays on the server.
EVENT_TYPES = (
    "m.room.message",
    "m.reaction",
    "m.room.redaction",
    "m.room.member",
    "m.room.encryption",
    "m.room.tombstone",
)
#: How many events of a room one answer may bring; what is beyond is fetched page by page.
PAGE = 100

_NOTHING: Json = {"not_types": ["*"]}
_IN_ROOM: Json = {"types": list(EVENT_TYPES), "lazy_load_members": True, "limit": PAGE}
_SYNC_FILTER: Json = {
    "presence": _NOTHING,
    "account_data": _NOTHING,
    "room": {
        "ephemeral": _NOTHING,
        "account_data": _NOTHING,
        "state": {"types": ["m.room.encryption", "m.room.member"], "lazy_load_members": True},
        "timeline": _IN_ROOM,
    },
}
_REQUEST_SECONDS = 30
_TRY_LATER = frozenset({0, HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS})

_log = structlog.get_logger()

# What nio finds wrong with an event it logs with the event's content, which is what a member wrote.
for _name in ("nio.responses", "nio.events.misc", "nio.rooms", "nio.client.base_client"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
logging.getLogger("nio").setLevel(logging.ERROR)


class Refused(Exception):
    """The homeserver answered, and not with what was asked for."""

    def __init__(self, *, status: int, code: str, words: str, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{status} {code}: {words}")
        #: HTTP's.
        self.status = status
        #: Matrix's own, such as M_FORBIDDEN; "" when the answer is not Matrix's at all.
        self.code = code
        self.words = words
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Events of one room, as the server gives them."""

    events: tuple[Json, ...]
    #: Where the ones beyond begin; None when there are none.
    beyond: str | None


class _Client(nio.AsyncClient):  # type: ignore[misc]  # nio has no types
    """nio's client, in which one broken event does not hold up those behind it.

    nio reads an answer as a whole, and raises at some events that are not what they should be: it would for ever, since
    the same answer is asked for again.
    """

    _looks_closely = False

    async def create_matrix_response(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - nio's own signature
        """Read an answer; one that can't be read as a whole is read again without its broken events."""
        try:
            return await super().create_matrix_response(*given, **named)
        except (aiohttp.ClientError, TimeoutError):
            raise
        except Exception:  # noqa: BLE001 - whatever nio stumbles over, the other events must be reached
            self._looks_closely = True
            try:
                return await super().create_matrix_response(*given, **named)
            finally:
                self._looks_closely = False

    async def parse_body(self, transport_response: aiohttp.ClientResponse) -> Json:
        """Parse an answer, and leave out every broken event when that is called for."""
        answer: Json = await super().parse_body(transport_response)
        if self._looks_closely:
            drop_broken_events(answer)
        return answer


class Homeserver:
    """One account's connection. It opens when first needed and can be used again after `close`."""

    def __init__(self, address: str, token: str) -> None:
        config = nio.AsyncClientConfig(
            max_limit_exceeded=0, max_timeouts=0, request_timeout=_REQUEST_SECONDS, encryption_enabled=False
        )
        self._client = _Client(address, config=config)
        self._client.access_token = token

    async def whoami(self) -> str:
        """Return the account's user id (GET account/whoami)."""
        answer = _answered(await self._client.whoami(), nio.WhoamiResponse)
        self._client.user_id = answer.user_id
        return str(answer.user_id)

    async def display_name(self, user_id: str) -> str:
        """Return the name members see (GET profile); "" where none is set."""
        try:
            return (
                _answered(await self._client.get_displayname(user_id), nio.ProfileGetDisplayNameResponse).displayname
                or ""
            )
        except Refused as refused:
            if refused.code == "M_NOT_FOUND":
                return ""
            raise

    async def sync(self, since: str | None, wait: timedelta) -> nio.SyncResponse:
        """Return what is new after `since` (GET sync), waiting so long for something; None begins anew."""
        if since is None:
            self._client.next_batch = ""
        milliseconds = 0 if since is None else int(wait.total_seconds() * 1000)
        return _answered(
            await self._client.sync(milliseconds or None, sync_filter=_SYNC_FILTER, since=since), nio.SyncResponse
        )

    async def page_before(self, room: str, token: str | None, until: str | None) -> Page:
        """Return the events of a room before `token`, newest first, down to `until` (GET rooms/{id}/messages).

        Without a token the page begins with the newest event.
        """
        answer = _answered(
            await self._client.room_messages(
                room, token, until, limit=PAGE, message_filter={"types": list(EVENT_TYPES), "lazy_load_members": True}
            ),
            nio.RoomMessagesResponse,
        )
        return Page(events=sources(answer.chunk), beyond=answer.end)

    async def event(self, room: str, event_id: str) -> Json | None:
        """Return one event (GET rooms/{id}/event/{id}); None where there is none, or none that can be seen and read."""
        try:
            answer = _answered(await self._client.room_get_event(room, event_id), nio.RoomGetEventResponse)
        except Refused as refused:
            if refused.status in _TRY_LATER or refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return None
        (found,) = sources((answer.event,))
        return found

    async def state(self, room: str, kind: str) -> Json | None:
        """Return the content of a state event (GET rooms/{id}/state/{type}); None where the room has none."""
        try:
            answer = _answered(await self._client.room_get_state_event(room, kind), nio.RoomGetStateEventResponse)
        except Refused as refused:
            if refused.code == "M_NOT_FOUND":
                return None
            raise
        content: Json = answer.content
        return content

    async def rooms(self) -> frozenset[str]:
        """Return the rooms the account is in (GET joined_rooms)."""
        return frozenset(_answered(await self._client.joined_rooms(), nio.JoinedRoomsResponse).rooms)

    async def invitations(self) -> frozenset[str]:
        """Return the rooms the account is invited to (GET sync, "invite")."""
        return frozenset((await self.sync(None, timedelta(0))).rooms.invite)

    async def send(self, room: str, kind: str, content: Json, transaction: str) -> str:
        """Send an event and return its id (PUT rooms/{id}/send); a transaction of this token is done once."""
        answer = await self._client.room_send(room, kind, content, tx_id=transaction, ignore_unverified_devices=True)
        return str(_answered(answer, nio.RoomSendResponse).event_id)

    async def redact(self, room: str, event_id: str, transaction: str) -> None:
        """Take an event's content away (PUT rooms/{id}/redact)."""
        _answered(await self._client.room_redact(room, event_id, tx_id=transaction), nio.RoomRedactResponse)

    async def join(self, room: str) -> None:
        """Take up an invitation (POST join/{id})."""
        _answered(await self._client.join(room), nio.JoinResponse)

    async def leave(self, room: str) -> None:
        """Leave, or turn an invitation down (POST rooms/{id}/leave)."""
        _answered(await self._client.room_leave(room), nio.RoomLeaveResponse)

    def name_of(self, room: str, user_id: str) -> str:
        """Return what members call somebody in a room, as far as `sync` has told; else the id's first part."""
        known = self._client.rooms.get(room)
        member = None if known is None else known.users.get(user_id)
        name = None if member is None else member.display_name
        return name or user_id.removeprefix("@").partition(":")[0]

    def is_for_two(self, room: str) -> bool:
        """Whether a room has two members at most, as far as `sync` has told."""
        known = self._client.rooms.get(room)
        return known is not None and 0 < known.member_count <= 2  # noqa: PLR2004 - one of them is the bot

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.close()


def drop_broken_events(answer: Any) -> None:  # noqa: ANN401 - of any shape
    """Take out of an answer's lists of events, in place, all that nio can't read."""
    for below in answer.values() if isinstance(answer, dict) else ():
        drop_broken_events(below)
    for name in ("events", "chunk") if isinstance(answer, dict) else ():
        if isinstance(answer.get(name), list):
            sound = [event for event in answer[name] if _is_sound(event)]
            if len(sound) < len(answer[name]):
                _log.warning("matrix events can't be read; they are passed over", count=len(answer[name]) - len(sound))
            answer[name] = sound


def _is_sound(event: Any) -> bool:  # noqa: ANN401 - of any shape
    """Whether nio can read an event of a room, or the stripped one of an invitation."""
    fields = event if isinstance(event, dict) else {}
    if not isinstance(fields.get("type"), str) or not isinstance(fields.get("content"), dict):
        return False
    try:
        nio.Event.parse_event(fields)
    except Exception:  # noqa: BLE001 - whatever nio stumbles over, the next event must be reached
        return False
    return True


def sources(events: Sequence[Any]) -> tuple[Json, ...]:
    """Return events as the server sent them; nio keeps that of those, too, which it finds wrong."""
    return tuple(event.source for event in events if isinstance(getattr(event, "source", None), dict))


def invitation(told: Any) -> tuple[Json, ...]:  # noqa: ANN401 - nio has no types
    """Return what an invitation shows of the room's members; nio takes the content out of the event it keeps."""
    members = (event for event in told.invite_state if isinstance(event, nio.InviteMemberEvent))
    return tuple({**event.source, "content": event.content} for event in members)


def _answered(answer: Any, wanted: type[Any]) -> Any:  # noqa: ANN401 - nio's answers share no type
    """Return `answer` when it is what was wanted; raises Refused."""
    response = answer.transport_response
    status = 0 if response is None else response.status
    # nio takes any object for the content of a state event, an error too.
    if isinstance(answer, wanted) and status < HTTPStatus.BAD_REQUEST:
        return answer
    content = getattr(answer, "content", None)
    said: Json = content if isinstance(answer, wanted) and isinstance(content, dict) else {}
    patience = said.get("retry_after_ms", getattr(answer, "retry_after_ms", None))
    header = "" if response is None else response.headers.get("Retry-After", "")
    if patience is None and header.isdecimal():
        patience = int(header) * 1000
    raise Refused(
        status=status,
        code=str(said.get("errcode", getattr(answer, "status_code", None) or "")),
        words=" ".join(str(getattr(answer, "message", "")).split())[:300],
        retry_after=None if not isinstance(patience, int) else timedelta(milliseconds=patience),
    )
