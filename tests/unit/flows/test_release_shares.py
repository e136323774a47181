"""From drafts to the outbox: let out when welcome, held with the reason, or skipped openly."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from bot.brand import AsPublished, Brand, Cap, QuietHours, Template
from bot.clock import ReplayClock
from bot.flows.deliver_posts import DeliverPosts
from bot.flows.foresee_posts import foresee_posts
from bot.flows.release_shares import release_shares
from bot.flows.share_once import share_once
from bot.ports.platform import PlatformLimits
from bot.ports.records import Pause, Share
from bot.ports.store import Transactions
from tests.unit.campaigns.sample import COMMUNITY, NOW, a_campaign, a_post, a_share
from tests.unit.flows.sample import LIMITS, Room, a_brand, move, save, waiting

PLAIN = {"default": Template(text="{{ post.title }}\n{{ link }}")}


async def draft(store: Transactions, *post_ids: str) -> None:
    """Let the campaign have drafted these posts for the warung."""
    await save(store, *(a_post(post_id) for post_id in post_ids))
    async with store.work(a_brand().id) as work:
        for number, post_id in enumerate(post_ids):
            await work.shares.add(a_share(f"s{number}", post_id=post_id))
        await work.commit()


async def release(store: Transactions, clock: ReplayClock, brand: Brand, **limits: PlatformLimits) -> int:
    """Release what is due, on the sandbox unless other platforms are given."""
    return await release_shares(brand, store=store, limits=limits or {"sandbox": LIMITS}, clock=clock)


async def shares(store: Transactions) -> list[Share]:
    """Return every share as it stands."""
    async with store.read(a_brand().id) as work:
        return list(await work.shares.recent(NOW))


def plain(**changes: Any) -> Brand:
    """Return the brand with a campaign that says title and link."""
    return a_brand(a_campaign(templates=PLAIN), **changes)


async def test_a_draft_goes_to_the_outbox_once(store: Transactions, clock: ReplayClock) -> None:
    """As its template has it, to where the community wants posts."""
    await draft(store, "p1")
    assert [await release(store, clock, plain()) for _ in range(2)] == [1, 0]
    (message,) = await waiting(store)
    assert (message.community, message.channel, message.kind, message.share_id) == (
        "warung",
        COMMUNITY.place.posts,
        "post",
        "s0",
    )
    assert "".join(span.text for span in message.body.spans) == "Title of p1\nhttps://kopi.example/p1"
    assert [(share.state, share.reason) for share in await shares(store)] == [("queued", "welcome now")]


async def test_a_community_gets_no_more_than_its_cap(store: Transactions, clock: ReplayClock) -> None:
    """Counted over the day of the community, also within one pass; the rest goes on the next day."""
    brand = plain(communities=[replace(COMMUNITY, max_posts=Cap(count=2, per="day"))])
    await draft(store, "p1", "p2", "p3")
    assert await release(store, clock, brand) == 2
    held = (await shares(store))[-1]
    midnight = NOW + timedelta(hours=14)
    assert (held.state, held.reason, held.until) == ("held", "warung has had its 2 per day", midnight)
    deliver = DeliverPosts(brand, store=store, platforms={"sandbox": Room()}, clock=clock)
    while await deliver():
        pass
    await clock.advance(midnight - timedelta(seconds=1), workers=0)
    assert await release(store, clock, brand) == 0
    await move(clock, seconds=1)
    assert await release(store, clock, brand) == 1


async def test_quiet_hours_hold_until_their_end(store: Transactions, clock: ReplayClock) -> None:
    """With the reason, and let out when they end."""
    brand = plain(communities=[replace(COMMUNITY, quiet_hours=QuietHours(start=time(9), end=time(11)))])
    await draft(store, "p1")
    assert await release(store, clock, brand) == 0
    assert [share.reason for share in await shares(store)] == ["quiet hours in warung until 11:00"]
    await move(clock, hours=1)
    assert await release(store, clock, brand) == 1


async def test_a_pause_holds_and_its_end_lets_go(store: Transactions, clock: ReplayClock) -> None:
    """The share is looked at again every minute."""
    await draft(store, "p1")
    async with store.work(a_brand().id) as work:
        await work.pauses.add(Pause(scope="all", key="", since=NOW, reason=""))
        await work.commit()
    assert await release(store, clock, plain()) == 0
    assert [share.state for share in await shares(store)] == ["held"]
    async with store.work(a_brand().id) as work:
        await work.pauses.remove("all", "")
        await work.commit()
    await move(clock, minutes=1)
    assert await release(store, clock, plain()) == 1


async def test_jitter_spreads_the_shares_of_a_slot(store: Transactions, clock: ReplayClock) -> None:
    """Each has a delay of its own, the same on every look, and all are out when the jitter is over."""
    brand = a_brand(a_campaign(templates=PLAIN, jitter=timedelta(hours=1)))
    await draft(store, *(f"p{number}" for number in range(8)))
    assert await release(store, clock, brand) == 0
    first = {share.id: share.until for share in await shares(store)}
    assert len(set(first.values())) == 8
    assert all(until is not None and NOW < until <= NOW + timedelta(hours=1) for until in first.values())
    for until in sorted(until for until in first.values() if until is not None):
        await clock.advance(until, workers=0)
        assert await release(store, clock, brand) == 1


async def test_what_cannot_be_shared_is_skipped_with_the_reason(store: Transactions, clock: ReplayClock) -> None:
    """A campaign or community that is gone, forbidden words, a failing template: none of them stops the others."""
    await draft(store, "p1")
    failing = {"default": Template(text="{{ 1 / 0 }}")}
    cases = {
        "its campaign is not in the configuration any more": a_brand(a_campaign(key="other")),
        "its community is not in the configuration any more": replace(plain(), communities={}),
        "it would say “title”, which brand.never_say rules out": plain(never_say=("title",)),
        "the template of news fails on “Title of p1”: division by zero": a_brand(a_campaign(templates=failing)),
    }
    for reason, brand in cases.items():
        assert await release(store, clock, brand) == 0
        (share,) = await shares(store)
        assert (share.state, share.reason) == ("skipped", reason)
        async with store.work(brand.id) as work:
            await work.shares.move("s0", "draft", reason="", until=None, at=NOW)
            await work.commit()


async def test_a_campaign_that_is_switched_off_keeps_what_it_drafted(store: Transactions, clock: ReplayClock) -> None:
    """The plan says so, nothing goes out, and nothing is lost: switched on again, the draft goes."""
    await draft(store, "p1")
    off = a_brand(a_campaign(templates=PLAIN, enabled=False))
    assert await release(store, clock, off) == 0
    reason = "campaign news is switched off (enabled: false)"
    assert [(share.state, share.reason) for share in await shares(store)] == [("held", reason)]
    plan = await foresee_posts(off, store=store, now=clock.now(), days=2)
    assert [(line.post, line.verdict, line.reason) for line in plan] == [("Title of p1", "hold", reason)]
    await move(clock, minutes=10)
    assert await release(store, clock, plain()) == 1


async def test_a_platform_that_is_not_running_holds(store: Transactions, clock: ReplayClock) -> None:
    """The share waits for it."""
    await draft(store, "p1")
    assert await release(store, clock, plain(), forum=LIMITS) == 0
    assert [(share.state, share.reason) for share in await shares(store)] == [("held", "its platform is not running")]


async def test_a_long_post_is_one_text_in_parts(store: Transactions, clock: ReplayClock) -> None:
    """In order, tied together, and the card below the last."""
    long = {"default": Template(text="{{ 'word ' * 100 }}{{ link }}", style="embed")}
    await draft(store, "p1")
    cards = PlatformLimits(text_length=200, card_title=100, card_description=100)
    await release(store, clock, a_brand(a_campaign(templates=long)), sandbox=cards)
    parts = await waiting(store)
    assert len(parts) == 3
    assert {part.text_id for part in parts} == {parts[0].id}
    assert [part.body.card is not None for part in parts] == [False, False, True]


async def test_one_pass_tells_what_it_did(store: Transactions, clock: ReplayClock) -> None:
    """What was shared with its words, what is held with its reason and until when."""
    brand = a_brand(
        a_campaign(templates=PLAIN, when=AsPublished()),
        communities=[replace(COMMUNITY, max_posts=Cap(count=1, per="day"))],
    )
    assert await share_once(brand, store=store, limits={"sandbox": LIMITS}, clock=clock) == ()
    await save(store, a_post("p1"), a_post("p2", published_at=NOW + timedelta(minutes=1)))
    passed = await share_once(brand, store=store, limits={"sandbox": LIMITS}, clock=clock)
    assert [(one.post, one.verdict, one.at, one.reason, one.text) for one in passed] == [
        ("Title of p1", "share", NOW, "welcome now", "Title of p1\nhttps://kopi.example/p1"),
        ("Title of p2", "hold", NOW + timedelta(hours=14), "warung has had its 1 per day", ""),
    ]


async def test_the_plan_foresees_and_writes_nothing(store: Transactions, clock: ReplayClock) -> None:
    """A held share at its time, what waits for its slot, and a slot that has nothing yet."""
    brand = plain(communities=[replace(COMMUNITY, max_posts=Cap(count=1, per="day"))])
    async with store.work(brand.id) as work:
        await work.shares.started_at("news", "warung", NOW - timedelta(days=1))
        await work.commit()
    await save(store, a_post("p1"))
    plan = await foresee_posts(brand, store=store, now=clock.now(), days=2)
    tomorrow = NOW + timedelta(hours=23)
    assert [(line.at, line.post, line.verdict) for line in plan] == [
        (tomorrow, "Title of p1", "share"),
        (tomorrow + timedelta(days=1), None, "nothing"),
    ]
    assert await shares(store) == []
