"""The one way in: a batch of events becomes rows in one commit, and nothing is sent here.

What happened goes into the event log, fixed replies into the outbox, questions into their table. The adapter moves its
place in the stream only after this has returned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.brand import Brand, Community
from bot.clock import Clock
from bot.conversation.commands import SPECS
from bot.conversation.hear import Ask, HandOver, Hearing, MemberState, RunCommand, Say, StaySilent, hear, reply_language
from bot.conversation.reply import compose_fixed, is_introduced_by
from bot.conversation.wording import TextKey, Wording
from bot.errors import RowRefused
from bot.flows.reply_rows import reply_row
from bot.flows.run_command import FIXED_COMMANDS, run_command
from bot.flows.log_event import logged_event, messages_named, people_in
from bot.ids import new_id
from bot.messages import CommandGiven, Event, IncomingMessage, MessageDeleted, PersonRef, Span
from bot.ports.records import Member, Question, Queued
from bot.ports.store import Store, UnitOfWork

FLOOD_WINDOW = timedelta(hours=1)

log = structlog.get_logger()


class ReceiveEvents:
    """Meets `bot.ports.platform.Receive` for one platform of one brand."""

    def __init__(self, brand: Brand, platform: str, *, store: Store, clock: Clock) -> None:
        self._brand = brand
        self._platform = platform
        self._store = store
        self._clock = clock

    async def __call__(self, events: tuple[Event, ...]) -> None:
        """Commit a batch. A single event the database refuses is left out, openly; everything else is tried again."""
        try:
            await self._commit(events)
        except RowRefused as fault:
            if len(events) == 1:
                log.exception("event left out", platform=self._platform, kind=type(events[0]).__name__, reason=str(fault))
                return
            for event in events:
                await self((event,))

    async def _commit(self, events: Sequence[Event]) -> None:
        async with self._store.work(self._brand.id) as work:
            known = await work.events.known(self._platform, {event.event_id for event in events})
            fresh = {event.event_id: event for event in events if event.event_id not in known}
            heard = [
                (event, community)
                for event in fresh.values()
                if (community := self._brand.community_at(event.channel)) is not None or event.channel.direct
            ]
            if not heard:
                return
            await _Batch(self._brand, self._platform, work=work, now=self._clock.now()).take(heard)
            await work.commit()


class _Batch:
    """The events of one transaction, with what the store knows about whom they name."""

    def __init__(self, brand: Brand, platform: str, *, work: UnitOfWork, now: datetime) -> None:
        self._brand = brand
        self._platform = platform
        self._work = work
        self._now = now
        self._members: dict[PersonRef, Member] = {}
        self._asked: dict[PersonRef, int] = {}
        self._introduced: set[PersonRef] = set()
        self._replies: list[Queued] = []
        self._questions: list[Question] = []

    async def take(self, heard: Sequence[tuple[Event, Community | None]]) -> None:
        people = {person for event, _ in heard for person in people_in(event)}
        await self._work.people.met(people, self._now)
        self._members = dict(await self._work.people.get(people))
        self._asked = dict(await self._work.questions.asked_since(people, self._now - FLOOD_WINDOW))
        await self._log(heard)
        for event, community in heard:
            if isinstance(event, IncomingMessage | CommandGiven):
                await self._answer(event, community)
        await self._work.outbox.add(self._replies)
        await self._work.questions.add(self._questions)
        await self._work.people.introduced(self._introduced, self._now)

    async def _log(self, heard: Sequence[tuple[Event, Community | None]]) -> None:
        named = {message for event, _ in heard for message in messages_named(event)}
        authors = dict(await self._work.events.authors(self._platform, named))
        # a message and a reaction to it may come in one batch
        authors |= {
            (event.channel.channel, event.message_id): event.author.ref
            for event, _ in heard
            if isinstance(event, IncomingMessage)
        }
        uncounted = {person for person, member in self._members.items() if not self._counts(member)}
        rows = [
            logged_event(event, community.key if community else "", authors=authors, uncounted=uncounted)
            for event, community in heard
        ]
        await self._work.events.add(self._platform, rows, self._texts_to_keep(heard))

    def _counts(self, member: Member) -> bool:
        if member.consent == "unknown":
            return self._brand.privacy.consent == "pseudonymous"
        return member.consent == "in"

    def _texts_to_keep(self, heard: Sequence[tuple[Event, Community | None]]) -> Mapping[str, str]:
        keep = self._brand.privacy.store_text
        if keep == "none":
            return {}
        return {
            event.event_id: event.text if keep == "full" else text_digest(event.text)
            for event, community in heard
            if isinstance(event, IncomingMessage) and community and self._counts(self._members[event.author.ref])
        }

    async def _answer(self, event: IncomingMessage | CommandGiven, community: Community | None) -> None:
        state = self._state_of(event.author.ref)
        hearing = hear(event, community=community, brand=self._brand, member=state)
        log.debug("heard", platform=self._platform, decision=type(hearing).__name__, why=hearing.why)
        if isinstance(hearing, StaySilent):
            return
        text = event.text if isinstance(event, IncomingMessage) else event.arguments
        language = reply_language(
            detect_language(text, self._brand.languages), community=community, member=state, brand=self._brand
        )
        await self._act(hearing, event, community, state, language)
