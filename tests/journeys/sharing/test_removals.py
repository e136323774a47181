"""Posts that a community takes away: after the second no more are posted there until a person says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from adapters import catalog
from bot.flows.receive_events import ReceiveEvents
from bot.flows.unshare import unshare
from bot.flows.watch_reception import WITHIN, end_pause
from bot.messages import ChannelRef, MessageDeleted, MessageRef
from tests.journeys.sharing.scene import Scene, opened
from tests.unit.conversation.sample import command

WARUNG = ChannelRef(platform="sandbox", space="warung", channel="warung")


async def _post(scene: Scene, *names: str) -> list[str]:
    """Share these; return the ids of the bot's messages that stand then."""
    for name in names:
        await scene.publish(name, title=f"Tulisan {name}")
        await scene.act()
    return [message.id for message in scene.platform.transcript("warung") if message.author is None]


async def _remove(scene: Scene, *message_ids: str) -> None:
    """Let somebody take messages away, and the bot hear of it; hearing it twice makes no difference."""
    receive = ReceiveEvents(scene.brand, "sandbox", limits=scene.platform.limits, store=scene.store, clock=scene.clock)
    for message_id in message_ids:
        gone = MessageDeleted(
            event_id=f"gone-{message_id}",
            at=scene.clock.now(),
            channel=WARUNG,
            message=MessageRef(channel=WARUNG, id=message_id, author=None),
        )
        await receive((gone,))
        await receive((gone,))


async def _held(scene: Scene) -> list[str]:
    return [share.reason for share in await scene.shares() if share.state == "held"]


async def test_two_removals_pause_the_posts_until_somebody_resumes(tmp_path: Path) -> None:
    """One is no matter. What waits says why, and goes out once a person has spoken with the admins."""
    async with opened(tmp_path) as scene:
        first, second = await _post(scene, "satu", "dua")
        await _remove(scene, first)
        third = (await _post(scene, "tiga"))[-1]
        assert await _held(scene) == []
        await _remove(scene, second)
        await scene.publish("empat", title="Tulisan empat")
        await scene.act()
        (reason,) = await _held(scene)
        assert reason.startswith("posting to warung is paused since 2026-11-23 08:00 UTC: 2 posts were removed there")
        async with scene.store.work("kopi") as work:
            assert await end_pause("community", "warung", work=work)
            await work.commit()
        await scene.pass_time(timedelta(minutes=1))
        await scene.act()
        assert await _held(scene) == []
        await _remove(scene, third)
        async with scene.store.read("kopi") as work:
            assert [pause.scope for pause in await work.pauses.all(scene.clock.now())] == ["posts"]


async def test_removals_of_long_ago_and_of_others_are_forgotten(tmp_path: Path) -> None:
    """A month later the first does not count any more, and what members delete of their own never does."""
    async with opened(tmp_path) as scene:
        first, second = await _post(scene, "satu", "dua")
        await _remove(scene, first, "somebody-elses", "another")
        await scene.pass_time(WITHIN + timedelta(seconds=1))
        await _remove(scene, second)
        async with scene.store.read("kopi") as work:
            assert await work.pauses.all(scene.clock.now()) == ()


async def test_what_the_brand_takes_back_is_no_removal(tmp_path: Path) -> None:
    """Its platform tells of these deletions as well."""
    async with opened(tmp_path) as scene:
        ids = await _post(scene, "satu", "dua")
        for name in ("satu", "dua"):
            await unshare(scene.brand, name, store=scene.store, deleting=set(catalog.kinds()), clock=scene.clock)
        await scene.act()
        await _remove(scene, *ids)
        async with scene.store.read("kopi") as work:
            assert await work.pauses.all(scene.clock.now()) == ()


async def test_answers_go_on_while_posts_are_paused(tmp_path: Path) -> None:
    """A member who asks is answered: the pause covers what is posted unasked."""
    async with opened(tmp_path) as scene:
        await _remove(scene, *await _post(scene, "satu", "dua"))
        said = len(scene.stands())
        asked = scene.platform.says("warung", "sari", "/bantuan")
        receive = ReceiveEvents(
            scene.brand, "sandbox", limits=scene.platform.limits, store=scene.store, clock=scene.clock
        )
        await receive((replace(command("help", channel=WARUNG), message_id=asked),))
        await scene.act()
        assert len(scene.stands()) == said + 1
