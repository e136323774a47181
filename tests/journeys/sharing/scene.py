"""A brand with one community and one blog whose posts the test writes; everything else is real."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters import catalog
from adapters.sandbox.adapter import SandboxPlatform
from bot.assemble import places_on
from bot.brand import Brand
from bot.clock import ReplayClock
from bot.config.load import load
from bot.flows.deliver_posts import DeliverPosts
from bot.flows.plan_campaigns import plan_campaigns
from bot.flows.receive_events import ReceiveEvents
from bot.flows.release_shares import release_shares
from bot.flows.update_shares import update_shares
from bot.messages import ChannelRef, IncomingMessage, Person, PersonRef
from bot.ports.platform import Editing
from bot.ports.records import Post, Share, Sighting, SourceState
from bot.store.database import SqlStore

#: A Monday, 15:00 in Jakarta.
START = datetime(2026, 11, 23, 8, tzinfo=UTC)

CONFIG = """
brand: {name: Kopi Tani, id: kopi}
defaults: {quiet_hours: none, max_posts: none}
communities:
  warung: {platform: sandbox, language: id, timezone: Asia/Jakarta}
sources:
  blog: {type: feed, url: "https://kopitani.example/feed.xml"}
campaigns:
  news: {from: blog, to: warung, when: as_published, on_edit: update}
"""


def read_brand(folder: Path, text: str = CONFIG) -> Brand:
    """Read a configuration as the service does."""
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    return load(folder / "config.yaml", kinds=catalog.kinds(), environment={}).brand_or_refuse()


@dataclass(kw_only=True)
class Scene:
    """What the test acts on and looks at."""

    brand: Brand
    store: SqlStore
    clock: ReplayClock
    platform: SandboxPlatform
    _posts: dict[str, Post] = field(default_factory=dict)

    async def publish(self, name: str, *, title: str = "Satu", summary: str = "Ringkas.", **more: object) -> None:
        """Let the feed bring a post, or a new version of the one of that name."""
        old, now = self._posts.get(name), self.clock.now()
        post = Post(
            id=name,
            link=f"https://kopitani.example/{name}",
            title=title,
            summary=summary,
            text="",
            author=None,
            tags=(),
            image_url=None,
            published_at=old.published_at if old else now,
            first_seen_at=old.first_seen_at if old else now,
            in_first_reading=False,
            content_hash=hashlib.sha256(f"{title}{summary}".encode()).hexdigest(),
            revision=old.revision + 1 if old else 1,
        )
        post = replace(post, **more)  # type: ignore[arg-type]  # fields of a post
        self._posts[name] = post
        verdict = "changed" if old else "new"
        sighting = Sighting(source="blog", post_id=name, verdict=verdict, evidence=(), reason="", seen_at=now)
        async with self.store.work("kopi") as work:
            await work.feeds.save_state(SourceState(source="blog", asked_url="", url="", first_read_at=now))
            await work.feeds.save_post(post, {("link", name)}, sighting)
            await work.commit()

    async def act(self, *, send: bool = True, edits: bool = True) -> None:
        """Let the planner and the sender do what is due now."""
        limits = {"sandbox": self.platform.limits}
        editing = {"sandbox"} if edits and isinstance(self.platform, Editing) else set()
        await plan_campaigns(self.brand, store=self.store, clock=self.clock)
        await release_shares(self.brand, store=self.store, limits=limits, clock=self.clock)
        await update_shares(self.brand, store=self.store, limits=limits, editing=editing, clock=self.clock)
        deliver = DeliverPosts(self.brand, store=self.store, platforms={"sandbox": self.platform}, clock=self.clock)
        while send and await deliver():
            pass

    async def pass_time(self, span: timedelta) -> None:
        """Move the clock; nobody waits through it."""
        await self.clock.advance(self.clock.now() + span, workers=0)

    async def somebody_writes(self, number: int) -> None:
        """Let a member write among members."""
        receive = ReceiveEvents(self.brand, "sandbox", limits=self.platform.limits, store=self.store, clock=self.clock)
        ref = PersonRef(platform="sandbox", id="dewi")
        channel = ChannelRef(platform="sandbox", space="warung", channel="warung")
        said = IncomingMessage(
            event_id=f"e{number}",
            at=self.clock.now(),
            channel=channel,
            message_id=f"said{number}",
            author=Person(ref=ref, name="Dewi"),
            text="pagi semua",
        )
        await receive((said,))

    async def shares(self) -> tuple[Share, ...]:
        """Return every share there is."""
        async with self.store.read("kopi") as work:
            return await work.shares.recent(START - timedelta(days=1))

    def stands(self) -> list[str]:
        """Return what the bot's messages say now."""
        return [message.text for message in self.platform.transcript("warung") if message.author is None]


@asynccontextmanager
async def opened(folder: Path, text: str = CONFIG) -> AsyncIterator[Scene]:
    """Open a scene; the campaigns have begun before anything is published."""
    brand = read_brand(folder, text)
    store = SqlStore(f"sqlite:///{folder / 'test.db'}")
    await store.open()
    clock = ReplayClock(START)
    try:
        places = places_on(brand, "sandbox")
        platform = SandboxPlatform(places=places, now=clock.now, run_id="run")
        await store.remember_brand("kopi", "Kopi Tani", given=True, now=START)
        scene = Scene(brand=brand, store=store, clock=clock, platform=platform)
        await scene.act()
        await scene.pass_time(timedelta(seconds=1))
        yield scene
    finally:
        await store.close()
