"""What `bot.ports.store.Feeds` promises, on every database."""

from __future__ import annotations

from dataclasses import replace

from bot.ports.records import SourceState
from bot.ports.store import Store
from tests.contract.store_sample import BRAND, NOW, a_post, a_share, a_sighting, a_source_state, later


async def test_where_a_feed_stands_is_remembered(store: Store) -> None:
    """Nothing before it was tried; then the last state saved, whole, also when it takes facts back."""
    first = a_source_state()
    bare = SourceState(source="blog", asked_url="https://new.example/feed", url="https://new.example/feed")
    async with store.work(BRAND) as work:
        assert await work.feeds.state("blog") is None
        await work.feeds.save_state(first)
        assert await work.feeds.state("blog") == first
        await work.feeds.save_state(bare)
        assert await work.feeds.state("blog") == bare
        assert await work.feeds.state("news") is None


async def test_a_post_is_found_by_each_of_its_evidence(store: Store) -> None:
    """Every piece leads to the post, however long it is; a piece of another kind or value leads nowhere."""
    long = ("guid", "x" * 20_000)
    async with store.work(BRAND) as work:
        await work.feeds.save_post(a_post("p1"), [long, ("link", "https://kopi.example/p1")], a_sighting("p1"))
        asked = [long, ("link", "https://kopi.example/p1"), ("content", "x" * 20_000), ("link", "elsewhere")]
        assert await work.feeds.find(asked) == {long: "p1", ("link", "https://kopi.example/p1"): "p1"}
        assert await work.feeds.find([]) == {}


async def test_evidence_stays_with_the_post_it_first_proved(store: Store) -> None:
    """A second post that offers known evidence does not take it away."""
    piece = ("guid", "1")
    async with store.work(BRAND) as work:
        await work.feeds.save_post(a_post("p1"), [piece], a_sighting("p1"))
        await work.feeds.save_post(a_post("p2"), [piece], a_sighting("p2"))
        assert await work.feeds.find([piece]) == {piece: "p1"}


async def test_a_correction_takes_the_posts_place(store: Store) -> None:
    """One post, in its last wording, with the new evidence besides the old and the last verdict only."""
    corrected = a_post("p1", title="Better", tags=(), author=None, link=None, published_at=None, revision=2)
    verdict = a_sighting("p1", verdict="changed", evidence=(), reason="the title changed", seen_at=later(9))
    async with store.work(BRAND) as work:
        await work.feeds.save_post(a_post("p1"), [("guid", "1")], a_sighting("p1"))
        await work.feeds.save_post(corrected, [("link", "2")], verdict)
        await work.commit()
    async with store.read(BRAND) as work:
        assert await work.feeds.posts() == (corrected,)
        assert await work.feeds.sightings() == (verdict,)
        assert await work.feeds.find([("guid", "1"), ("link", "2")]) == {("guid", "1"): "p1", ("link", "2"): "p1"}


async def test_every_feed_stands_somewhere_once_it_was_tried(store: Store) -> None:
    """All states at once are what each is alone."""
    async with store.work(BRAND) as work:
        await work.feeds.save_state(a_source_state(source="blog"))
        await work.feeds.save_states([a_source_state(source="blog", etag="2"), a_source_state(source="news")])
        assert await work.feeds.states() == {name: await work.feeds.state(name) for name in ("blog", "news")}
        assert (await work.feeds.states())["blog"].etag == "2"


async def test_many_posts_are_saved_as_one_is(store: Store) -> None:
    """New and changed ones with their evidence; one that is the same is left as it stands, its verdict is not."""
    old = a_post("p1")
    seen = [
        (a_post("p1", title="Another"), [("guid", "9")], a_sighting("p1", verdict="same")),
        (a_post("p2"), [("guid", "2"), ("link", "2")], a_sighting("p2")),
    ]
    async with store.work(BRAND) as work:
        await work.feeds.save_post(old, [("guid", "1")], a_sighting("p1"))
        before = await work.feeds.extent()
        await work.feeds.save_posts(seen)
        assert await work.feeds.posts() == (old, a_post("p2"))
        assert await work.feeds.find([("guid", "9"), ("link", "2")]) == {("guid", "9"): "p1", ("link", "2"): "p2"}
        assert {one.post_id: one.verdict for one in await work.feeds.sightings("blog")} == {"p1": "same", "p2": "new"}
        await work.feeds.save_posts([])
        assert before != await work.feeds.extent() == (2, 2, 2)


async def test_a_correction_changes_the_extent(store: Store) -> None:
    """So does a verdict of another feed: whoever remembers the numbers sees that there is something to look at."""
    async with store.work(BRAND) as work:
        assert await work.feeds.extent() == (0, 0, 0)
        await work.feeds.save_post(a_post("p1"), [], a_sighting("p1"))
        await work.feeds.save_posts([(a_post("p1", revision=2), [], a_sighting("p1", verdict="changed"))])
        assert await work.feeds.extent() == (1, 2, 1)
        await work.feeds.save_posts([(a_post("p1"), [], a_sighting("p1", source="news", verdict="same"))])
        assert await work.feeds.extent() == (1, 2, 2)
        assert await work.feeds.of_sources(["blog", "news"]) == await work.feeds.of_source("blog")


async def test_candidates_are_what_no_share_tells_of(store: Store) -> None:
    """Posts of the sources asked for; a share of another community, or of a campaign not asked about, is no matter."""
    async with store.work(BRAND) as work:
        for number in (1, 2, 3):
            post = a_post(f"p{number}", first_seen_at=later(number), published_at=later(number))
            await work.feeds.save_post(post, [], a_sighting(post.id))
        await work.feeds.save_post(a_post("p4", first_seen_at=later(4)), [], a_sighting("p4", source="news"))
        await work.shares.add(a_share("s1", post_id="p1"))
        await work.shares.add(a_share("s2", post_id="p2", community="pasar"))

        async def ids(sources: list[str], shared_by: str | None = None) -> list[str]:
            found = await work.feeds.candidates(sources, "warung", shared_by=shared_by, began_at=later(0), old=False)
            return [post.id for post in found]

        assert await ids(["blog"]) == ["p2", "p3"]
        assert sorted(await ids(["blog", "news"])) == ["p2", "p3", "p4"]
        assert await ids(["blog"], "digest") == ["p1", "p2", "p3"]
        assert await ids(["blog"], "news") == ["p2", "p3"]
        assert await ids(["shop"]) == []
        assert await work.shares.shared_posts("warung", ["p2", "p3"]) == {}
        assert await work.shares.shared_posts("warung", ["p1", "p3"]) == {"p1": frozenset({"news"})}


async def test_old_posts_are_candidates_for_a_backlog_alone(store: Store) -> None:
    """Of the first reading, or seen before the campaign began; with a backlog they come shared or not."""
    posts = [
        a_post("p1", in_first_reading=True, first_seen_at=later(9), published_at=later(1)),
        a_post("p2", first_seen_at=later(2), published_at=later(2)),
        a_post("p3", first_seen_at=later(3), published_at=later(3)),
        a_post("p4", first_seen_at=later(4), published_at=later(4)),
    ]
    async with store.work(BRAND) as work:
        for post in posts:
            await work.feeds.save_post(post, [], a_sighting(post.id))
        await work.shares.add(a_share("s1", post_id="p1"))
        await work.shares.add(a_share("s4", post_id="p4"))
        fresh = await work.feeds.candidates(["blog"], "warung", shared_by=None, began_at=later(3), old=False)
        whole = await work.feeds.candidates(["blog"], "warung", shared_by=None, began_at=later(3), old=True)
        assert [post.id for post in fresh] == ["p3"]
        assert [post.id for post in whole] == ["p1", "p2", "p3"]


async def test_posts_are_listed_oldest_first(store: Store) -> None:
    """By when they were published, or first seen where that is not known; asked for by id, only those."""
    posts = [
        a_post("p3", published_at=later(3)),
        a_post("p1", published_at=later(1)),
        a_post("p2", published_at=None, first_seen_at=later(2)),
    ]
    async with store.work(BRAND) as work:
        for post in posts:
            await work.feeds.save_post(post, [], a_sighting(post.id))
        assert [post.id for post in await work.feeds.posts()] == ["p1", "p2", "p3"]
        assert [post.id for post in await work.feeds.posts({"p3", "p1", "p9"})] == ["p1", "p3"]
        assert await work.feeds.posts(()) == ()


async def test_a_post_of_two_feeds_belongs_to_both(store: Store) -> None:
    """Each feed has its own verdict about a post; without a feed's name all verdicts are returned, newest first."""
    in_blog, in_news = a_sighting("p1"), a_sighting("p1", source="news", verdict="same", seen_at=later(1))
    other = a_sighting("p2", seen_at=later(2))
    async with store.work(BRAND) as work:
        await work.feeds.save_post(a_post("p1"), [], in_blog)
        await work.feeds.save_post(a_post("p1"), [], in_news)
        await work.feeds.save_post(a_post("p2", published_at=later(-1)), [], other)
        assert [post.id for post in await work.feeds.of_source("blog")] == ["p2", "p1"]
        assert await work.feeds.of_source("news") == (a_post("p1"),)
        assert await work.feeds.of_source("shop") == ()
        assert await work.feeds.sightings("news") == (in_news,)
        assert await work.feeds.sightings() == (other, in_news, in_blog)


async def test_a_post_keeps_every_field(store: Store) -> None:
    """Long and foreign words, tags in their order and both answers to yes-or-no come back whole."""
    rich = a_post("p1", title="Kopi ☕ “asli”", text="p\n\n" * 9_000, tags=("ż", "a", "b"), in_first_reading=True)
    async with store.work(BRAND) as work:
        await work.feeds.save_post(rich, [], replace(a_sighting("p1"), evidence=("guid:1", "link:2"), seen_at=NOW))
        assert await work.feeds.posts({"p1"}) == (rich,)
        (seen,) = await work.feeds.sightings("blog")
        assert seen.evidence == ("guid:1", "link:2")
