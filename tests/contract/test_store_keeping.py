"""What the store promises about leases, renamed keys, vectors and waking, on every database."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.ports.records import Pause
from bot.ports.store import Store
from bot.store.database import SqlStore
from tests.contract.store_sample import (
    BRAND,
    NOW,
    a_message,
    a_post,
    a_question,
    a_share,
    a_sighting,
    a_source_state,
    an_entry,
    an_event,
    later,
)


async def test_a_lease_has_one_owner_until_it_runs_out(store: Store) -> None:
    """Its owner may renew it, give it back, or lose it by silence; another's lease is not given back."""
    async with store.work(BRAND) as work:
        assert await work.leases.take("poll", "a", now=NOW, until=later(60))
        assert not await work.leases.take("poll", "b", now=later(59), until=later(99))
        assert await work.leases.take("other", "b", now=NOW, until=later(60))
        assert await work.leases.take("poll", "a", now=later(59), until=later(119))
        await work.leases.give_back("poll", "b")
        assert not await work.leases.take("poll", "b", now=later(118), until=later(200))
        assert await work.leases.take("poll", "b", now=later(119), until=later(200))
        await work.leases.give_back("poll", "b")
        assert await work.leases.take("poll", "a", now=later(120), until=later(200))


async def test_of_many_processes_one_takes_a_lease(store: Store) -> None:
    """However they meet."""

    async def take(owner: str) -> bool:
        async with store.work(BRAND) as work:
            taken = await work.leases.take("poll", owner, now=NOW, until=later(60))
            await work.commit()
            return taken

    assert sorted(await asyncio.gather(*(take(str(number)) for number in range(6)))) == [False] * 5 + [True]


async def test_a_renamed_community_keeps_its_history(store: Store) -> None:
    """Events, questions, shares, slots, messages and pauses go on under the new key; done twice, nothing moves."""
    async with store.work(BRAND) as work:
        await work.events.add("chat", [an_event("e1")], {})
        await work.questions.add([a_question("q1")])
        await work.shares.started_at("news", "warung", NOW)
        await work.shares.decide_slot(an_entry("2026-07-06T10:00@warung", community="warung"))
        await work.shares.add(a_share("s1"))
        await work.outbox.add([a_message("a1")])
        await work.pauses.add(Pause(scope="community", key="warung", since=NOW, reason=""))
        assert await work.keys.rename("community", "warung", "kedai") > 0
        assert await work.keys.rename("community", "warung", "kedai") == 0
        assert await work.events.since("kedai", NOW) == (an_event("e1", community="kedai"),)
        assert [question.community for question, _ in await work.questions.recent(NOW)] == ["kedai"]
        assert await work.shares.began_at("news", "kedai") == NOW
        assert await work.shares.last_slot_at("news", "kedai") == NOW
        assert not await work.shares.decide_slot(an_entry("2026-07-06T10:00@kedai", community="kedai"))
        assert await work.shares.shared_posts("kedai") == {"p1": frozenset({"news"})}
        assert [message.community for message in await work.outbox.unsettled()] == ["kedai"]
        assert [pause.key for pause in await work.pauses.all(NOW)] == ["kedai"]


async def test_a_renamed_campaign_neither_repeats_slots_nor_posts(store: Store) -> None:
    """What it decided and shared stays decided and shared, also what it shared again."""
    async with store.work(BRAND) as work:
        await work.shares.started_at("news", "warung", NOW)
        await work.shares.decide_slot(an_entry())
        await work.shares.add(a_share("s1"), again=True)
        await work.keys.rename("campaign", "news", "berita")
        assert await work.shares.began_at("berita", "warung") == NOW
        assert not await work.shares.decide_slot(an_entry(campaign="berita"))
        assert not await work.shares.add(a_share("s2", campaign="berita"), again=True)
        assert await work.shares.campaign_of("s1") == "berita"


async def test_a_renamed_source_is_not_read_for_the_first_time(store: Store) -> None:
    """Where its reading stands, and its posts, go on under the new key."""
    async with store.work(BRAND) as work:
        await work.feeds.save_state(a_source_state())
        await work.feeds.save_post(a_post("p1"), [], a_sighting("p1"))
        await work.keys.rename("source", "blog", "jurnal")
        assert await work.feeds.state("blog") is None
        assert await work.feeds.state("jurnal") == replace(a_source_state(), source="jurnal")
        assert await work.feeds.of_source("jurnal") == (a_post("p1"),)


async def test_where_both_keys_have_history_the_newer_wins(store: Store) -> None:
    """A key that was taken again before the rename keeps what it has, and nothing fails."""
    async with store.work(BRAND) as work:
        for key, at in (("warung", NOW), ("kedai", later(9))):
            await work.shares.started_at("news", key, at)
            await work.shares.add(a_share(f"s-{key}", community=key))
        await work.keys.rename("community", "warung", "kedai")
        assert await work.shares.began_at("news", "kedai") == later(9)
        assert [share.id for share in await work.shares.waiting()] == ["s-kedai"]


async def test_vectors_are_kept_by_embedder_and_digest(store: Store) -> None:
    """The first stays; some can be let go, and those of embedders nobody uses any more."""
    async with store.work(BRAND) as work:
        await work.vectors.add("e5", {})
        await work.vectors.add("e5", {"d1": b"\x00\xff", "d2": b"2"})
        await work.vectors.add("e5", {"d1": b"other"})
        await work.vectors.add("use", {"d1": b"3"})
        assert await work.vectors.all("e5") == {"d1": b"\x00\xff", "d2": b"2"}
        await work.vectors.remove("e5", ["d2", "d9"])
        assert await work.vectors.all("e5") == {"d1": b"\x00\xff"}
        await work.vectors.forget_other_embedders(["e5"])
        assert (len(await work.vectors.all("e5")), len(await work.vectors.all("use"))) == (1, 0)


async def test_a_server_wakes_the_workers_of_the_brand(store: Store, prepared_url: str) -> None:
    """What another process commits for the brand wakes this one; where the database can't tell, it says so at once."""
    woken = asyncio.Event()
    listening = asyncio.create_task(store.wake_on_changes(BRAND, woken.set))
    if prepared_url.startswith("sqlite"):
        await listening
        assert not woken.is_set()
        return
    await woken.wait()
    woken.clear()
    other = SqlStore(prepared_url)
    async with other.work(BRAND) as work:
        await work.outbox.add([a_message("a1")])
        await work.commit()
    await asyncio.wait_for(woken.wait(), timeout=60)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await other.close()
