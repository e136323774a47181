"""What `bot.ports.store.Drafts` promises, on every database."""

from __future__ import annotations

from bot.messages import Button, LinkCard, Span
from bot.ports.records import Body
from bot.ports.store import Store
from tests.contract.store_sample import BRAND, NOW, a_draft, a_share, later


async def test_a_draft_comes_back_as_it_was_shown(store: Store) -> None:
    """Text, card and times; of several versions the last one counts."""
    body = Body(
        spans=(Span(text="Panen *raya*", style="bold"), Span(text=" 🙂")),
        card=LinkCard(url="https://kopi.example/p1", title="Panen"),
        buttons=(Button(id="b", label="Baca", sign="📖"),),
    )
    second = a_draft("s1", version=2, body=body, asked_at=later(1))
    async with store.work(BRAND) as work:
        await work.drafts.add(a_draft("s1", announced_as="o1"))
        await work.drafts.add(second)
        assert await work.drafts.newest(["s1", "s9"]) == {"s1": second}
        assert await work.drafts.newest([]) == {}
        assert await work.drafts.find_announced("o1") == a_draft("s1", announced_as="o1")
        assert await work.drafts.find_announced("o9") is None
        assert await work.drafts.waiting() == (a_draft("s1", announced_as="o1"), second)


async def test_a_draft_is_decided_once(store: Store) -> None:
    """Who was quicker has decided; who, when and why are kept, and other versions stay as they are."""
    first, second = a_draft("s1"), a_draft("s1", version=2)
    async with store.work(BRAND) as work:
        await work.drafts.add(first)
        await work.drafts.add(second)
        assert await work.drafts.decide(second, "approved", by="Laras", reason="fine", at=later(1))
        assert not await work.drafts.decide(second, "rejected", by="Budi", reason="no", at=later(2))
        decided = a_draft("s1", version=2, state="approved", decided_by="Laras", reason="fine", decided_at=later(1))
        assert await work.drafts.decided_since(NOW) == (decided,)
        assert await work.drafts.decided_since(later(2)) == ()
        assert await work.drafts.waiting() == (first,)


async def test_what_became_of_a_campaigns_drafts_is_known_by_community(store: Store) -> None:
    """Another campaign's, and another community's, are their own."""
    async with store.work(BRAND) as work:
        assert await work.shares.add(a_share("s1", campaign="news", state="awaiting_approval"))
        assert await work.shares.add(a_share("s2", campaign="tips", post_id="p2"))
        await work.drafts.add(a_draft("s1"))
        await work.drafts.add(a_draft("s2", state="approved"))
        assert await work.drafts.states("news", "warung") == {"waiting"}
        assert await work.drafts.states("tips", "warung") == {"approved"}
        await work.shares.move("s1", "skipped", reason="its time is over", until=None, at=NOW)
        assert await work.drafts.states("news", "warung") == frozenset()
        assert await work.drafts.states("news", "roasters") == frozenset()
