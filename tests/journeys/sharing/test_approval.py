"""Editors see a post first: what they approve is posted word for word, and nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows.receive_events import ReceiveEvents
from bot.messages import Person, PersonRef
from tests.journeys.sharing.scene import CONFIG, Scene, opened

WITH_EDITORS = CONFIG.replace(
    "timezone: Asia/Jakarta}",
    "timezone: Asia/Jakarta, approval: always, editors: {channel: meja, expire_after: 6h}}\n"
    'people: {laras: {sandbox: "laras"}}',
)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A community whose posts the editors see first, in their own channel."""
    async with opened(tmp_path, WITH_EDITORS) as opened_scene:
        opened_scene.platform.introduce(Person(ref=PersonRef(platform="sandbox", id="laras"), name="Laras"))
        await opened_scene.publish("satu", title="Panen raya")
        await opened_scene.act()
        yield opened_scene


def shown(scene: Scene) -> list[str]:
    """Return what stands in the editors' channel, the bot's messages only, notices left out."""
    return [each.text for each in scene.platform.transcript("meja") if each.author is None and each.private_to is None]


def told(scene: Scene) -> list[str]:
    """Return what those who pressed a button were told."""
    return [each.text for each in scene.platform.transcript("meja") if each.private_to is not None]


async def hear(scene: Scene) -> None:
    """Let the service hear what was done, and act on it."""
    receive = ReceiveEvents(
        scene.brand,
        "sandbox",
        limits=scene.platform.limits,
        store=scene.store,
        clock=scene.clock,
        tell=lambda ticket, text: scene.platform.acknowledge(ticket, private=True, text=text),
    )
    listening = asyncio.create_task(scene.platform.run(receive))
    await scene.platform.committed()
    listening.cancel()
    await scene.act()


async def press(scene: Scene, who: str, sign: str, *, draft: int = -1) -> None:
    """Press a button below the draft shown last, or another one."""
    drafts = [each for each in scene.platform.transcript("meja") if each.buttons]
    (button,) = [each.id for each in drafts[draft].buttons if each.sign == sign]
    scene.platform.presses("meja", who, drafts[draft].id, button)
    await hear(scene)


async def states(scene: Scene) -> list[tuple[str, str]]:
    """Return how the shares stand, and why."""
    return [(share.state, share.reason) for share in await scene.shares()]


async def test_what_is_approved_is_posted_as_it_was_shown(scene: Scene) -> None:
    """Until then nothing is; who decided is kept, and the draft says so and has no buttons any more."""
    heading, text = shown(scene)
    assert "warung (news)" in heading
    assert await states(scene) == [("awaiting_approval", "version 1 waits for the editors")]
    assert scene.stands() == []

    await press(scene, "laras", "✅")

    assert scene.stands() == [text]
    assert told(scene) == ["Disetujui oleh Laras."]
    assert await states(scene) == [("queued", "welcome now")]
    assert "Disetujui oleh Laras." in shown(scene)[0]
    assert not any(each.buttons for each in scene.platform.transcript("meja"))
    async with scene.store.read("kopi") as work:
        (decided,) = await work.drafts.decided_since(scene.clock.now() - timedelta(days=1))
    assert (decided.state, decided.decided_by, decided.reason) == (
        "approved",
        "Laras",
        "version 1 approved by Laras",
    )


async def test_what_is_rejected_is_never_posted(scene: Scene) -> None:
    """With a reason a person can read."""
    await press(scene, "laras", "❌")
    assert await states(scene) == [("skipped", "version 1 rejected by Laras")]
    await scene.pass_time(timedelta(days=2))
    await scene.act()
    assert scene.stands() == []


async def test_an_answer_to_a_draft_is_its_next_version(scene: Scene) -> None:
    """It is shown anew, an older version can't be decided on any more, and the new words are what is posted."""
    before = shown(scene)
    first = next(each for each in scene.platform.transcript("meja") if each.buttons)
    (approve,) = [each.id for each in first.buttons if each.sign == "✅"]
    scene.platform.says("meja", "laras", "Panen raya di Gayo, kak!", reply_to=first.id)
    scene.platform.presses("meja", "laras", first.id, approve)
    await hear(scene)
    assert scene.stands() == []
    assert told(scene) == ["Ini versi lama. Silakan putuskan versi 2."]
    assert shown(scene)[len(before) + 1 :] == ["Panen raya di Gayo, kak!"]

    await press(scene, "laras", "✅")
    assert scene.stands() == ["Panen raya di Gayo, kak!"]


async def test_only_the_brands_own_people_decide(scene: Scene) -> None:
    """Whoever else is in the channel is told so, whether they press or write."""
    await press(scene, "tamu", "✅")
    first = next(each for each in scene.platform.transcript("meja") if each.buttons)
    scene.platform.says("meja", "tamu", "Beli sekarang!", reply_to=first.id)
    scene.platform.says("meja", "tamu", "halo semua")
    await hear(scene)
    said = "Hanya tim merek yang bisa memutuskan: mereka yang tercantum di people dalam config.yaml."
    assert told(scene) == [said]
    assert shown(scene)[2:] == [said]
    assert [state for state, _ in await states(scene)] == ["awaiting_approval"]


async def test_a_draft_nobody_decides_on_expires(scene: Scene) -> None:
    """After the time the editors were given; deciding then is refused with the reason."""
    await scene.pass_time(timedelta(hours=6))
    await press(scene, "laras", "✅")
    await scene.act()
    assert await states(scene) == [("skipped", "no editor decided on version 1 in time")]
    assert scene.stands() == []
    assert told(scene) == ["Tidak ada yang memutuskan tepat waktu; ini tidak dikirim."]


async def test_approval_does_not_outrun_good_manners(tmp_path: Path) -> None:
    """What was approved still waits for its community's welcome."""
    config = WITH_EDITORS.replace("max_posts: none", "max_posts: 1 per day")
    async with opened(tmp_path, config) as scene:
        for name in ("satu", "dua"):
            await scene.publish(name, title=f"Cerita {name}")
            await scene.act()
            await press(scene, "laras", "✅")
            await scene.pass_time(timedelta(minutes=1))
        assert len(scene.stands()) == 1
        assert [state for state, _ in await states(scene)] == ["queued", "held"]
        await scene.pass_time(timedelta(days=1))
        await scene.act()
        assert len(scene.stands()) == 2


async def test_what_the_editors_approved_stays_when_the_post_is_edited(scene: Scene) -> None:
    """An edit nobody has seen is not posted over it; the reason says so."""
    await press(scene, "laras", "✅")
    posted = scene.stands()
    await scene.publish("satu", title="Panen gagal")
    await scene.act()
    assert scene.stands() == posted
    assert await states(scene) == [("queued", "the post was edited; what the editors approved stays as it is")]


async def test_the_first_time_opens_the_door(tmp_path: Path) -> None:
    """`first_time`: later posts of the campaign wait while the first is looked at, and go by themselves after."""
    async with opened(tmp_path, WITH_EDITORS.replace("approval: always", "approval: first_time")) as scene:
        for name in ("satu", "dua"):
            await scene.publish(name, title=f"Cerita {name}")
            await scene.act()
        assert sorted(state for state, _ in await states(scene)) == ["awaiting_approval", "held"]
        await press(scene, "laras", "✅")
        await scene.pass_time(timedelta(minutes=11))
        await scene.act()
        assert len(scene.stands()) == 2
