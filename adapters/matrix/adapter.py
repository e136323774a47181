"""The life of one Matrix account: log in, follow the rooms, pass on, send, close. What things mean is elsewhere.

The homeserver tells everything after a token again until a later token is named, and the next one is named only after
`receive` has returned. What one answer leaves out of a burst is fetched from the room's history before anything of it
is passed on.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapters.matrix import backlog, outgoing
from adapters.matrix.admins import has_a_say
from adapters.matrix.failures import ENCRYPTED, MessageGone, translate_read, translate_send
from adapters.matrix.homeserver import Homeserver, Json, Refused, invitation, sources
from adapters.matrix.incoming import Self, needed, read_event
from adapters.matrix.invitations import DECLINED, is_welcome
from adapters.matrix.lookback import find_posted
from adapters.matrix.probing import probe
from adapters.matrix.rooms import Rooms
from adapters.matrix.settings import LIMITS, NAME, TRAITS, Account
from bot.errors import ChannelLost, KonektorError, LoginRefused, PlatformDown, PlatformFault, RateLimited
from bot.messages import ChannelRef, Event, OutgoingPost, PersonRef, Place, PostedRef, ReactionGiven
from bot.ports.platform import CommandSpec, Finding, Heard, PlatformLimits, PlatformTraits, Receive

#: How long the homeserver may hold a request that has nothing to say.
SYNC_WAIT = timedelta(seconds=25)

_BATCH = 500
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0

_log = structlog.get_logger()


def build(
    settings: Account,
    *,
    commands: tuple[CommandSpec, ...],
    places: tuple[Place, ...],
    now: Callable[[], datetime],
) -> MatrixPlatform:
    """Build the adapter of one account; nothing is sent before `run`, `post` or `probe`."""
    return MatrixPlatform(settings, commands=commands, places=places, now=now)


class MatrixPlatform:
    """One account; meets `Platform`, `Closing`, `Editing`, `Deleting`, `LookingBack`, `Resuming` and `Probing`."""

    name = NAME

    def __init__(
        self,
        settings: Account,
        *,
        commands: tuple[CommandSpec, ...],
        places: tuple[Place, ...],
        now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        sync_wait: timedelta = SYNC_WAIT,
    ) -> None:
        """`now` bounds what events say of their time; `pause` is how `run` waits before trying again, in seconds."""
        self._settings = settings
        self._server = Homeserver(settings.homeserver, settings.token.get_secret_value())
        self._commands = {name.lower(): spec.name for spec in commands for name in (*spec.names.values(), spec.name)}
        self._places = frozenset(place.posts.space for place in places if place.posts.platform == NAME)
        self._now = now
        self._pause = pause
        self._sync_wait = sync_wait
        self._rooms = Rooms(name_of=self._server.name_of, is_direct=self._is_direct)
        self._joined: set[str] = set()
        #: Whether a room is end-to-end encrypted, as far as that is known.
        self._encrypted: dict[str, bool] = {}
        self._heard: Mapping[str, Heard] = {}
        self._not_before: datetime | None = None

    @property
    def limits(self) -> PlatformLimits:
        """What fits."""
        return LIMITS

    @property
    def traits(self) -> PlatformTraits:
        """What it can do."""
        return TRAITS

    def resume(self, heard: Mapping[str, Heard], *, not_before: datetime) -> None:
        """Begin with what came after `heard`; see `bot.ports.platform.Resuming.resume`."""
        self._heard, self._not_before = heard, not_before

    async def run(self, receive: Receive) -> None:
        """Log in and pass events to `receive` until cancelled; see `bot.ports.platform.Platform.run`."""
        try:
            me = await self._keep_trying(self._log_in)
            since: str | None = None
            while True:
                answer = await self._keep_trying(self._ask(since))
                events = await self._keep_trying(self._gather(answer, since, me))
                await self._pass_on(events, receive)
                since = answer.next_batch
        finally:
            await self.close()

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Send one post; the same post sent again is posted once, by its id as transaction."""
        room = post.channel.channel
        try:
            await self._refuse_encrypted(room)
            reply_to = post.reply_to if post.reply_to and await self._stands(room, post.reply_to) else None
        except Exception as error:
            raise _not_sent(error) from error
        try:
            content = outgoing.message_content(post, reply_to=reply_to)
            message_id = await self._server.send(room, "m.room.message", content, post.id)
        except Exception as error:
            raise translate_send(error, room=room) from error
        return PostedRef(channel=post.channel, message_id=message_id)

    async def find_posted(self, post: OutgoingPost, *, begun_at: datetime) -> PostedRef | None:
        """Look for a post in its room's history; see `bot.ports.platform.LookingBack.find_posted`."""
        try:
            return await find_posted(self._server, post, begun_at=begun_at)
        except PlatformFault:
            raise
        except Exception as error:
            raise translate_send(error, room=post.channel.channel) from error

    async def edit(self, posted: PostedRef, post: OutgoingPost) -> None:
        """Let a message say something else (m.replace); see `bot.ports.platform.Editing.edit`."""
        room = posted.channel.channel
        try:
            standing = await self._server.event(room, posted.message_id)
        except Exception as error:
            raise _not_sent(error) from error
        if standing is None or not standing.get("content"):
            raise MessageGone(f"In {room} the message is not there any more; there is nothing to change.")
        try:
            content = outgoing.edit_content(posted.message_id, post)
            await self._server.send(room, "m.room.message", content, post.id)
        except Exception as error:
            raise translate_send(error, room=room) from error

    async def delete(self, posted: PostedRef) -> None:
        """Take a message away (redaction); see `bot.ports.platform.Deleting.delete`."""
        room = posted.channel.channel
        try:
            await self._server.redact(room, posted.message_id, _transaction("delete", posted.message_id))
        except Exception as error:
            if isinstance(error, Refused) and error.code == "M_NOT_FOUND":
                return
            raise translate_send(error, room=room) from error

    async def is_admin(self, channel: ChannelRef, person: PersonRef) -> bool:
        """Whether somebody may remove people from a room; see `bot.ports.platform.KnowingAdmins`."""
        try:
            levels = await self._server.state(channel.space, "m.room.power_levels")
            creation = await self._server.state(channel.space, "m.room.create")
        except Exception as error:
            raise _not_sent(error) from error
        return has_a_say(person.id, levels=levels, creation=creation)

    async def probe(self, channels: tuple[str, ...]) -> tuple[Finding, ...]:
        """Look at the account and the bot's rights in `channels`; raises LoginRefused or PlatformDown."""
        # A connection of its own: what it closes must not be what `run` listens through.
        server = Homeserver(self._settings.homeserver, self._settings.token.get_secret_value())
        try:
            return await probe(server, channels)
        except Exception as error:
            raise _not_sent(error) from error
        finally:
            await server.close()

    async def close(self) -> None:
        """Give back all connections. Safe to call twice; a later `post` opens new ones."""
        await self._server.close()

    async def _log_in(self) -> Self:
        user_id = await self._server.whoami()
        name = await self._server.display_name(user_id)
        _log.info("matrix logged in", user=user_id)
        return Self(id=user_id, name=name, commands=self._commands)

    def _ask(self, since: str | None) -> Callable[[], Awaitable[Any]]:
        return lambda: self._server.sync(since, self._sync_wait)

    def _gather(self, answer: Any, since: str | None, me: Self) -> Callable[[], Awaitable[list[Event]]]:  # noqa: ANN401 - nio has no types
        async def gather() -> list[Event]:
            for room, invited in answer.rooms.invite.items():
                await self._take_invitation(room, invitation(invited), me)
            self._joined -= set(answer.rooms.leave)
            events: list[Event] = []
            for room, told in answer.rooms.join.items():
                news = await self._news_of(room, told, since, me)
                # what was there before the bot came in says nothing to it, but says what the room is
                whole = (*sources(told.state), *sources(told.timeline.events), *news)
                for event in {str(each.get("event_id")): each for each in whole}.values():
                    await self._notice(room, event, new=since is not None)
                for event in news:
                    events += await self._read(room, event, me)
            self._joined |= set(answer.rooms.join)
            return events

        return gather

    async def _news_of(self, room: str, told: Any, since: str | None, me: Self) -> list[Json]:  # noqa: ANN401 - same
        """Return a room's events that are to be passed on, oldest first, whole."""
        timeline = list(sources(told.timeline.events))
        beyond = told.timeline.prev_batch if told.timeline.limited else None
        if since is not None and room in self._joined:
            gap = await backlog.read_gap(self._server, room, before=beyond, since=since) if beyond else []
            return gap + timeline
        if since is not None:
            return _after_joining(timeline, me)
        heard = self._heard.get(room)
        if heard is None or self._not_before is None:
            for event in timeline:
                self._rooms.remember(room, event)
            return []
        return await backlog.read_since(
            self._server,
            room,
            timeline,
            before=told.timeline.prev_batch,
            heard=heard,
            not_before=self._not_before,
            now=self._now(),
        )

    async def _read(self, room: str, event: Json, me: Self) -> list[Event]:
        """Return what an event means; a mistake in reading one must not keep all later ones away for ever."""
        earlier = needed(event)
        if earlier is not None and self._rooms.author_of(room, earlier) is None:
            found = await self._server.event(room, earlier)
            if found is not None:
                self._rooms.remember(room, found)
        self._rooms.remember(room, event)
        try:
            meant = read_event(room, event, me, self._rooms, seen_at=self._now())
        except Exception:  # noqa: BLE001 - see above
            _log.exception("matrix event could not be understood; it is passed over", room=room)
            return []
        if isinstance(meant, ReactionGiven):
            self._rooms.remember_reaction(room, meant)
        return [] if meant is None else [meant]

    async def _notice(self, room: str, event: Json, *, new: bool) -> None:
        """Take in what concerns the room itself: that it became unreadable, or was replaced."""
        if event.get("type") == "m.room.tombstone":
            content = event.get("content")
            successor = content.get("replacement_room") if isinstance(content, dict) else None
            _log.warning("matrix room was replaced; write the new id in config.yaml", room=room, new=str(successor))
        if event.get("type") != "m.room.encryption" or self._encrypted.get(room):
            return
        self._encrypted[room] = True
        _log.error("matrix room can't be read", room=room, reason=ENCRYPTED)
        try:
            if new:
                await self._decline(room)
            if room not in self._places:
                await self._server.leave(room)
        except Refused as refused:
            _log.warning("matrix room could not be left", room=room, reason=str(translate_send(refused, room=room)))

    async def _take_invitation(self, room: str, state: tuple[Json, ...], me: Self) -> None:
        """Accept an invitation, or let it wait; a failure of one harms no other."""
        if not is_welcome(room, state, me_id=me.id, places=self._places):
            _log.info("matrix room is in no community of config.yaml; the invitation waits", room=room)
            return
        try:
            await self._server.join(room)
        except Refused as refused:
            fault = translate_send(refused, room=room)
            if isinstance(fault, LoginRefused | RateLimited):
                raise
            _log.warning("matrix invitation could not be answered", room=room, reason=str(fault))

    async def _decline(self, room: str) -> None:
        """Say, once, that the room can't be read."""
        content = {"msgtype": "m.notice", "body": DECLINED, "m.mentions": {}}
        await self._server.send(room, "m.room.message", content, _transaction("encrypted", room))

    async def _refuse_encrypted(self, room: str) -> None:
        if room not in self._encrypted:
            try:
                self._encrypted[room] = await self._server.state(room, "m.room.encryption") is not None
            except Refused as refused:
                if refused.code != "M_FORBIDDEN":
                    raise
                return  # the bot is not in it, and the sending says so
        if self._encrypted[room]:
            raise ChannelLost(f"In {room} nothing is posted: {ENCRYPTED}.")

    async def _stands(self, room: str, event_id: str) -> bool:
        """Whether there is something to answer; a homeserver takes a reply to anything."""
        if self._rooms.stands(room, event_id):
            return True
        found = await self._server.event(room, event_id)
        return found is not None and bool(found.get("content"))

    def _is_direct(self, room: str) -> bool:
        return room not in self._places and self._server.is_for_two(room)

    async def _pass_on(self, events: list[Event], receive: Receive) -> None:
        """Hand events over until they are committed."""
        for start in range(0, len(events), _BATCH):
            batch = tuple(events[start : start + _BATCH])
            attempt = 0
            while True:
                try:
                    await receive(batch)
                    break
                except Exception as error:  # noqa: BLE001 - whatever it was, the events were not committed
                    attempt += 1
                    _log.warning("matrix events not committed; again", events=len(batch), reason=repr(error))
                    await self._pause(_backoff(attempt))

    async def _keep_trying(self, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - what `work` returns
        """Do `work` until it succeeds; raises LoginRefused, which no waiting cures."""
        attempt = 0
        while True:
            try:
                return await work()
            except Exception as error:  # an answer nio can't read is one more kind of outage
                attempt += 1
                fault = translate_read(error)
                if isinstance(fault, LoginRefused):
                    raise fault from error
                seconds = _backoff(attempt)
                if isinstance(fault, RateLimited):
                    seconds = max(seconds, fault.retry_after.total_seconds())
                _log.warning("matrix can't be read now", reason=str(fault), again_in=round(seconds, 1))
                await self._pause(seconds)


def _after_joining(timeline: list[Json], me: Self) -> list[Json]:
    """Return what was written since the bot came in: what was said before was not said to it."""
    for index in range(len(timeline) - 1, -1, -1):
        event = timeline[index]
        if event.get("type") == "m.room.member" and event.get("state_key") == me.id:
            return timeline[index + 1 :]
    return timeline


def _not_sent(error: Exception) -> PlatformFault:
    """Return what an error means that came before anything was sent."""
    fault: KonektorError = translate_read(error)
    return fault if isinstance(fault, PlatformFault) else PlatformDown(str(fault))


def _transaction(what: str, about: str) -> str:
    """Return a transaction id that is the same whenever the same is done again."""
    return f"{what}-{hashlib.sha256(about.encode()).hexdigest()[:20]}"


def _backoff(attempt: int) -> float:
    """Seconds before try number `attempt` + 1: doubling up to a minute, with half of it left to chance."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(attempt - 1, 10))
    return longest * random.uniform(0.5, 1.0)
