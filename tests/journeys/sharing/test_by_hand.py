"""What a person does by hand: announce, take back, look first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import SettingsFault
from bot.flows.announce import announce
from bot.flows.preview_post import preview_post
from bot.flows.unshare import unshare
from tests.journeys.sharing.scene import CONFIG, opened


async def test_an_announcement_waits_for_its_welcome_like_a_post(tmp_path: Path) -> None:
    """Spacing holds it; then it says what was written."""
    async with opened(tmp_path, CONFIG.replace("max_posts: none", "max_posts: none, spacing: 1h")) as scene:
        await scene.publish("v60")
        await scene.act()
        holds = await announce(scene.brand, "Besok libur.", ["warung"], store=scene.store, clock=scene.clock)
        await scene.act()
        before = scene.stands()
        await scene.pass_time(timedelta(hours=1))
        await scene.act()
        after = scene.stands()
    assert holds["warung"] is not None
    assert holds["warung"].rule == "spacing"
    assert len(before) == 1
    assert after[1:] == ["Besok libur."]


async def test_the_same_announcement_twice_is_two(tmp_path: Path) -> None:
    """Nobody else decides that a person has said it already."""
    async with opened(tmp_path) as scene:
        for _ in range(2):
            await announce(scene.brand, "Buka!", ["warung"], store=scene.store, clock=scene.clock)
        await scene.act()
        assert scene.stands() == ["Buka!", "Buka!"]


async def test_what_may_not_be_said_is_not_announced(tmp_path: Path) -> None:
    """`never_say` and unknown places are refused at once."""
    async with opened(tmp_path, CONFIG.replace("id: kopi}", "id: kopi, never_say: [termurah]}")) as scene:
        with pytest.raises(SettingsFault, match="termurah"):
            await announce(scene.brand, "Kopi termurah!", ["warung"], store=scene.store, clock=scene.clock)
        with pytest.raises(SettingsFault, match="no community warnug"):
            await announce(scene.brand, "Halo", ["warnug"], store=scene.store, clock=scene.clock)
        await scene.act()
        assert scene.stands() == []


async def test_a_post_taken_back_is_deleted_and_not_shared_again(tmp_path: Path) -> None:
    """Also when it is edited or read anew."""
    async with opened(tmp_path) as scene:
        await scene.publish("v60", title="Salah kirim")
        await scene.act()
        (taken,) = await unshare(scene.brand, "salah kirim", store=scene.store, deleting={"sandbox"}, clock=scene.clock)
        await scene.act()
        await scene.publish("v60", title="Lagi")
        await scene.act()
        assert scene.stands() == []
    assert taken.by_hand is False


async def test_it_says_where_a_post_can_not_be_deleted(tmp_path: Path) -> None:
    """A platform that can't delete leaves it to a person."""
    async with opened(tmp_path) as scene:
        await scene.publish("v60")
        await scene.act()
        (taken,) = await unshare(
            scene.brand, "https://kopitani.example/v60", store=scene.store, deleting=(), clock=scene.clock
        )
        await scene.act()
        assert len(scene.stands()) == 1
    assert (taken.by_hand, taken.what) == (True, "sandbox can't delete; delete it there by hand")


async def test_what_waits_is_taken_back_before_it_is_posted(tmp_path: Path) -> None:
    """A held share goes nowhere."""
    async with opened(tmp_path, CONFIG.replace("max_posts: none", "max_posts: none, spacing: 1h")) as scene:
        await scene.publish("first")
        await scene.publish("v60", title="Dua")
        await scene.act()
        (taken,) = await unshare(scene.brand, "Dua", store=scene.store, deleting={"sandbox"}, clock=scene.clock)
        await scene.pass_time(timedelta(hours=2))
        await scene.act()
        assert len(scene.stands()) == 1
    assert taken.what == "had not been posted, and will not be"


async def test_a_preview_is_what_is_posted(tmp_path: Path) -> None:
    """Word for word, with lengths in the platform's unit."""
    async with opened(tmp_path) as scene:
        await scene.publish("v60", title="Resep")
        shown = await preview_post(
            scene.brand,
            "news",
            "warung",
            store=scene.store,
            limits=scene.platform.limits,
            now=scene.clock.now(),
        )
        await scene.act()
        (said,) = scene.stands()
    assert shown.messages == ((said, len(said)),)
    assert shown.post == "Resep"
