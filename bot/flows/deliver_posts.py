"""Out of the outbox: claim, commit, and only then send; then record what the platform said.

That a send was begun is committed before the call, so that a process killed in the middle leaves a trace that
`recover_sends` can judge.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.brand import Brand
from bot.campaigns.etiquette import PAUSE_LOOK, Hold, describe_pause, find_pause, quiet_until
from bot.clock import Clock
from bot.delivery.limiter import rate_keys
from bot.delivery.retry import GiveUp, LeaveUnknown, NextStep, TryAgain, after_failure, before_sending, needs_a_look
from bot.errors import ChannelLost, PlatformDown, PlatformFault, PostRejected, RateLimited, SendUncertain
from bot.flows.move_channel import record_move
from bot.flows.pace_sends import Pace
from bot.flows.record_sends import RecordSends
from bot.flows.vitals import Vitals
from bot.messages import ChannelRef, OutgoingPost, PostedRef
from bot.ports.platform import Deleting, Editing, LookingBack, Platform
from bot.ports.records import Moved, Pause, Queued, RateKey, Taken
from bot.ports.store import Transactions, UnitOfWork

#: How long one send may take. With `MARGIN` it is the lease, after which others judge what a dead worker left behind:
#: while the platforms that recognise a repeated id (Discord: 60 s) still do.
SENDING = timedelta(seconds=45)
MARGIN = timedelta(seconds=5)
#: How many are sent side by side.
MOST_AT_ONCE = 64
#: How far ahead of the limits sends are taken in hand: half of it is longer than a claim takes, so that none of the
#: rhythm is lost.
AHEAD = timedelta(milliseconds=500)
#: No claim is given more time than this to come to its end.
LONGEST_LEAD = timedelta(seconds=1)
_MISSED = "held up until its place among the account's sends had passed; it gets another"

log = structlog.get_logger()


class DeliverPosts:
    """Sends what the outbox holds, for one brand."""

    def __init__(
        self,
        brand: Brand,
        *,
        store: Transactions,
        platforms: Mapping[str, Platform],
        clock: Clock,
        vitals: Vitals | None = None,
        longest: timedelta = SENDING,
    ) -> None:
        """`longest` is how long one send may take before its answer counts as lost."""
        self._brand = brand
        self._store = store
        self._platforms = platforms
        self._longest = longest
        self._clock = clock
        self._vitals = vitals or Vitals()
        self._rates = {name: rate_keys(name, platform.limits.rates) for name, platform in platforms.items()}
        self._paces = {name: Pace(rates, clock) for name, rates in self._rates.items()}
        #: How long a claim is thought to take at most, as the last ones did.
        self._lead = timedelta(0)
        self._record_sent = RecordSends(brand.id, store=store, clock=clock)
        self._under_way: set[asyncio.Task[None]] = set()

    async def __call__(self) -> int:
        """Send one handful to its end; return how many messages were taken in hand, 0 when nothing can go out now."""
        taken = await self.begin()
        await self.finish()
        return taken

    @property
    def under_way(self) -> bool:
        """Whether a send that was begun has not ended."""
        return bool(self._under_way)

    async def begin(self) -> int:
        """Begin the sends there is room for; return how many messages were taken in hand, 0 when nothing can go now.

        A slow platform holds up its own channels and nobody else: the next handful does not wait for this one.
        """
        while (room := MOST_AT_ONCE - len(self._under_way)) <= 0:
            await self.wait(timedelta(seconds=1))
        now = self._clock.now()
        async with self._store.work(self._brand.id) as work:
            claimed = await work.outbox.claim(
                now,
                kinds=("reply", "post", "edit", "delete"),
                rates=self._rates,
                lease=self._longest + MARGIN,
                most=room,
                ahead=AHEAD + self._lead,
                lead=self._lead,
            )
            pauses = await work.pauses.all(now)
            ready = [message for message in claimed if await self._is_welcome(message, work, pauses, now)]
            await work.commit()
        # an allowance for the next one, which shrinks slowly
        self._lead = min(LONGEST_LEAD, max((self._clock.now() - now) * 2, self._lead * 0.9))
        for message in ready:
            self._paces[message.channel.platform].expect(_place_of(message))
        self._under_way |= {asyncio.create_task(self._send(message)) for message in ready}
        return len(claimed)

    async def next_due(self, work: UnitOfWork) -> datetime | None:
        """Return when `begin` will find something to send; None when nothing waits."""
        return await work.outbox.next_due(rates=self._rates, ahead=AHEAD + self._lead)

    async def wait(self, longest: timedelta, *, for_all: bool = False) -> None:
        """Wait until a send ends, or with `for_all` all of them, or `longest`; raises what a send raised."""
        until = asyncio.ALL_COMPLETED if for_all else asyncio.FIRST_COMPLETED
        self._settle(await asyncio.wait(self._under_way, timeout=longest.total_seconds(), return_when=until))

    async def finish(self) -> None:
        """Wait until every send that was begun has ended; raises what one of them raised once all have."""
        if self._under_way:
            self._settle(await asyncio.wait(self._under_way))

    def _settle(self, waited: tuple[set[asyncio.Task[None]], set[asyncio.Task[None]]]) -> None:
        ended, self._under_way = waited
        # each send ends by itself, whatever becomes of the others
        faults = [fault for task in ended if (fault := task.exception()) is not None]
        for fault in faults[1:]:
            log.error("a send failed", reason=str(fault))
        if faults:
            raise faults[0]

    async def _is_welcome(self, message: Queued, work: UnitOfWork, pauses: Sequence[Pause], now: datetime) -> bool:
        """Look once more before sending: a post delayed by an outage must not go out in quiet hours."""
        if message.state == "dropped":
            log.warning("message dropped", id=message.id, kind=message.kind, reason=message.reason)
            return False
        hold = await self._reason_to_wait(message, work, pauses, now)
        if hold is not None:
            await work.outbox.postpone(message, not_before=hold.until, reason=hold.reason)
            return False
        if message.channel.platform not in self._platforms:
            reason = f"no account on {message.channel.platform} is configured; add it, then resend"
            await work.outbox.give_up(message, state="failed", reason=reason)
            return False
        return True

    async def _reason_to_wait(
        self, message: Queued, work: UnitOfWork, pauses: Sequence[Pause], now: datetime
    ) -> Hold | None:
        campaign = None
        if pauses and message.share_id is not None:
            campaign = await work.shares.campaign_of(message.share_id)
        if pause := find_pause(pauses, community=message.community, campaign=campaign):
            return Hold(until=now + PAUSE_LOOK, reason=describe_pause(pause), rule="pause")
        community = self._brand.communities.get(message.community or "")
        if message.kind == "post" and community is not None and community.quiet_hours is not None:
            end = quiet_until(community.quiet_hours, community.timezone, now)
            if end is not None:
                return Hold(until=end, reason=f"quiet hours in {community.key}", rule="quiet_hours")
        return None

    async def _send(self, message: Queued) -> None:
        platform = self._platforms[message.channel.platform]
        on_time = await self._paces[platform.name].wait(_place_of(message))
        # once: on a machine that is late for everything it would never go
        if not on_time and message.reason != _MISSED:
            await self._put_back(message)
            return
        can_look_back = isinstance(platform, LookingBack)
        now = self._clock.now()
        if held := before_sending(message, platform.traits, now, longest=self._longest, can_look_back=can_look_back):
            await self._record_failure(message, held)
            return
        try:
            async with asyncio.timeout(self._longest.total_seconds()):
                posted = await self._ask(platform, message)
        except PlatformFault as fault:
            self._vitals.not_sent(platform.name, fault)
            step = self._step_after(fault, message, platform)
            moved_to = fault.moved_to if isinstance(fault, ChannelLost) else None
        except TimeoutError:
            lost = SendUncertain(f"no answer within {self._longest.total_seconds():.0f} s")
            self._vitals.not_sent(platform.name, lost)
            step = self._step_after(lost, message, platform)
            moved_to = None
        else:
            self._vitals.sent(platform.name)
            await self._record_sent(
                Taken(message=message, channel=posted.channel, message_id=posted.message_id, at=self._clock.now())
            )
            log.info("message sent", id=message.id, kind=message.kind, community=message.community)
            return
        await self._record_failure(message, step, moved_to=moved_to)

    async def _put_back(self, message: Queued) -> None:
        async with self._store.work(self._brand.id) as work:
            await work.outbox.postpone(message, not_before=self._clock.now(), reason=_MISSED)
            await work.commit()

    def _step_after(self, fault: PlatformFault, message: Queued, platform: Platform) -> NextStep:
        can_look_back = isinstance(platform, LookingBack)
        return after_failure(fault, message, platform.traits, self._clock.now(), can_look_back=can_look_back)

    async def _ask(self, platform: Platform, message: Queued) -> PostedRef:
        """Ask the platform to act, after a look at its history when the message may stand there already."""
        if needs_a_look(message, platform.traits, self._clock.now()):
            found = await _look_back(platform, message)
            if found is not None:
                log.info("message found in the history", id=message.id, kind=message.kind)
                return found
        return await _ask(platform, message)

    async def _record_failure(self, message: Queued, step: NextStep, *, moved_to: ChannelRef | None = None) -> None:
        async with self._store.work(self._brand.id) as work:
            await record_step(work, message, step, rates=self._rates[message.channel.platform])
            if moved_to is not None:
                old = replace(message.channel, thread=None, direct=False)
                await record_move(Moved(old=old, new=moved_to, at=self._clock.now()), brand=self._brand, work=work)
            await work.commit()


def _place_of(message: Queued) -> datetime:
    """Return the moment the limits gave a message that was claimed: that of the claim where they did not put it off."""
    return max(moment for moment in (message.not_before, message.begun_at) if moment is not None)


async def _look_back(platform: Platform, message: Queued) -> PostedRef | None:
    """Return where a message stands that was perhaps sent; None when it certainly does not."""
    if message.uncertain_since is None or not isinstance(platform, LookingBack):
        raise SendUncertain(f"perhaps sent earlier, and {platform.name} does not recognise it any more")
    try:
        return await platform.find_posted(_post_of(message), begun_at=message.uncertain_since)
    except (PlatformDown, RateLimited) as fault:
        # these would say that it was certainly not sent
        raise SendUncertain(f"perhaps sent earlier, and the history can't be read: {fault}") from fault


def _post_of(message: Queued) -> OutgoingPost:
    return OutgoingPost(
        id=message.id,
        channel=message.channel,
        spans=message.body.spans,
        reply_to=message.body.reply_to,
        ticket=message.body.ticket,
        private=message.body.private,
        card=message.body.card,
        buttons=message.body.buttons,
    )


async def _ask(platform: Platform, message: Queued) -> PostedRef:
    """Ask the platform to take, change or take back a message, and return where it stands (or stood)."""
    post = _post_of(message)
    if message.kind in ("reply", "post"):
        return await platform.post(post)
    posted = PostedRef(channel=message.channel, message_id=message.target or "")
    if message.kind == "edit" and isinstance(platform, Editing):
        await platform.edit(posted, post)
    elif message.kind == "delete" and isinstance(platform, Deleting):
        await platform.delete(posted)
    else:
        raise PostRejected(f"{platform.name} can't {message.kind} what was posted; look there yourself")
    return posted


async def record_step(work: UnitOfWork, message: Queued, step: NextStep, *, rates: Sequence[RateKey]) -> None:
    """Write down what was decided about a message that was not, or perhaps not, sent."""
    match step:
        case TryAgain():
            await work.outbox.retry(
                message, not_before=step.not_before, reason=step.reason, uncertain_since=step.uncertain_since
            )
            if step.holds != "nothing":
                channel = message.channel if step.holds == "channel" else None
                await work.outbox.hold_back(rates, until=step.not_before, channel=channel)
        case GiveUp():
            await work.outbox.give_up(message, state="failed", reason=step.reason)
        case LeaveUnknown():
            await work.outbox.give_up(message, state="unknown", reason=step.reason)
    log.warning("message not sent", id=message.id, kind=message.kind, decision=type(step).__name__, reason=step.reason)
