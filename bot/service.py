"""The service of one brand: platforms listen, workers work, and everything waits through the clock.

One asyncio loop, one TaskGroup. Each worker does what is due, says when it is needed next, and sleeps until then or
until somebody wakes it. What is due is always read from the store, so that a restart forgets nothing.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import structlog

from bot.brand import Brand
from bot.clock import Clock
from bot.errors import KonektorError, LoginRefused, PlatformFault, SettingsFault
from bot.flows.answer_question import LEASE as THINKING
from bot.flows.answer_question import AnswerQuestion
from bot.flows.ask_material import AskMaterial, Write
from bot.flows.best_times import BestTimes
from bot.flows.commit_together import CommitTogether
from bot.flows.deliver_posts import SENDING, DeliverPosts
from bot.flows.forget_member import clear_up
from bot.flows.forget_old import forget_old
from bot.flows.gather_knowledge import GatherKnowledge, ReadFiles
from bot.flows.hold_lease import LEASE, HoldLease
from bot.flows.hold_shards import HoldShards, ShardedPlatform
from bot.flows.move_channel import remind_of_moves
from bot.flows.notice import Notice, ignore
from bot.flows.plan_campaigns import Extent, plan_campaigns
from bot.flows.poll_feed import Poll
from bot.flows.poll_feeds import PollFeeds
from bot.flows.receive_events import ReceiveEvents, Tell
from bot.flows.recover_sends import recover_sends, take_over
from bot.flows.release_shares import release_shares
from bot.flows.resume_listening import resume_listening
from bot.flows.subscribe_feeds import subscribe_feeds
from bot.flows.update_shares import update_shares
from bot.flows.vitals import Vitals
from bot.flows.withdraw_shares import WithdrawShares
from bot.messages import Event
from bot.ports.answering import Embedder, Knowledge
from bot.ports.compute import Compute
from bot.ports.platform import Acknowledging, Deleting, Editing, Gate, KnowingAdmins, Platform, Receive, Sharding
from bot.ports.reading import Fetcher, Hubs
from bot.ports.records import KnownBrand
from bot.ports.store import Store

#: How long a worker waits after it failed.
AFTER_FAULT = timedelta(seconds=5)
#: How often old rows are forgotten and files are read again.
HOUSEKEEPING = timedelta(hours=1)
#: How soon what is due now but held by somebody else is looked at again.
BREATH = timedelta(milliseconds=100)
#: How long workers may finish what they have begun when the service is told to stop.
GRACE = timedelta(seconds=8)

#: Does what is due and returns when it is needed next; None when only a wake-up brings work.
Pass: TypeAlias = Callable[[], Awaitable[datetime | None]]
#: Calls the function it is given with a worker's name whenever a timer fires, until cancelled.
Timers: TypeAlias = Callable[[Callable[[str], None]], Coroutine[Any, Any, None]]
#: Serves pages until cancelled; may wake a worker by name, and has what takes each platform's events.
Pages: TypeAlias = Callable[[Callable[[str], None], Mapping[str, Receive]], Coroutine[Any, Any, None]]

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a service is made of; `bot.assemble` chooses the real ones."""

    store: Store
    #: By name.
    platforms: Mapping[str, Platform]
    fetcher: Fetcher
    #: Asks the hubs of feeds to push; None where nobody could call back.
    hubs: Hubs | None = None
    compute: Compute
    #: What finds questions that mean the same in other words; () goes by words alone.
    embedders: tuple[Embedder, ...]
    clock: Clock
    read_files: ReadFiles
    timers: Timers
    #: How often rows that another process may have written are looked for; None when there is none.
    glance: timedelta | None
    #: Words answers; None quotes the material.
    write: Write | None = None
    #: After how long without a sign of life another process listens in the place of this one.
    takeover: timedelta = LEASE
    #: How long a send and the thinking about a question may take; a little later others believe their process dead.
    sending: timedelta = SENDING
    thinking: timedelta = THINKING
    #: Says when a platform's connection may log in; None lets the store count it for all processes.
    gate: Gate | None = None
    #: Whether the service ends when one platform has nobody left to talk to; else when none has.
    stop_when_left: bool = False
    #: Told why the bot speaks or stays silent.
    notice: Notice = ignore
    #: What is counted while it runs.
    vitals: Vitals = field(default_factory=Vitals)
    #: Shows it to people in a browser, and is where platforms call; None where nobody does either.
    web: Pages | None = None


class Service:
    """Runs one brand until it is told to stop."""

    def __init__(self, brand: Brand, known: KnownBrand, parts: Parts) -> None:
        self._brand = brand
        self._known = known
        self._parts = parts
        limits = {name: platform.limits for name, platform in parts.platforms.items()}
        self._limits = limits
        self._editing = {name for name, platform in parts.platforms.items() if isinstance(platform, Editing)}
        self._gather = GatherKnowledge(brand, store=parts.store, read_files=parts.read_files, embedders=parts.embedders)
        self._knowledge: Knowledge | None = None
        self._learning = asyncio.Lock()
        self._answer = AnswerQuestion(
            brand,
            known,
            store=parts.store,
            ask=AskMaterial(self._known_so_far, embedders=parts.embedders, write=parts.write),
            limits=limits,
            clock=parts.clock,
            notice=parts.notice,
            vitals=parts.vitals,
            lease=parts.thinking,
            knowing={
                name: platform for name, platform in parts.platforms.items() if isinstance(platform, KnowingAdmins)
            },
        )
        self._deliver = DeliverPosts(
            brand,
            store=parts.store,
            platforms=parts.platforms,
            clock=parts.clock,
            vitals=parts.vitals,
            longest=parts.sending,
        )
        self._read_feeds = PollFeeds(
            brand, store=parts.store, fetcher=parts.fetcher, compute=parts.compute, clock=parts.clock
        )
        self._withdraw = WithdrawShares(
            brand,
            store=parts.store,
            fetcher=parts.fetcher,
            limits=limits,
            editing=self._editing,
            deleting={name for name, platform in parts.platforms.items() if isinstance(platform, Deleting)},
            clock=parts.clock,
        )
        self._passes: dict[str, Pass] = {
            "poll": self._poll_feeds,
            "plan": self._plan,
            "answer": self._answer_questions,
            "send": self._send,
            "keep house": self._keep_house,
            "embed": self._embed,
        }
        self._wakes = {name: asyncio.Event() for name in self._passes}
        self._stopped = asyncio.Event()
        self._refused: dict[str, KonektorError] = {}
        self._left: set[str] = set()
        self._planned: dict[str, Extent] = {}
        self._best_times = BestTimes()
        self._process = secrets.token_hex(8)
        self._receivers = {name: self._make_receiver(platform) for name, platform in parts.platforms.items()}

    @property
    def waiting(self) -> int:
        """How many tasks wait through the clock when there is nothing to do: the workers and the timers."""
        return len(self._passes) + 1

    async def run(self) -> None:
        """Serve until `stop`; raises what every platform was refused with when none is left to serve."""
        alone = await self._parts.store.hold_alone()
        if alone:
            await take_over(self._brand, store=self._parts.store, clock=self._parts.clock)
        await remind_of_moves(self._brand, store=self._parts.store)
        await self._learn()
        async with asyncio.TaskGroup() as group:
            listening = [
                group.create_task(self._listen(platform, alone=alone)) for platform in self._parts.platforms.values()
            ]
            beside = [
                group.create_task(self._parts.store.wake_on_changes(self._brand.id, self._wake_all)),
                group.create_task(self._parts.timers(self.wake)),
            ]
            if self._parts.web is not None:
                beside.append(group.create_task(self._parts.web(self.wake, self._receivers)))
            working = [group.create_task(self._work(name, step)) for name, step in self._passes.items()]
            await self._stopped.wait()
            for task in beside:
                task.cancel()
            for name in self._wakes:
                self.wake(name)
            # platforms go last: a send under way needs its connection, or nobody knows whether it arrived
            _, late = await asyncio.wait(working, timeout=GRACE.total_seconds())
            for task in (*late, *listening):
                task.cancel()
        if self._refused and len(self._refused) == len(self._parts.platforms):
            raise next(iter(self._refused.values()))

    def stop(self) -> None:
        """Let what has begun end, and begin nothing more."""
        self._stopped.set()

    def _wake_all(self) -> None:
        for name in ("plan", "answer", "send"):
            self.wake(name)

    def wake(self, worker: str) -> None:
        """Let a worker look for what is due."""
        self._wakes[worker].set()

    def _make_receiver(self, platform: Platform) -> Receive:
        receive = ReceiveEvents(
            self._brand,
            platform.name,
            limits=platform.limits,
            store=self._parts.store,
            clock=self._parts.clock,
            key=self._known.key,
            notice=self._parts.notice,
            wake=self.wake,
            vitals=self._parts.vitals,
            tell=_teller(platform) if isinstance(platform, Acknowledging) else None,
        )

        async def receive_and_count(events: tuple[Event, ...]) -> None:
            await receive(events)
            self._parts.vitals.heard(platform.name, [type(event).__name__ for event in events])

        return CommitTogether(receive_and_count)

    async def _listen(self, platform: Platform, *, alone: bool) -> None:
        receive = self._receivers[platform.name]

        async def prepare() -> None:
            log.info("platform starts", platform=platform.name)
            await resume_listening(platform, self._brand, store=self._parts.store, clock=self._parts.clock)
            self._parts.vitals.set_platform(platform.name, "running")

        async def listen() -> None:
            await prepare()
            await platform.run(receive)

        try:
            if isinstance(platform, Sharding):
                await self._hold_shards(platform, prepare, receive, alone=alone)
            else:
                await (listen() if alone else self._hold_listening(platform).run(listen))
        except (LoginRefused, SettingsFault, PlatformFault) as fault:
            self._refused[platform.name] = fault
            self._parts.vitals.set_platform(platform.name, "refused", str(fault))
            log.error("platform stopped", platform=platform.name, reason=str(fault))  # noqa: TRY400  # a reason for people
        else:
            # a terminal whose person has said goodbye
            self._left.add(platform.name)
            self._parts.vitals.set_platform(platform.name, "left")
            log.info("platform ended", platform=platform.name)
        ended = len(self._left) + len(self._refused)
        if ended == len(self._parts.platforms) or (self._left and self._parts.stop_when_left):
            self.stop()

    def _hold_listening(self, platform: Platform) -> HoldLease:
        # most platforms let one process listen at a time; sending needs no such thing
        return HoldLease(
            f"listen:{platform.name}",
            self._process,
            brand_id=self._brand.id,
            store=self._parts.store,
            clock=self._parts.clock,
            length=self._parts.takeover,
        )

    async def _hold_shards(
        self, platform: ShardedPlatform, prepare: Callable[[], Awaitable[None]], receive: Receive, *, alone: bool
    ) -> None:
        async def listen(number: int, count: int, gate: Gate) -> None:
            await prepare()
            await platform.run_shard(number, count, receive, gate)

        hold = HoldShards(
            platform,
            self._process,
            brand_id=self._brand.id,
            store=self._parts.store,
            clock=self._parts.clock,
            length=self._parts.takeover,
            alone=alone,
            gate=self._parts.gate,
        )
        await hold.run(listen)

    async def _work(self, name: str, step: Pass) -> None:
        clock = self._parts.clock
        while not self._stopped.is_set():
            try:
                due = await step()
            except KonektorError as fault:
                log.error("a worker failed and goes on", worker=name, reason=str(fault))  # noqa: TRY400  # for people
                due = clock.now() + AFTER_FAULT
            except Exception:
                # one bad row must not silence the others for ever; the trace tells which
                log.exception("a worker failed and goes on", worker=name)
                due = clock.now() + AFTER_FAULT
            if not self._stopped.is_set():
                await clock.wait(self._wakes[name], due)

    async def _poll_feeds(self) -> datetime | None:
        news: set[str] = set()
        listed: set[str] = set()

        def tell(read: Poll) -> None:
            if read.sightings:
                listed.add(read.source)
            came = "failed" if read.fault is not None else "news" if read.news else "nothing"
            self._parts.vitals.feed_reads[read.source, came] += 1
            if read.news:
                # at once: what one feed brought does not wait for a slow one
                self.wake("plan")
                news.add(read.source)

        due = await self._read_feeds(tell=tell)
        if self._parts.hubs is not None:
            ask_at = await subscribe_feeds(
                self._brand, store=self._parts.store, hubs=self._parts.hubs, clock=self._parts.clock
            )
            due = min((at for at in (due, ask_at) if at is not None), default=None)
        if listed and await self._withdraw():
            self.wake("send")
        if news.intersection(self._brand.answers.sources):
            await self._learn()
        return due

    async def _plan(self) -> datetime | None:
        store, clock = self._parts.store, self._parts.clock
        await plan_campaigns(self._brand, store=store, clock=clock, planned=self._planned, best_times=self._best_times)
        due = await self._next_release()
        if due is not None and due <= clock.now():
            if await release_shares(self._brand, store=store, limits=self._limits, clock=clock):
                self.wake("send")
            due = await self._next_release()
        if await update_shares(self._brand, store=store, limits=self._limits, editing=self._editing, clock=clock):
            self.wake("send")
        return due

    async def _next_release(self) -> datetime | None:
        async with self._parts.store.read(self._brand.id) as work:
            return await work.shares.next_release()

    async def _answer_questions(self) -> datetime | None:
        # looking takes no lock: only what is due is worth one
        due = await self._next_question()
        while due is not None and due <= self._parts.clock.now() and not self._stopped.is_set():
            answered = await self._answer()
            due = await self._next_question()
            if not answered:
                break
            self.wake("send")
        return self._soon(due)

    async def _next_question(self) -> datetime | None:
        async with self._parts.store.read(self._brand.id) as work:
            return await work.questions.next_due()

    async def _send(self) -> datetime | None:
        store, clock = self._parts.store, self._parts.clock
        async with store.read(self._brand.id) as work:
            abandoned = await work.outbox.any_abandoned(clock.now())
            due = await self._deliver.next_due(work)
        if abandoned:
            await recover_sends(self._brand, store=store, platforms=self._parts.platforms, clock=clock)
            due = await self._next_send()
        while not self._stopped.is_set():
            taken = 0
            if due is not None and due <= clock.now():
                taken = await self._deliver.begin()
                due = await self._next_send()
            if not taken and not self._deliver.under_way:
                break
            if not taken:
                # others may go out while one waits for its platform; not worth a look at every end while limits hold
                await self._deliver.wait(BREATH, for_all=due is not None and due > clock.now())
                due = await self._next_send()
        await self._deliver.finish()
        return self._soon(due)

    async def _next_send(self) -> datetime | None:
        async with self._parts.store.read(self._brand.id) as work:
            return await self._deliver.next_due(work)

    async def _keep_house(self) -> datetime | None:
        await forget_old(self._brand, store=self._parts.store, clock=self._parts.clock)
        await clear_up(self._brand, self._known, store=self._parts.store, clock=self._parts.clock)
        await self._learn()
        return self._parts.clock.now() + HOUSEKEEPING

    async def _learn(self) -> None:
        """Gather what the brand has to say, one gathering at a time: the later one has seen more."""
        async with self._learning:
            self._knowledge = await self._gather()
        self.wake("embed")

    async def _embed(self) -> datetime | None:
        """Embed what is new; questions are answered meanwhile, by words alone."""
        if self._parts.embedders and await self._gather.embed():
            await self._learn()
        return None

    def _soon(self, due: datetime | None) -> datetime | None:
        """Return when to look again: not in a tight loop over what another holds, not blind to other processes."""
        now = self._parts.clock.now()
        moments = [max(due, now + BREATH)] if due is not None else []
        if self._parts.glance is not None:
            moments.append(now + self._parts.glance)
        return min(moments, default=None)

    def _known_so_far(self) -> Knowledge:
        if self._knowledge is None:
            raise RuntimeError("asked before `run` has gathered the knowledge")
        return self._knowledge


def _teller(platform: Acknowledging) -> Tell:
    async def tell(ticket: str, text: str) -> None:
        await platform.acknowledge(ticket, private=True, text=text)

    return tell
