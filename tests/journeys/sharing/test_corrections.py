"""An edited post is corrected where it stands: once, in order, and never behind a later correction."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.journeys.sharing.scene import CONFIG, opened, read_brand


async def test_an_edit_changes_what_was_posted(tmp_path: Path) -> None:
    """No second message: the first one says the new words."""
    async with opened(tmp_path) as scene:
        await scene.publish("v60", title="Air 96 derajat")
        await scene.act()
        await scene.publish("v60", title="Air 94 derajat")
        await scene.act()
        await scene.act()
        (said,) = scene.stands()
        async with scene.store.read("kopi") as work:
            sent = await work.outbox.sent_since(scene.clock.now() - timedelta(hours=1))
    assert "94" in said
    assert "96" not in said
    assert [message.kind for message in sent] == ["post", "edit"]


async def test_an_edit_before_the_post_goes_out_is_simply_posted(tmp_path: Path) -> None:
    """What is held says the newest words when it is let out, and nothing is left to correct."""
    text = CONFIG.replace("max_posts: none", "max_posts: none, spacing: 2h")
    async with opened(tmp_path, text) as scene:
        await scene.publish("first")
        await scene.publish("v60", title="Air 96 derajat")
        await scene.act()
        await scene.publish("v60", title="Air 94 derajat")
        await scene.pass_time(timedelta(hours=2))
        await scene.act()
        await scene.act()
        async with scene.store.read("kopi") as work:
            sent = await work.outbox.sent_since(scene.clock.now() - timedelta(days=1))
        said = scene.stands()[1]
    assert "94" in said
    assert [message.kind for message in sent] == ["post", "post"]


async def test_a_later_edit_takes_the_place_of_one_that_waits(tmp_path: Path) -> None:
    """Two corrections while the platform was away are one edit, with the last words."""
    async with opened(tmp_path) as scene:
        await scene.publish("v60", title="satu")
        await scene.act()
        await scene.publish("v60", title="dua")
        scene.platform.suffer("away")
        await scene.act()
        await scene.publish("v60", title="tiga")
        await scene.act(send=False)
        await scene.pass_time(timedelta(minutes=5))
        await scene.act()
        (said,) = scene.stands()
        async with scene.store.read("kopi") as work:
            left = await work.outbox.unsettled()
    assert "tiga" in said
    assert left == ()


async def test_a_taken_back_edit_after_a_lost_answer_is_still_applied(tmp_path: Path) -> None:
    """The platform may have taken the edit whose answer was lost, so going back to the old words is an edit too."""
    async with opened(tmp_path) as scene:
        await scene.publish("v60", title="satu")
        await scene.act()
        scene.platform.suffer("answer_lost")
        await scene.publish("v60", title="dua")
        await scene.act()
        await scene.publish("v60", title="satu")
        await scene.act(send=False)
        await scene.pass_time(timedelta(minutes=5))
        await scene.act()
        (said,) = scene.stands()
    assert "satu" in said


async def test_an_edit_nobody_can_see_asks_nothing_of_the_platform(tmp_path: Path) -> None:
    """Where the template does not show what has changed, nothing is edited."""
    text = CONFIG.replace("on_edit: update", "on_edit: update, template: '{{ post.title }} {{ link }}'")
    async with opened(tmp_path, text) as scene:
        await scene.publish("v60", title="satu")
        await scene.act()
        await scene.publish("v60", title="satu", summary="Lain.")
        await scene.act()
        (message,) = scene.platform.transcript("warung")
        (share,) = await scene.shares()
    assert message.edited_at is None
    assert (share.revision, share.reason) == (2, "the post was edited, but not what is shown of it")


async def test_a_text_that_grows_past_its_messages_says_so(tmp_path: Path) -> None:
    """The messages there are get the new words; the share says that the rest is not shown."""
    text = CONFIG.replace("on_edit: update", "on_edit: update, template: '{{ post.summary }}'")
    async with opened(tmp_path, text) as scene:
        await scene.publish("v60", summary="satu")
        await scene.act()
        await scene.publish("v60", summary="kopi " * 1500)
        await scene.act()
        (said,) = scene.stands()
        (share,) = await scene.shares()
    assert said.startswith("kopi kopi")
    assert share.reason.startswith("corrected in place, but 1 more messages would be needed")


async def test_ignored_edits_stay_ignored_when_the_campaign_changes_its_mind(tmp_path: Path) -> None:
    """`on_edit: update` is no reason to rewrite what was settled before it was written."""
    async with opened(tmp_path, CONFIG.replace("on_edit: update", "on_edit: ignore")) as scene:
        await scene.publish("v60", title="satu")
        await scene.act()
        await scene.publish("v60", title="dua")
        await scene.act()
        scene.brand = read_brand(tmp_path, CONFIG)
        await scene.act()
        (said,) = scene.stands()
        (share,) = await scene.shares()
    assert "satu" in said
    assert share.revision == 2


async def test_a_platform_that_can_not_edit_is_told_of(tmp_path: Path) -> None:
    """The reason is kept with the share."""
    async with opened(tmp_path) as scene:
        await scene.publish("v60", title="satu")
        await scene.act()
        await scene.publish("v60", title="dua")
        await scene.act(edits=False)
        (share,) = await scene.shares()
    assert share.reason == "the post was edited, but sandbox can't change what was posted"
