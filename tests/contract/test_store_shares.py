"""What `bot.ports.store.Shares` promises, on every database."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.ports.store import Store
from tests.contract.store_sample import BRAND, LEASE, NOW, a_message, a_share, an_entry, later


async def test_a_campaign_begins_once_in_a_community(store: Store) -> None:
    """The first moment is kept; looking writes nothing."""
    async with store.work(BRAND) as work:
        assert await work.shares.began_at("news", "warung") is None
        assert await work.shares.began_at("news", "warung") is None
        assert await work.shares.started_at("news", "warung", NOW) == NOW
        assert await work.shares.started_at("news", "warung", later(9)) == NOW
        assert await work.shares.began_at("news", "warung") == NOW
        assert await work.shares.began_at("news", "pasar") is None


async def test_a_slot_is_decided_once(store: Store) -> None:
    """The second to decide is told so, and the first decision stands."""
    async with store.work(BRAND) as work:
        assert await work.shares.decide_slot(an_entry())
        assert not await work.shares.decide_slot(an_entry(outcome="missed"))
        await work.shares.describe_slot("news", an_entry().slot, "2 to share")
        await work.commit()
    async with store.read(BRAND) as work:
        assert await work.shares.ledger(NOW) == (an_entry(detail="2 to share"),)


async def test_workers_side_by_side_decide_a_slot_once(store: Store) -> None:
    """Of eight processes that find one slot due, one decides it."""

    async def decide() -> bool:
        async with store.work(BRAND) as work:
            won = await work.shares.decide_slot(an_entry())
            await work.commit()
            return won

    assert sorted(await asyncio.gather(*(decide() for _ in range(8)))) == [False] * 7 + [True]


async def test_a_slot_whose_winner_dies_can_be_decided_again(store: Store) -> None:
    """A decision that was not committed was none."""
    async with store.work(BRAND) as work:
        assert await work.shares.decide_slot(an_entry())
    async with store.work(BRAND) as work:
        assert await work.shares.decide_slot(an_entry())


async def test_the_last_slot_is_the_campaigns_or_a_communitys_own(store: Store) -> None:
    """Slots in a community's own time are counted apart, and by their nominal moment."""
    async with store.work(BRAND) as work:
        assert await work.shares.last_slot_at("news", None) is None
        await work.shares.decide_slot(an_entry("b", nominal_at=later(2)))
        await work.shares.decide_slot(an_entry("a", nominal_at=later(1), decided_at=later(9)))
        await work.shares.decide_slot(an_entry("c@warung", community="warung", nominal_at=later(5)))
        assert await work.shares.last_slot_at("news", None) == later(2)
        assert await work.shares.last_slot_at("news", "warung") == later(5)
        assert await work.shares.last_slot_at("news", "pasar") is None
        assert [entry.slot for entry in await work.shares.ledger(NOW)] == ["b", "c@warung", "a"]
        assert [entry.slot for entry in await work.shares.ledger(later(1))] == ["a"]


async def test_a_revision_is_shared_once_in_a_community(store: Store) -> None:
    """Over all campaigns; another community or another revision is another share."""
    async with store.work(BRAND) as work:
        assert await work.shares.add(a_share("s1"))
        assert not await work.shares.add(a_share("s2", campaign="digest"))
        assert await work.shares.add(a_share("s3", community="pasar"))
        assert await work.shares.add(a_share("s4", revision=2))
        assert [share.id for share in await work.shares.waiting()] == ["s1", "s3", "s4"]


async def test_sharing_again_is_once_for_each_campaign(store: Store) -> None:
    """A campaign that may share again does so once, also when it had shared without that leave before."""
    async with store.work(BRAND) as work:
        assert await work.shares.add(a_share("s1"))
        assert await work.shares.add(a_share("s2", campaign="digest"), again=True)
        assert not await work.shares.add(a_share("s3", campaign="digest"), again=True)
        assert not await work.shares.add(a_share("s4"), again=True)


async def test_what_was_shared_again_counts_for_all(store: Store) -> None:
    """A campaign without leave to share again keeps off a post that one with it has shared."""
    async with store.work(BRAND) as work:
        assert await work.shares.add(a_share("s1", campaign="digest"), again=True)
        assert not await work.shares.add(a_share("s2"))
        assert await work.shares.shared_posts("warung") == {"p1": frozenset({"digest"})}


async def test_shared_posts_name_their_campaigns(store: Store) -> None:
    """Skipped ones too: a post is judged once."""
    async with store.work(BRAND) as work:
        await work.shares.add(a_share("s1"))
        await work.shares.add(a_share("s2", campaign="digest"), again=True)
        await work.shares.add(a_share("s3", post_id="p2"))
        await work.shares.move("s3", "skipped", reason="never_say", until=None, at=NOW)
        shared = {"p1": frozenset({"news", "digest"}), "p2": frozenset({"news"})}
        assert await work.shares.shared_posts("warung") == shared
        assert await work.shares.shared_posts("pasar") == {}


async def test_drafts_and_held_shares_come_due(store: Store) -> None:
    """A draft at once, a held one at its time, the others never; oldest first."""
    async with store.work(BRAND) as work:
        assert await work.shares.next_release() is None
        for number, name in enumerate(("s1", "s2", "s3", "s4"), start=1):
            await work.shares.add(a_share(name, post_id=name, created_at=later(-number)))
        await work.shares.move("s2", "held", reason="quiet hours", until=later(60), at=NOW)
        await work.shares.move("s3", "queued", reason="welcome now", until=None, at=NOW)
        await work.shares.move("s4", "skipped", reason="never_say", until=None, at=NOW)
        assert [share.id for share in await work.shares.to_release(later(59))] == ["s1"]
        assert [share.id for share in await work.shares.to_release(later(60))] == ["s2", "s1"]
        assert [share.id for share in await work.shares.waiting()] == ["s2", "s1"]
        assert await work.shares.next_release() == later(-1)
        await work.shares.move("s1", "queued", reason="welcome now", until=None, at=NOW)
        assert await work.shares.next_release() == later(60)


async def test_a_share_keeps_why_it_stands_where_it_stands(store: Store) -> None:
    """State, reason and time are replaced together; the share's campaign can be looked up."""
    async with store.work(BRAND) as work:
        await work.shares.add(a_share("s1"))
        await work.shares.move("s1", "held", reason="quiet hours", until=later(60), at=later(1))
        held = replace(a_share("s1"), state="held", reason="quiet hours", until=later(60))
        assert await work.shares.waiting() == (held,)
        assert await work.shares.campaign_of("s1") == "news"
        assert await work.shares.campaign_of("s9") is None
        assert (await work.shares.get("s1"), await work.shares.get("s9")) == (held, None)


async def test_recent_shares_are_those_made_or_moved(store: Store) -> None:
    """From the moment on, the start included."""
    async with store.work(BRAND) as work:
        await work.shares.add(a_share("s1", created_at=later(-9)))
        await work.shares.add(a_share("s2", post_id="p2", created_at=later(-8)))
        await work.shares.add(a_share("s3", post_id="p3"))
        await work.shares.move("s1", "queued", reason="", until=None, at=later(1))
        assert [share.id for share in await work.shares.recent(NOW)] == ["s1", "s3"]


async def test_let_out_shares_are_counted_by_when_they_were(store: Store) -> None:
    """The start counts, the end does not, and neither do other communities or shares that only wait."""
    async with store.work(BRAND) as work:
        for name, at in (("s1", later(-1)), ("s2", NOW), ("s3", later(9)), ("s4", later(10))):
            await work.shares.add(a_share(name, post_id=name))
            await work.shares.move(name, "queued", reason="", until=None, at=at)
        await work.shares.add(a_share("s5", community="pasar"))
        await work.shares.move("s5", "queued", reason="", until=None, at=NOW)
        await work.shares.add(a_share("s6", post_id="p6"))
        assert await work.shares.let_out_between("warung", NOW, later(10)) == 2


async def test_a_late_share_counts_where_it_arrives(store: Store) -> None:
    """While it is on its way it counts at any time; then when it was let out, and when it came."""
    async with store.work(BRAND) as work:
        await work.shares.add(a_share("s1", post_id="p1"))
        await work.shares.move("s1", "queued", reason="", until=None, at=NOW)
        await work.outbox.add([a_message("m1", share_id="s1")])
        spans = ((NOW, later(10)), (later(10), later(20)), (later(20), later(30)))
        assert [await work.shares.let_out_between("warung", *span) for span in spans] == [1, 1, 1]
        assert await work.shares.last_out_at("warung", later(15)) == later(15)
        (message,) = await work.outbox.claim(later(15), kinds=("post",), rates={}, lease=LEASE, most=1)
        await work.outbox.sent(message, channel=message.channel, message_id="1", at=later(15))
        assert [await work.shares.let_out_between("warung", *span) for span in spans] == [1, 1, 0]
        assert await work.shares.last_out_at("warung", later(30)) == later(15)
        assert await work.shares.last_out_at("pasar", later(30)) is None


async def test_two_processes_never_let_one_share_out_twice(store: Store) -> None:
    """Whoever comes second waits, and finds nothing left to let out."""
    async with store.work(BRAND) as work:
        for number in range(5):
            await work.shares.add(a_share(f"s{number}", post_id=f"p{number}"))
        await work.commit()

    async def release() -> int:
        async with store.work(BRAND) as work:
            due = await work.shares.to_release(NOW)
            for share in due:
                await work.shares.move(share.id, "queued", reason="", until=None, at=NOW)
            await work.commit()
            return len(due)

    assert sorted(await asyncio.gather(*(release() for _ in range(4)))) == [0, 0, 0, 5]
