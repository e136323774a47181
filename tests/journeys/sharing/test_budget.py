"""Posts that nobody wants: after enough of it no more are posted, until answers have been of help."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.campaigns.etiquette import BUDGET_LOOK
from bot.flows.foresee_posts import foresee_posts
from bot.flows.read_reception import read_receptions
from bot.flows.receive_events import ReceiveEvents
from bot.messages import ChannelRef, IncomingMessage, MessageRef, Person, PersonRef
from tests.journeys.sharing.scene import CONFIG, Scene, opened

WARUNG = ChannelRef(platform="sandbox", space="warung", channel="warung")
SMALL = CONFIG.replace("max_posts: none}", "max_posts: none, link_budget: {start: 2}}")


async def _post(scene: Scene, *names: str) -> list[str]:
    for name in names:
        await scene.publish(name, title=f"Tulisan {name}")
        await scene.act()
    return [message.id for message in scene.platform.transcript("warung") if message.author is None]


async def _reply(scene: Scene, to: str, text: str) -> None:
    receive = ReceiveEvents(scene.brand, "sandbox", limits=scene.platform.limits, store=scene.store, clock=scene.clock)
    said = IncomingMessage(
        event_id=f"reply-{to}-{text}",
        at=scene.clock.now(),
        channel=WARUNG,
        message_id=f"reply-{to}-{text}",
        author=Person(ref=PersonRef(platform="sandbox", id="dewi"), name="Dewi"),
        text=text,
        reply_to=MessageRef(channel=WARUNG, id=to, author=None),
        replies_to_bot=True,
    )
    await receive((said,))


async def test_who_is_told_to_stop_stops(tmp_path: Path) -> None:
    """Each post counts once, however often it is said of it; the reason is in the plan and the figure falls."""
    async with opened(tmp_path, SMALL) as scene:
        first, second = await _post(scene, "satu", "dua")
        await _reply(scene, first, "stop")
        await _reply(scene, first, "spam")
        third = (await _post(scene, "tiga"))[2]
        await _reply(scene, second, "jangan promosi di sini")
        await _reply(scene, third, "menarik juga")
        said = len(scene.stands())
        await scene.publish("empat", title="Tulisan empat")
        await scene.act()
        assert len(scene.stands()) == said
        held = [share.reason for share in await scene.shares() if share.state == "held"]
        assert held == [
            (
                "the link budget of warung is empty: 0 left after 0 helpful answers and 2 bad receptions in 90 days; "
                "it fills when members find answers helpful"
            )
        ]
        (line,) = await foresee_posts(scene.brand, store=scene.store, now=scene.clock.now(), days=7)
        assert (line.post, line.verdict, line.reason) == ("Tulisan empat", "hold", held[0])
        async with scene.store.read("kopi") as work:
            (warung,) = await read_receptions(scene.brand, work=work, now=scene.clock.now())
        assert warung.account is not None
        assert warung.account.is_empty
        # three posts, two "stop" (6) and one person who talked about one (1/2), but replied to each
        assert warung.acceptance == 100 * (1.5 + 1) / (1.5 + 6 + 2)


async def test_a_bad_time_ends(tmp_path: Path) -> None:
    """What happened 90 days ago is held against nobody."""
    async with opened(tmp_path, SMALL) as scene:
        for message_id in await _post(scene, "satu", "dua"):
            await _reply(scene, message_id, "stop")
        await scene.publish("tiga", title="Tulisan tiga")
        await scene.act()
        before = len(scene.stands())
        await scene.pass_time(timedelta(days=90) + BUDGET_LOOK)
        await scene.act()
        assert len(scene.stands()) == before + 1
