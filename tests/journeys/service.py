"""The real service on a configuration that was really loaded, with eyes on its database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.assemble import Assembly, load_config, serving
from bot.flows.rank_members import MemberRank, rank_members
from bot.ports.platform import Platform
from bot.ports.records import LoggedEvent, Outcome, Question, Queued, Share
from bot.service import Service
from tests.journeys.clock import LeapingClock
from tests.journeys.community import Community
from tests.journeys.waiting import until

#: Further back than any test begins.
LONG_AGO = timedelta(days=30)


@dataclass(kw_only=True)
class Running:
    """A service at work."""

    service: Service
    parts: Assembly
    platforms: Mapping[str, Platform]
    clock: LeapingClock
    task: asyncio.Task[None]

    async def questions(self) -> list[tuple[Question, Outcome]]:
        """Return every question with how it stands, oldest first."""
        async with self.parts.store.read(self.parts.brand.id) as work:
            return list(await work.questions.recent(self.clock.now() - LONG_AGO))

    async def shares(self) -> list[Share]:
        """Return every share, oldest first."""
        async with self.parts.store.read(self.parts.brand.id) as work:
            return list(await work.shares.recent(self.clock.now() - LONG_AGO))

    async def sent(self) -> list[Queued]:
        """Return what was sent, oldest first."""
        async with self.parts.store.read(self.parts.brand.id) as work:
            return list(await work.outbox.sent_since(self.clock.now() - LONG_AGO))

    async def unsettled(self) -> list[Queued]:
        """Return what waits, failed or is unknown."""
        async with self.parts.store.read(self.parts.brand.id) as work:
            return list(await work.outbox.unsettled())

    async def events(self) -> list[LoggedEvent]:
        """Return what the log holds of the communities, oldest first."""
        async with self.parts.store.read(self.parts.brand.id) as work:
            return list(await work.events.since(None, self.clock.now() - LONG_AGO))

    async def ranks(self) -> tuple[MemberRank, ...]:
        """Return the leaderboard."""
        async with self.parts.store.read(self.parts.brand.id) as work:
            return await rank_members(
                self.parts.brand,
                self.parts.known,
                work=work,
                community=None,
                now=self.clock.now(),
                word="member",
            )

    async def leap(self, by: timedelta) -> None:
        """Let time pass, once nothing is in anybody's hands."""

        async def idle() -> bool:
            sending = [message for message in await self.unsettled() if message.state in ("pending", "sending")]
            return not sending and not any(q.state in ("waiting", "working") for q, _ in await self.questions())

        await until(idle, "an idle moment")
        self.clock.leap(by)

    async def read(self, source: str) -> None:
        """Let time pass until a feed has been read once more."""

        async def last_read() -> object:
            async with self.parts.store.read(self.parts.brand.id) as work:
                state = await work.feeds.state(source)
            return state and (state.last_read_at, state.failures)

        before = await last_read()

        async def read_again() -> bool:
            return await last_read() != before

        if before is not None:
            # what came before a campaign began is old to it, and to leap over its beginning makes old what is new
            await until(self._campaigns_have_begun, "the campaigns to begin")
            await self.leap(timedelta(minutes=17))
        await until(read_again, f"a reading of {source}")

    async def _campaigns_have_begun(self) -> bool:
        campaigns = [campaign for campaign in self.parts.brand.campaigns.values() if campaign.enabled]
        async with self.parts.store.read(self.parts.brand.id) as work:
            began = [
                await work.shares.began_at(campaign.key, community)
                for campaign in campaigns
                for community in campaign.communities
            ]
        return None not in began

    async def stop(self) -> None:
        """End it as SIGTERM does."""
        self.service.stop()
        await self.task


@asynccontextmanager
async def running(
    config: Path,
    *communities: Community,
    environment: Mapping[str, str] | None = None,
    clock: LeapingClock | None = None,
) -> AsyncIterator[Running]:
    """Run the service of `config` until the end of the block; it hears the communities from the first line on."""
    known = {name: value for each in communities for name, value in each.environment.items()}
    brand = load_config(config, {**known, **(environment or {})}).brand_or_refuse()
    clock = clock or LeapingClock()
    async with serving(brand, clock=clock, own_process=False) as (service, parts, platforms):
        task = asyncio.create_task(service.run())
        at_work = Running(service=service, parts=parts, platforms=platforms, clock=clock, task=task)
        try:
            for each in communities:
                await each.meet(platforms[each.platform])
            yield at_work
        finally:
            await at_work.stop()
