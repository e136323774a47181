"""Posts wait for a pause in the talk and keep their distance; digests and variants are what the file says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.flows.foresee_posts import foresee_posts
from tests.journeys.sharing.scene import CONFIG, opened

LULL = CONFIG.replace("max_posts: none", "max_posts: none, lull: 5m, lull_wait: 30m")
DIGEST = CONFIG.replace(
    "when: as_published, on_edit: update",
    "when: monday 16:00, timezone: Asia/Jakarta, digest: {period: 7d, max_items: 2, skip_if_fewer_than: 2}",
)
VARIANTS = CONFIG.replace(
    "on_edit: update",
    "variants: {ask: {weight: 50, opening: '{{ post.title }}?'}, tell: {weight: 50, opening: Baru}}, "
    "template: '{{ opening }}: {{ link }}'",
)


async def test_a_post_waits_until_nobody_has_written_for_the_lull(tmp_path: Path) -> None:
    """It is held with the reason while people talk, and goes out when they have stopped."""
    async with opened(tmp_path, LULL) as scene:
        await scene.somebody_writes(1)
        await scene.publish("v60")
        await scene.act()
        (held,) = await scene.shares()
        before = scene.stands()
        await scene.pass_time(timedelta(minutes=5))
        await scene.act()
        after = scene.stands()
    assert (before, held.state, held.lull_since) == ([], "held", held.created_at)
    assert held.reason == "people are talking in warung: it waits until nobody has written for 5 min, at most 30 min"
    assert len(after) == 1


async def test_a_post_waits_no_longer_than_lull_wait(tmp_path: Path) -> None:
    """A talk that never ends does not keep it away."""
    async with opened(tmp_path, LULL) as scene:
        await scene.publish("v60")
        waited = timedelta(0)
        for number in range(20):
            await scene.somebody_writes(number)
            await scene.act()
            if scene.stands():
                break
            await scene.pass_time(timedelta(minutes=3))
            waited += timedelta(minutes=3)
    assert waited == timedelta(minutes=30)


async def test_the_plan_shows_the_wait_for_a_lull(tmp_path: Path) -> None:
    """`plan` names the rule and the moment."""
    async with opened(tmp_path, LULL) as scene:
        await scene.somebody_writes(1)
        await scene.publish("v60")
        (line,) = await foresee_posts(scene.brand, store=scene.store, now=scene.clock.now(), days=1)
    assert (line.verdict, line.at) == ("hold", scene.clock.now() + timedelta(minutes=5))
    assert "people are talking in warung" in line.reason


async def test_posts_keep_their_distance(tmp_path: Path) -> None:
    """Three posts at once are three moments, each `spacing` after the one before."""
    async with opened(tmp_path, CONFIG.replace("max_posts: none", "max_posts: none, spacing: 45m")) as scene:
        for name in ("a", "b", "c"):
            await scene.publish(name)
        counts = []
        for _ in range(3):
            await scene.act()
            counts.append(len(scene.stands()))
            await scene.pass_time(timedelta(minutes=45))
    assert counts == [1, 2, 3]


async def test_a_digest_tells_the_newest_of_its_period_once(tmp_path: Path) -> None:
    """One message per slot; what it left out or told of is not told of again."""
    async with opened(tmp_path, DIGEST) as scene:
        for name in ("a", "b", "c"):
            await scene.publish(name, title=f"Kisah {name}")
            await scene.pass_time(timedelta(minutes=1))
        await scene.pass_time(timedelta(hours=1))
        await scene.act()
        await scene.act()
        first = scene.stands()
        await scene.publish("d")
        await scene.pass_time(timedelta(days=7))
        await scene.act()
        async with scene.store.read("kopi") as work:
            details = [entry.detail for entry in await work.shares.ledger(scene.clock.now() - timedelta(days=30))]
    assert first == [
        "Yang baru di blog:\n\n- Kisah c\n  https://kopitani.example/c\n- Kisah b\n  https://kopitani.example/b"
    ]
    assert scene.stands() == first
    assert details == ["1 to share", "too few new posts for a digest"]


async def test_each_slot_has_a_digest_of_its_own(tmp_path: Path) -> None:
    """Three weeks with two posts each are three messages."""
    async with opened(tmp_path, DIGEST) as scene:
        counts = []
        for week in range(3):
            await scene.publish(f"a{week}")
            await scene.publish(f"b{week}")
            await scene.pass_time(timedelta(days=7 if week else 0, hours=0 if week else 2))
            await scene.act()
            counts.append(len(scene.stands()))
    assert counts == [1, 2, 3]


async def test_a_variant_is_kept_by_post_and_community(tmp_path: Path) -> None:
    """Each share has one, and says what it begins with."""
    async with opened(tmp_path, VARIANTS) as scene:
        for number in range(20):
            await scene.publish(f"p{number}", title=f"T{number}")
        await scene.act()
        shares = {share.post_id: share.variant for share in await scene.shares()}
        said = scene.stands()
    openings = {"ask": "T{}?", "tell": "Baru"}
    expected = {
        f"{openings[variant].format(name[1:])}: https://kopitani.example/{name}" for name, variant in shares.items()
    }
    assert set(said) == expected
    assert set(shares.values()) == {"ask", "tell"}
