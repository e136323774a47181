"""Out of the outbox: what becomes of a message for every answer of a platform."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from bot.brand import Brand, QuietHours
from bot.clock import ReplayClock
from bot.errors import (
    ChannelLost,
    LoginRefused,
    PlatformDown,
    PlatformFault,
    PostRejected,
    RateLimited,
    SendUncertain,
)
from bot.flows.deliver_posts import MARGIN, SENDING, DeliverPosts
from bot.flows.recover_sends import recover_sends, take_over
from bot.messages import OutgoingPost, PostedRef
from bot.ports.platform import PlatformLimits, PlatformTraits, Rate
from bot.ports.records import Pause
from bot.ports.store import Transactions
from tests.unit.campaigns.sample import COMMUNITY, NOW, a_share
from tests.unit.flows.sample import Room, a_brand, a_message, found, move, queue

IDEMPOTENT = PlatformTraits(after_uncertainty="idempotent", idempotent_for=timedelta(seconds=60))
RATED = PlatformLimits(text_length=200, rates=(Rate(scope="account", count=30, per=timedelta(seconds=1), burst=30),))
MINUTE = timedelta(minutes=1)
LEASE = SENDING + MARGIN
STEADY = PlatformLimits(text_length=200, rates=(Rate(scope="account", count=1, per=timedelta(seconds=1)),))


class HeldUp(ReplayClock):
    """A clock that a claim takes a second on: whoever looks twice finds it moved, the first time."""

    def __init__(self, start: datetime = NOW) -> None:
        super().__init__(start)
        self._start = start
        self._looks = 0

    def now(self) -> datetime:
        """Return the moment it stands at."""
        self._looks += 1
        return self._start if self._looks == 1 else self._start + timedelta(seconds=1)


def deliver(store: Transactions, room: Room, clock: ReplayClock, *, brand: Brand | None = None) -> DeliverPosts:
    """Return the worker of a brand on one platform."""
    return DeliverPosts(brand or a_brand(), store=store, platforms={"sandbox": room}, clock=clock)


async def test_a_message_is_sent_once_and_remembered(store: Transactions, clock: ReplayClock) -> None:
    """With its own id as the key; then nothing is left to send."""
    room = Room()
    await queue(store, a_message("a1"))
    send = deliver(store, room, clock)
    assert [await send(), await send()] == [1, 0]
    assert [(post.id, post.text) for post in room.posts] == [("a1", "text of a1")]
    sent = await found(store, "a1")
    assert (sent.state, sent.message_id, sent.sent_at, sent.attempt) == ("sent", "m-a1", NOW, 1)


@pytest.mark.parametrize(
    ("fault", "state", "not_before"),
    [
        (PlatformDown("away"), "retry", NOW + timedelta(seconds=2)),
        (RateLimited("slow", retry_after=MINUTE), "retry", NOW + MINUTE),
        (LoginRefused("bad token"), "retry", NOW + timedelta(minutes=10)),
        (ChannelLost("kicked"), "failed", None),
        (PostRejected("refused"), "failed", None),
        (SendUncertain("no answer"), "unknown", None),
    ],
)
async def test_each_fault_leaves_its_state(
    store: Transactions, clock: ReplayClock, fault: PlatformFault, state: str, not_before: datetime | None
) -> None:
    """With the platform's own words as the reason."""
    await queue(store, a_message("a1"))
    await deliver(store, Room(fault), clock)()
    after = await found(store, "a1")
    assert (after.state, after.not_before, after.lease_until) == (state, not_before, None)
    assert after.reason.startswith(str(fault))


async def test_a_failed_send_is_repeated_when_its_time_comes(store: Transactions, clock: ReplayClock) -> None:
    """The message behind it waits its turn, and both arrive in order."""
    room = Room(PlatformDown("away"))
    await queue(store, a_message("a1"), a_message("a2"))
    send = deliver(store, room, clock)
    assert [await send(), await send()] == [1, 0]
    await move(clock, seconds=2)
    assert [await send(), await send(), await send()] == [1, 1, 0]
    assert [post.id for post in room.posts] == ["a1", "a1", "a2"]


async def test_a_limited_account_holds_every_lane(store: Transactions, clock: ReplayClock) -> None:
    """Not the one that met the limit alone."""
    room = Room(RateLimited("slow", retry_after=MINUTE, scope="account"), limits=RATED)
    await queue(store, a_message("a1"))
    send = deliver(store, room, clock)
    await send()
    elsewhere = replace(a_message("b1").channel, channel="pasar")
    await queue(store, a_message("b1", channel=elsewhere))
    assert await send() == 0
    await move(clock, seconds=60)
    # one at once, and one that waits for its place in the rhythm
    assert await send.begin() == 2
    await move(clock, seconds=1)
    await send.finish()
    assert sorted(post.id for post in room.posts) == ["a1", "a1", "b1"]


async def test_an_uncertain_send_is_repeated_where_the_id_is_known(store: Transactions, clock: ReplayClock) -> None:
    """The same id goes out again, and the doubt is kept until the platform answers."""
    room = Room(SendUncertain("no answer"), traits=IDEMPOTENT)
    await queue(store, a_message("a1"))
    send = deliver(store, room, clock)
    await send()
    assert (await found(store, "a1")).uncertain_since == NOW
    await send()
    assert [post.id for post in room.posts] == ["a1", "a1"]
    assert (await found(store, "a1")).state == "sent"


async def test_nothing_goes_out_while_it_is_paused(store: Transactions, clock: ReplayClock) -> None:
    """By its campaign, its community or altogether; when the pause ends it goes."""
    room = Room()
    async with store.work(a_brand().id) as work:
        await work.shares.add(a_share("s1"))
        await work.pauses.add(Pause(scope="campaign", key="news", since=NOW, reason="a recall"))
        await work.commit()
    await queue(store, a_message("a1", share_id="s1"))
    send = deliver(store, room, clock)
    await send()
    held = await found(store, "a1")
    assert (held.state, held.reason) == ("retry", "campaign news is paused since 2026-07-06 03:00 UTC: a recall")
    async with store.work(a_brand().id) as work:
        await work.pauses.remove("campaign", "news")
        await work.commit()
    await move(clock, minutes=1)
    await send()
    assert [post.id for post in room.posts] == ["a1"]


async def test_a_delayed_post_keeps_quiet_hours_and_a_reply_does_not(store: Transactions, clock: ReplayClock) -> None:
    """A post that an outage held until ten waits for the end; whoever asked is answered."""
    quiet = replace(COMMUNITY, quiet_hours=QuietHours(start=time(10), end=time(11)))
    room = Room()
    await queue(store, a_message("a1"), a_message("a2", kind="reply"))
    await deliver(store, room, clock, brand=a_brand(communities=[quiet]))()
    assert [post.id for post in room.posts] == ["a2"]
    assert (await found(store, "a1")).not_before == NOW + timedelta(hours=1)


async def test_a_message_to_a_platform_without_account_fails_openly(store: Transactions, clock: ReplayClock) -> None:
    """It says what to add."""
    await queue(store, a_message("a1", channel=replace(a_message("a1").channel, platform="forum")))
    await deliver(store, Room(), clock)()
    failed = await found(store, "a1")
    assert (failed.state, failed.reason) == ("failed", "no account on forum is configured; add it, then resend")


async def test_a_reply_that_comes_too_late_is_dropped(store: Transactions, clock: ReplayClock) -> None:
    """Nobody is answered out of nowhere, and it is said."""
    room = Room()
    await queue(store, a_message("a1", kind="reply", useful_until=NOW + MINUTE))
    await move(clock, minutes=1)
    assert await deliver(store, room, clock)() == 1
    assert room.posts == []
    assert (await found(store, "a1")).state == "dropped"


@pytest.mark.parametrize(
    ("traits", "state"),
    [(PlatformTraits(after_uncertainty="neither"), "unknown"), (IDEMPOTENT, "retry")],
)
async def test_a_send_whose_process_died_is_judged(
    store: Transactions, clock: ReplayClock, traits: PlatformTraits, state: str
) -> None:
    """Repeated where the platform knows its id still, else left to a person; never before its lease is over."""
    brand, room = a_brand(), Room(traits=traits)
    await queue(store, a_message("a1"))
    async with store.work(brand.id) as work:
        await work.outbox.claim(NOW, kinds=("post",), rates={}, lease=LEASE, most=1)
        await work.commit()
    platforms = {"sandbox": room}
    assert await recover_sends(brand, store=store, platforms=platforms, clock=clock) == 0
    await move(clock, seconds=1)
    await take_over(brand, store=store, clock=clock)
    assert await recover_sends(brand, store=store, platforms=platforms, clock=clock) == 1
    assert (await found(store, "a1")).state == state
    assert await recover_sends(brand, store=store, platforms=platforms, clock=clock) == 0


async def test_a_send_on_a_platform_that_is_gone_is_unknown(store: Transactions, clock: ReplayClock) -> None:
    """Without its account nobody can repeat it."""
    brand = a_brand()
    await queue(store, a_message("a1"))
    async with store.work(brand.id) as work:
        await work.outbox.claim(NOW, kinds=("post",), rates={}, lease=LEASE, most=1)
        await work.commit()
    await move(clock, seconds=90)
    assert await recover_sends(brand, store=store, platforms={}, clock=clock) == 1
    assert (await found(store, "a1")).state == "unknown"


class RememberingRoom(Room):
    """A room whose history can be read, unless it is away."""

    def __init__(self, *faults: PlatformFault | None, away: PlatformFault | None = None) -> None:
        super().__init__(*faults, traits=IDEMPOTENT)
        self.away = away
        self.asked_since: list[datetime] = []

    async def find_posted(self, post: OutgoingPost, *, begun_at: datetime) -> PostedRef | None:
        """Look among the posts that were taken."""
        self.asked_since.append(begun_at)
        if self.away is not None:
            raise self.away
        taken = [each for each in self.posts if each.id == post.id]
        return PostedRef(channel=post.channel, message_id=f"m-{post.id}") if taken else None


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_send_begun_long_ago_is_looked_up(store: Transactions, clock: ReplayClock, *, arrived: bool) -> None:
    """What a killed process had begun is found in the history or sent, and never sent twice or left to a person."""
    room = RememberingRoom(PlatformDown("away") if arrived else None)
    await queue(store, a_message("a1"))
    async with store.work(a_brand().id) as work:
        (message,) = await work.outbox.claim(
            clock.now(), kinds=("reply", "post"), rates={"sandbox": ()}, lease=LEASE, most=1
        )
        await work.commit()
    if arrived:
        room.posts.append(OutgoingPost(id="a1", channel=message.channel, spans=message.body.spans))
    await move(clock, minutes=2)
    await recover_sends(a_brand(), store=store, platforms={"sandbox": room}, clock=clock)
    await move(clock, minutes=1)
    await deliver(store, room, clock)()
    sent = await found(store, "a1")
    assert (sent.state, sent.message_id, len(room.posts)) == ("sent", "m-a1", 1)
    assert room.asked_since == [NOW]


async def test_a_history_that_is_away_leaves_the_doubt(store: Transactions, clock: ReplayClock) -> None:
    """It is looked up again later; nothing is sent meanwhile."""
    room = RememberingRoom(SendUncertain("no answer"), away=PlatformDown("away"))
    await queue(store, a_message("a1"))
    send = deliver(store, room, clock)
    await send()
    await move(clock, minutes=2)
    await send()
    doubtful = await found(store, "a1")
    assert (doubtful.state, doubtful.uncertain_since, len(room.posts)) == ("retry", NOW, 1)
    room.away = None
    await move(clock, minutes=20)
    await send()
    assert ((await found(store, "a1")).state, len(room.posts)) == ("sent", 1)


async def test_a_send_that_missed_its_place_gets_another(store: Transactions) -> None:
    """It is not sent where others may have their place, counts no attempt, and goes when it is claimed again."""
    room = Room(limits=STEADY)
    await queue(store, a_message("a1"))
    send = deliver(store, room, HeldUp())
    assert await send() == 1
    missed = await found(store, "a1")
    reason = "held up until its place among the account's sends had passed; it gets another"
    assert (missed.state, missed.attempt, missed.reason, room.posts) == ("retry", 0, reason, [])
    later = ReplayClock(NOW + timedelta(seconds=1))
    assert await deliver(store, room, later)() == 1
    assert ((await found(store, "a1")).state, len(room.posts)) == ("sent", 1)


async def test_a_send_gives_its_place_up_once(store: Transactions) -> None:
    """On a machine that is late for everything it would never go: the second time it goes late."""
    room = Room(limits=STEADY)
    await queue(store, a_message("a1"))
    await deliver(store, room, HeldUp())()
    await deliver(store, room, HeldUp(NOW + timedelta(seconds=1)))()
    assert ((await found(store, "a1")).state, len(room.posts)) == ("sent", 1)
