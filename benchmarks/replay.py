"""Months of blogs in minutes: whatever happens to their feeds, each post is shared once and each edit applied once.

The whole service runs on a clock that is moved: real HTTP on loopback, real parsing, SQLite, outbox, a sandbox room.
It is stopped and started again now and then.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.sandbox.adapter import SandboxPlatform
from benchmarks.blogs import DAY, HOUR, Blog, BlogServer, make_blogs
from benchmarks.outcome import CannotRun, Outcome
from bot.assemble import load_config, serving
from bot.brand import Brand
from bot.clock import ReplayClock
from bot.log import configure
from bot.schedule import replayed_timers

START = datetime(2026, 8, 24, 2, tzinfo=UTC)
_PROTOCOL = (
    "Blogs in RSS, Atom and JSON Feed with four guid schemes; all that happens is drawn from the seed.",
    "The service reads them over HTTP on loopback on a clock that is moved, and is stopped for hours now and then.",
    "Held against what the server has served: each new post once in the room, none of the archive, each wording served",
    "later applied by one edit, and the room says in the end what was served last.",
    "ours counts every departure from that; the peer is none.",
)
_CONFIG = """
version: 1
brand: {{name: Replay, id: replay, languages: [en]}}
feeds: {{allow_private_addresses: true}}
store: {{url: "sqlite:///{folder}/replay.db"}}
defaults: {{quiet_hours: none, max_posts: none, lull: none, spacing: none}}
communities: {{room: {{platform: sandbox, timezone: Asia/Jakarta}}}}
sources:
  faq: {{type: faq, path: faq.yaml}}
{sources}
answers: {{from: faq, embedder: none}}
campaigns:
  news:
    from: [{names}]
    to: room
    when: as_published
    on_edit: update
    template: "{{{{ post.title }}}}\\n{{{{ post.summary }}}}"
"""
_FAQ = "- {id: hi, question: Is anybody there?, answer: We are., language: en}\n"


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What was found, each a sentence about one post."""

    duplicates: tuple[str, ...]
    misses: tuple[str, ...]
    #: Posts whose edits were not applied once each, or that do not say what was served last.
    edits: tuple[str, ...]
    #: Posts the room should have, and the edits they should have met.
    posts: int
    wordings: int
    #: How often each kind of thing happened to the blogs, and how often a feed said 304.
    happened: Counter[str]

    @property
    def wrong(self) -> tuple[str, ...]:
        """Every departure."""
        return self.duplicates + self.misses + self.edits


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--blogs", type=int, default=30, help="how many blogs")
    parser.add_argument("--days", type=int, default=90, help="how many days")
    parser.add_argument("--seed", type=int, default=1, help="what their story is drawn from")
    parser.add_argument("--check-every", type=int, default=6, metavar="HOURS", help="how often feeds are read")


def measure(options: argparse.Namespace) -> Outcome:
    """Replay, and hold the room against what was served. Raises CannotRun when nothing happened to be held against."""
    configure(json=False, level=logging.ERROR)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="konektor-replay-") as folder:
        found = asyncio.run(
            replay(Path(folder), options.blogs, days=options.days, seed=options.seed, check_every=options.check_every)
        )
    for sentence in found.wrong:
        print(sentence, file=sys.stderr)
    if not found.posts or not found.wordings:
        raise CannotRun("no post was published or edited in so short a time; give more --blogs or --days")
    return Outcome(
        name="replay",
        sizes={"blogs": options.blogs, "days": options.days, "posts": found.posts, "edits": found.wordings},
        ours=len(found.wrong),
        peer=0,
        target=0,
        met=not found.wrong,
        protocol=_PROTOCOL,
        details={
            "duplicates": len(found.duplicates),
            "misses": len(found.misses),
            "edits astray": len(found.edits),
            **{f"happened: {what}": count for what, count in sorted(found.happened.items())},
            "seconds": time.perf_counter() - began,
        },
    )


async def replay(folder: Path, count: int, *, days: int, seed: int, check_every: int = 6) -> Replayed:
    """Let `count` blogs live for `days` with the service reading them, and judge what stands in the room."""
    clock = ReplayClock(START)
    blogs = make_blogs(count, days=days, seed=seed, start=START)
    async with BlogServer(blogs, clock.now) as server:
        brand = _write_brand(folder, blogs, server, check_every)
        platform = _Kept(places=[community.place for community in brand.communities.values()], now=clock.now)
        edits = Counter[str]()
        platform.listen("room", lambda message_id, message: edits.update([message_id] if message else []))
        for until in _segments(days):
            await _serve(brand, platform, clock, START + until)
            # down for some hours; feeds and posts go on meanwhile
            await clock.advance(clock.now() + 7 * HOUR, workers=0)
    return _judge(blogs, platform, edits)


def _segments(days: int) -> Iterator[timedelta]:
    """Where the service is stopped, and the end: time enough after the last post for feeds to come back."""
    yield from (part * days * DAY / 4 for part in (1, 2, 3))
    yield (days + 2) * DAY


async def _serve(brand: Brand, platform: SandboxPlatform, clock: ReplayClock, until: datetime) -> None:
    async with serving(
        brand,
        clock=clock,
        own_process=False,
        platforms={"sandbox": platform},
        timers=replayed_timers,
        glance=None,
    ) as (service, _, _):
        running = asyncio.create_task(service.run())
        await clock.advance(until, workers=service.waiting)
        service.stop()
        await running


class _Kept(SandboxPlatform):
    """A sandbox that outlives its service, as a platform does."""

    async def close(self) -> None:
        """Stay."""


def _write_brand(folder: Path, blogs: Sequence[Blog], server: BlogServer, check_every: int) -> Brand:
    sources = "\n".join(
        f'  {blog.key}: {{type: feed, url: "{server.url(blog)}", check_every: {check_every}h}}' for blog in blogs
    )
    names = ", ".join(blog.key for blog in blogs)
    (folder / "faq.yaml").write_text(_FAQ, encoding="utf-8")
    config = _CONFIG.format(folder=folder, sources=sources, names=names)
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    return load_config(folder / "config.yaml", {}).brand_or_refuse()


def _judge(blogs: Sequence[Blog], platform: SandboxPlatform, edits: Counter[str]) -> Replayed:
    standing: dict[str, list[tuple[str, str]]] = {}
    for message in platform.transcript("room"):
        title = message.text.partition("\n")[0]
        standing.setdefault(title.rpartition(" ")[2], []).append((message.id, message.text))
    duplicates, misses, astray, posts, wordings = [], [], [], 0, 0
    for blog in blogs:
        for code, served in blog.served.items():
            found = standing.pop(code, [])
            expected = 0 if code in blog.archive else 1
            posts += expected
            wordings += expected * (len(served) - 1)
            if len(found) > expected:
                duplicates.append(f"{code} stands {len(found)} times, not {expected}: {found}")
            elif len(found) < expected:
                misses.append(f"{code} is not there; it was served as {served}")
            elif found:
                (message_id, text), (title, words) = found[0], served[-1]
                made = edits[message_id] - 1
                if made != len(served) - 1 or text != f"{title}\n{words}":
                    astray.append(f"{code} was edited {made} times, not {len(served) - 1}, and says {text!r}: {served}")
    duplicates += [f"nobody has published {code}: {found}" for code, found in standing.items()]
    happened = sum((Counter(blog.happened) for blog in blogs), Counter())
    happened["304"] = sum(blog.unchanged for blog in blogs)
    return Replayed(
        duplicates=tuple(duplicates),
        misses=tuple(misses),
        edits=tuple(astray),
        posts=posts,
        wordings=wordings,
        happened=happened,
    )
