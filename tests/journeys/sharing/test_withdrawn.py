"""Posts that are deleted from the blog: what was posted of them goes, or says so, once their address says it too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import FeedFault
from bot.flows.withdraw_shares import ASK_AGAIN, WithdrawShares
from bot.ports.reading import Fetched, Validators
from bot.ports.records import Sighting
from tests.journeys.sharing.scene import CONFIG, Scene, opened


class Pages:
    """The blog's own pages: all answer but those that are gone."""

    def __init__(self) -> None:
        self.faults: dict[str, FeedFault] = {}
        self.asked: list[str] = []

    async def fetch(self, url: str, validators: Validators) -> Fetched:
        """Give the page, or say what became of it."""
        self.asked.append(url.rpartition("/")[2])
        if fault := self.faults.get(self.asked[-1]):
            raise fault
        return Fetched(body=b"<p>here", content_type="text/html", url=url, moved_to=None, validators=validators)

    async def close(self) -> None:
        """Hold nothing."""


def _looking(scene: Scene, pages: Pages, *, able: bool = True) -> WithdrawShares:
    return WithdrawShares(
        scene.brand,
        store=scene.store,
        fetcher=pages,
        limits={"sandbox": scene.platform.limits},
        editing={"sandbox"} if able else set(),
        deleting={"sandbox"} if able else set(),
        clock=scene.clock,
    )


async def _publish_three(scene: Scene) -> None:
    """Let three posts be shared, and the feed list the first and the last of them later."""
    for name in ("satu", "dua", "tiga"):
        await scene.publish(name, title=f"Tulisan {name}")
        await scene.act()
        await scene.pass_time(timedelta(hours=1))
    async with scene.store.work("kopi") as work:
        for post in await work.feeds.posts(["satu", "tiga"]):
            again = Sighting(
                source="blog", post_id=post.id, verdict="same", evidence=(), reason="", seen_at=scene.clock.now()
            )
            await work.feeds.save_posts([(post, (), again)])
        await work.commit()


@pytest.mark.parametrize("fault", [FeedFault("gone", gone=True), FeedFault("nothing here", not_found=True)])
async def test_what_is_gone_is_taken_back(tmp_path: Path, fault: FeedFault) -> None:
    """The others stay, and it is not posted again."""
    async with opened(tmp_path, CONFIG.replace("on_edit: update", "on_delete: remove")) as scene:
        await _publish_three(scene)
        pages = Pages()
        pages.faults["dua"] = fault
        look = _looking(scene, pages)
        assert (await look(), await look()) == (1, 0)
        await scene.act()
        assert pages.asked == ["dua"]
        assert [text.partition("\n")[0] for text in scene.stands()] == [
            "Baru di blog: Tulisan satu",
            "Baru di blog: Tulisan tiga",
        ]


async def test_what_is_gone_says_so(tmp_path: Path) -> None:
    """In the community's language, in place."""
    async with opened(tmp_path, CONFIG.replace("on_edit: update", "on_delete: edit")) as scene:
        await _publish_three(scene)
        pages = Pages()
        pages.faults["dua"] = FeedFault("gone", gone=True)
        assert await _looking(scene, pages)() == 1
        await scene.act()
        assert scene.stands()[1] == "“Tulisan dua” sudah tidak ada di blog."
        assert len(scene.stands()) == 3


async def test_a_post_that_still_answers_stays(tmp_path: Path) -> None:
    """It is asked again only hours later; trouble of the server is no deletion either."""
    async with opened(tmp_path, CONFIG.replace("on_edit: update", "on_delete: remove")) as scene:
        await _publish_three(scene)
        pages = Pages()
        look = _looking(scene, pages)
        assert (await look(), await look()) == (0, 0)
        await scene.pass_time(ASK_AGAIN)
        pages.faults["dua"] = FeedFault("has trouble of its own (503)")
        assert await look() == 0
        await scene.act()
        assert pages.asked == ["dua", "dua"]
        assert len(scene.stands()) == 3


async def test_where_nothing_can_be_changed_a_person_is_told(tmp_path: Path) -> None:
    """The share says so, and is looked at no more."""
    async with opened(tmp_path, CONFIG.replace("on_edit: update", "on_delete: edit")) as scene:
        await _publish_three(scene)
        pages = Pages()
        pages.faults["dua"] = FeedFault("gone", gone=True)
        assert await _looking(scene, pages, able=False)() == 1
        (share,) = [share for share in await scene.shares() if share.post_id == "dua"]
        assert share.reason == "the post is gone from the blog, and what was posted can't be changed there"


async def test_a_campaign_that_does_not_ask_for_it_asks_no_page(tmp_path: Path) -> None:
    """Without `on_delete` nothing is looked for."""
    async with opened(tmp_path) as scene:
        await _publish_three(scene)
        pages = Pages()
        pages.faults["dua"] = FeedFault("gone", gone=True)
        assert await _looking(scene, pages)() == 0
        assert pages.asked == []
