"""Whatever the campaigns, the posts and the platform's bad days: no community is ever asked too much.

Everything between a post that is known and the message on the platform is real: planning, etiquette, release, outbox
and delivery over SQLite. What arrived, and when, is judged by the community's own wall clock alone.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.brand import (
    AsPublished,
    AtTimes,
    Backlog,
    Campaign,
    Cap,
    Community,
    Cron,
    Digest,
    Every,
    QuietHours,
    Template,
)
from bot.clock import ReplayClock
from bot.errors import PlatformDown
from bot.flows.deliver_posts import DeliverPosts
from bot.flows.plan_campaigns import plan_campaigns
from bot.flows.release_shares import release_shares
from bot.messages import ChannelRef, OutgoingPost, Place, PostedRef
from bot.ports.platform import PlatformLimits, PlatformTraits, Receive
from bot.store.database import SqlStore
from tests.unit.campaigns.clock_changes import changes
from tests.unit.campaigns.sample import COMMUNITY, a_campaign, a_post
from tests.unit.flows.sample import LIMITS, a_brand, save

HOUR = timedelta(hours=1)
SPAN = timedelta(days=3)
WORDS = {"default": Template(text="{{ post.title }}"), "long": Template(text="{{ 'word ' * 60 }}")}

hours = st.integers(0, 23).map(time)
quiet_hours = st.one_of(
    st.none(),
    st.tuples(hours, hours)
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: QuietHours(start=pair[0], end=pair[1])),
)
caps = st.one_of(st.none(), st.builds(Cap, count=st.integers(1, 3), per=st.sampled_from(["day", "week"])))
schedules = st.one_of(
    st.just(AsPublished()),
    st.builds(
        AtTimes,
        weekdays=st.just(frozenset(range(7))),
        times=st.lists(hours, min_size=1, max_size=3, unique=True).map(tuple),
    ),
    st.sampled_from([2, 5, 12]).map(lambda every: Every(interval=every * HOUR)),
    st.sampled_from(["0 */3 * * *", "15 8-20/4 * * *", "30 1 * * *"]).map(lambda text: Cron(expression=text)),
)


@dataclass(frozen=True)
class Story:
    """What happens in one example."""

    start: datetime
    communities: tuple[Community, ...]
    campaigns: tuple[Campaign, ...]
    #: When posts come in, after the start.
    published: tuple[timedelta, ...]
    #: When the platform is away: from, for how long.
    outages: tuple[tuple[timedelta, timedelta], ...]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Draw communities around one of their zone's clock changes, with any manners and any campaigns."""
    zone, change = draw(changes())
    communities = []
    for key in ("warung", "roasters")[: draw(st.integers(1, 2))]:
        place = Place(posts=ChannelRef(platform="sandbox", space=key, channel=key))
        changed = replace(
            COMMUNITY,
            key=key,
            place=place,
            timezone=zone,
            quiet_hours=draw(quiet_hours),
            max_posts=draw(caps),
            spacing=draw(st.sampled_from([0, 1, 5])) * HOUR,
        )
        communities.append(changed)
    campaigns = [
        a_campaign(
            key=f"c{number}",
            communities=tuple(community.key for community in communities),
            when=draw(schedules),
            timezone=zone,
            each_community_time=draw(st.booleans()),
            jitter=draw(st.sampled_from([0, 1])) * HOUR,
            if_missed=SPAN,
            backlog=Backlog(latest=3),
            digest=draw(st.sampled_from([None, None, Digest(period=SPAN, max_items=5, skip_if_fewer_than=1)])),
            share_again=draw(st.booleans()),
            templates={"default": draw(st.sampled_from(sorted(WORDS.items())))[1]},
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    campaigns = [replace(one, digest=None) if isinstance(one.when, AsPublished) else one for one in campaigns]
    spans = st.integers(0, 70).map(lambda hour: hour * HOUR)
    return Story(
        start=change - SPAN / 2,
        communities=tuple(communities),
        campaigns=tuple(campaigns),
        published=tuple(draw(st.lists(spans, min_size=2, max_size=10))),
        outages=tuple(draw(st.lists(st.tuples(spans, st.integers(1, 30).map(lambda hour: hour * HOUR)), max_size=2))),
    )


class Watched:
    """A platform that is away now and then, and remembers what arrived where and when."""

    name = "sandbox"
    traits = PlatformTraits(after_uncertainty="neither")

    def __init__(self, story: Story, clock: ReplayClock) -> None:
        self.limits: PlatformLimits = LIMITS
        self.arrived: list[tuple[datetime, str, str]] = []
        self._story = story
        self._clock = clock

    async def run(self, receive: Receive) -> None:
        """Hear nothing."""

    async def post(self, post: OutgoingPost) -> PostedRef:
        """Take it, or be away."""
        now = self._clock.now()
        if any(self._story.start + at <= now < self._story.start + at + long for at, long in self._story.outages):
            raise PlatformDown("away")
        self.arrived.append((now, post.channel.channel, post.id))
        return PostedRef(channel=post.channel, message_id=f"m-{post.id}")


async def _live(url: str, story: Story) -> tuple[list[tuple[datetime, str, str]], int]:
    """Live through a story; return when and where each share began to arrive, and how many wait at its end."""
    brand = a_brand(*story.campaigns, communities=story.communities)
    store, clock = SqlStore(url), ReplayClock(story.start)
    platform = Watched(story, clock)
    deliver = DeliverPosts(brand, store=store, platforms={"sandbox": platform}, clock=clock)
    coming = sorted(story.start + after for after in story.published)
    try:
        while clock.now() < story.start + SPAN:
            while coming and coming[0] <= clock.now():
                at = coming.pop(0)
                await save(store, a_post(f"p{len(coming)}", published_at=at, first_seen_at=at))
            await plan_campaigns(brand, store=store, clock=clock)
            await release_shares(brand, store=store, limits={"sandbox": LIMITS}, clock=clock)
            while await deliver():
                pass
            async with store.read(brand.id) as work:
                asked = (await work.shares.next_release(), await work.outbox.next_due())
            # so often is enough: a platform that is away is asked every few seconds otherwise
            soon = clock.now() + timedelta(minutes=45)
            due = min([at for at in asked if at is not None] + [clock.now() + 2 * HOUR])
            await clock.advance(max(due, soon), workers=0)
        async with store.read(brand.id) as work:
            share_of = {message.id: message.share_id for message in await work.outbox.sent_since(story.start)}
            waiting = len(await work.shares.waiting()) + len(await work.outbox.unsettled())
    finally:
        await store.close()
    first: dict[str, tuple[datetime, str, str]] = {}
    for at, channel, message_id in platform.arrived:
        share_id = share_of[message_id] or message_id
        first.setdefault(share_id, (at, channel, share_id))
    return sorted(first.values()), waiting


def test_no_community_is_ever_asked_too_much(file_with_tables: Path) -> None:
    """No day or week has more than its cap, nothing arrives in quiet hours, nothing sooner than its spacing."""

    # an example takes most of a second, and making a smaller one of it hundreds
    @settings(max_examples=12, phases=(Phase.explicit, Phase.reuse, Phase.generate))
    @given(story=stories())
    def holds(story: Story) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = shutil.copy(file_with_tables, Path(folder) / "konektor.db")
            arrived, _ = asyncio.run(_live(f"sqlite:///{path}", story))
        for community in story.communities:
            _judge(community, [at for at, channel, _ in arrived if channel == community.key])

    holds()


def _judge(community: Community, arrived: Sequence[datetime]) -> None:
    walls = [at.astimezone(community.timezone) for at in arrived]
    if community.quiet_hours is not None:
        assert [wall for wall in walls if _is_quiet(community.quiet_hours, wall.time())] == []
    if community.max_posts is not None:
        weekly = community.max_posts.per == "week"
        days = Counter(wall.date().isocalendar()[:2] if weekly else wall.date() for wall in walls)
        assert [day for day, count in days.items() if count > community.max_posts.count] == []
    assert [later for before, later in pairwise(arrived) if later - before < community.spacing] == []


def _is_quiet(quiet: QuietHours, at: time) -> bool:
    return quiet.start <= at < quiet.end if quiet.start < quiet.end else at >= quiet.start or at < quiet.end
