"""Reading one feed: what is new in it, and why each item is or isn't."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.brand import FeedSource
from bot.clock import Clock
from bot.errors import ComputeFault, FeedFault
from bot.feeds.age import find_old
from bot.feeds.backoff import next_check
from bot.feeds.read import read_feed
from bot.feeds.sameness import Evidence, ItemVerdict, content_hash, evidence_of_feed, judge_feed
from bot.feeds.websub import HubOffer
from bot.ids import new_id
from bot.ports.compute import Compute
from bot.ports.reading import Feed, FeedItem, Fetched, Fetcher, Validators
from bot.ports.records import Post, Sighting, SourceState
from bot.ports.store import Transactions, UnitOfWork

#: How long parsing one document may take.
PARSING = timedelta(seconds=20)

_OLD = "it is older than what stood in the feed at the first reading"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """What one reading of a feed brought."""

    source: str
    #: When to read it next; None when its server asked never to come again.
    next_at: datetime | None
    #: What was decided about each item, in the order of the document; empty when nothing had changed.
    sightings: tuple[tuple[Post, Sighting], ...] = ()
    #: Whether the server said that nothing has changed (304).
    unchanged: bool = False
    #: What went wrong; None when nothing did.
    fault: str | None = None
    #: The hub the feed names; None where it names none, and where nothing had changed.
    offer: HubOffer | None = None

    @property
    def news(self) -> bool:
        """Whether a post was added or corrected."""
        return any(seen.verdict != "same" for _, seen in self.sightings)


async def poll_feed(
    source: FeedSource,
    *,
    brand_id: str,
    store: Transactions,
    fetcher: Fetcher,
    compute: Compute,
    clock: Clock,
    known: SourceState | None = None,
    keep_unchanged: list[SourceState] | None = None,
    turn: asyncio.Lock | None = None,
) -> Poll:
    """Read a feed once and remember what it holds. Its failure is its own: it is recorded, and tried again later.

    `known` is where its reading stands, if the caller has looked. With `keep_unchanged`, where a feed stands that has
    not changed is put there for the caller to save, many together. Feeds that are read side by side take turns in
    writing: a file has room for one writer, and the last of many would wait too long.
    """
    turn = turn or asyncio.Lock()
    state = known
    if state is None:
        async with store.read(brand_id) as work:
            state = await work.feeds.state(source.key)
    if state is None or _asks_elsewhere(state, source):
        state = SourceState(
            source=source.key,
            asked_url=source.url,
            url=source.url,
            first_read_at=state.first_read_at if state else None,
        )
    try:
        fetched = await fetcher.fetch(state.url, Validators(etag=state.etag, last_modified=state.last_modified))
        feed = None if fetched.body is None else await _parse(compute, fetched, fetched.body)
    except (FeedFault, ComputeFault) as fault:
        async with turn:
            return await _record_fault(source, state, fault, brand_id=brand_id, store=store, now=clock.now())
    now = clock.now()
    read = replace(
        state,
        url=fetched.moved_to or state.url,
        etag=fetched.validators.etag,
        last_modified=fetched.validators.last_modified,
        next_check_at=next_check(
            now,
            check_every=source.check_every,
            fresh_for=fetched.fresh_for,
            failures=0,
            retry_after=None,
            seed=source.key,
        ),
        failures=0,
        last_error=None,
        first_read_at=state.first_read_at or now,
        last_read_at=now,
    )
    sightings: tuple[tuple[Post, Sighting], ...] = ()
    if feed is None and keep_unchanged is not None:
        keep_unchanged.append(read)
    else:
        async with turn, store.work(brand_id) as work:
            if feed is not None:
                sightings = await _remember(work, feed, source, first=state.first_read_at is None, now=now)
            await work.feeds.save_state(read)
            await work.commit()
    poll = Poll(
        source=source.key,
        next_at=read.next_check_at,
        sightings=sightings,
        unchanged=feed is None,
        offer=None if feed is None else _offer_of(fetched, feed),
    )
    log.info("feed read", source=source.key, items=len(sightings), unchanged=poll.unchanged, news=poll.news)
    return poll


def _offer_of(fetched: Fetched, feed: Feed) -> HubOffer | None:
    """Return the hub of a feed: the header's before the feed's own (WebSub, section 4)."""
    if fetched.hub is not None:
        return HubOffer(hub=fetched.hub, topic=fetched.topic or fetched.url)
    return None if feed.hub is None else HubOffer(hub=feed.hub, topic=feed.topic or fetched.url)


def _asks_elsewhere(state: SourceState, source: FeedSource) -> bool:
    """Whether the marketer has changed the address since; one moved by the server itself stays moved."""
    return state.asked_url != source.url


async def _parse(compute: Compute, fetched: Fetched, body: bytes) -> Feed:
    parse = partial(read_feed, content_type=fetched.content_type, base_url=fetched.url)
    return await compute.call(parse, body, deadline=PARSING)


async def _record_fault(
    source: FeedSource,
    state: SourceState,
    fault: FeedFault | ComputeFault,
    *,
    brand_id: str,
    store: Transactions,
    now: datetime,
) -> Poll:
    failures = state.failures + 1
    gone = isinstance(fault, FeedFault) and fault.gone
    failed = replace(
        state,
        failures=failures,
        last_error=str(fault),
        gone=gone,
        next_check_at=next_check(
            now,
            check_every=source.check_every,
            fresh_for=None,
            failures=failures,
            retry_after=fault.retry_after if isinstance(fault, FeedFault) else None,
            seed=source.key,
        ),
    )
    async with store.work(brand_id) as work:
        await work.feeds.save_state(failed)
        await work.commit()
    log.warning("feed not read", source=source.key, reason=str(fault), failures=failures, next_at=failed.next_check_at)
    return Poll(source=source.key, next_at=None if gone else failed.next_check_at, fault=str(fault))


async def _remember(
    work: UnitOfWork, feed: Feed, source: FeedSource, *, first: bool, now: datetime
) -> tuple[tuple[Post, Sighting], ...]:
    offered = evidence_of_feed(feed)
    keys = {piece: _key(piece, source) for found in offered for piece in found}
    await work.feeds.hold()
    known = await work.feeds.find(set(keys.values()))
    matches = {piece: known[key] for piece, key in keys.items() if key in known}
    posts = {post.id: post for post in await work.feeds.posts(set(matches.values()))}
    verdicts = judge_feed(feed, matches=matches, known_hash={post.id: post.content_hash for post in posts.values()})
    old_ones = find_old(feed.items, [posts.get(verdict.post_id or "") for verdict in verdicts])
    seen = []
    saved = []
    # oldest first, so that ids and first sightings run in the order in which the posts were written
    for place, (item, verdict, evidence) in reversed(tuple(enumerate(zip(feed.items, verdicts, offered, strict=True)))):
        if verdict.kind == "same" and verdict.post_id is None:
            continue
        old = posts.get(verdict.post_id) if verdict.post_id else None
        post = _post_of(item, old, verdict, first=first, now=now)
        if place in old_ones:
            post = replace(post, in_first_reading=True, published_at=old_ones[place])
        sighting = Sighting(
            source=source.key,
            post_id=post.id,
            verdict=verdict.kind,
            evidence=tuple(f"{piece.kind}:{piece.value}" for piece in verdict.evidence),
            reason=f"{verdict.reason}; {_OLD}" if place in old_ones else verdict.reason,
            seen_at=now,
        )
        news = {keys[piece] for piece in evidence if piece not in matches}
        saved.append((post, news, sighting))
        seen.append((post, sighting))
    await work.feeds.save_posts(saved)
    return tuple(reversed(seen))


def _key(piece: Evidence, source: FeedSource) -> tuple[str, str]:
    """Return evidence as it is kept. Ids that are no addresses (1, 2, 3…) mean something within their feed alone."""
    if piece.kind == "guid" and ":" not in piece.value:
        return piece.kind, f"{source.key}\n{piece.value}"
    return piece.kind, piece.value


def _post_of(item: FeedItem, old: Post | None, verdict: ItemVerdict, *, first: bool, now: datetime) -> Post:
    if old is not None and verdict.kind == "same":
        return old
    return Post(
        id=old.id if old else new_id(now),
        link=item.link,
        title=item.title,
        summary=item.summary,
        text=item.text,
        author=item.author,
        tags=item.tags,
        image_url=item.image_url,
        # a bumped date is no reason to take an old post for a new one
        published_at=old.published_at if old else item.published_at,
        first_seen_at=old.first_seen_at if old else now,
        in_first_reading=old.in_first_reading if old else first,
        content_hash=content_hash(item),
        revision=old.revision + 1 if old else 1,
    )
