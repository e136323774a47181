"""Which posts a campaign may bring to a community. Pure: posts and history in, posts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import re2

from bot.brand import Backlog, Campaign, Community, ItemFilter
from bot.ports.records import Post


def select(
    posts: Sequence[Post],
    campaign: Campaign,
    community: Community,
    *,
    started_at: datetime,
    shared: Mapping[str, frozenset[str]],
) -> tuple[Post, ...]:
    """Return the posts still to be shared, oldest first.

    `posts` are those of the campaign's sources; `started_at` is when the campaign began in this community; `shared`
    gives the campaigns that have shared each post there already. What was there before the campaign began is shared
    only as far as its backlog says.
    """
    wanted = [post for post in posts if passes(post, campaign.filter)]
    old = [post for post in wanted if post.in_first_reading or post.first_seen_at < started_at]
    chosen_old = {post.id for post in _from_backlog(old, campaign.backlog, community)}
    old_ids = {post.id for post in old}
    fresh = [post for post in wanted if post.id not in old_ids or post.id in chosen_old]
    return tuple(sorted((post for post in fresh if not _is_shared(post, campaign, shared)), key=published_or_seen))


def select_digest(posts: Sequence[Post], campaign: Campaign, *, at: datetime, told: frozenset[str]) -> tuple[Post, ...]:
    """Return the posts of the period before a digest's slot, newest first; () when there are too few.

    `told` are those that earlier digests of the campaign have told of there. What other campaigns have shared one by
    one is told of as well: a digest is a summary. Posts without a date that stood in the feed from the start are old.
    """
    digest = campaign.digest
    if digest is None:
        raise ValueError(f"{campaign.key} makes no digests")
    found = [
        post
        for post in posts
        if passes(post, campaign.filter)
        and post.id not in told
        and at - digest.period < published_or_seen(post) <= at
        and not (post.in_first_reading and post.published_at is None)
    ]
    if len(found) < max(digest.skip_if_fewer_than, 1):
        return ()
    return tuple(sorted(found, key=published_or_seen, reverse=True)[: digest.max_items])


def published_or_seen(post: Post) -> datetime:
    """Return the moment a post counts as new from."""
    return post.published_at or post.first_seen_at


def passes(post: Post, wanted: ItemFilter) -> bool:
    """Whether a filter lets a post through."""
    tags = {tag.casefold() for tag in post.tags}
    if wanted.include_tags and not tags & {tag.casefold() for tag in wanted.include_tags}:
        return False
    if tags & {tag.casefold() for tag in wanted.exclude_tags}:
        return False
    if wanted.include_title and not any(_matches(pattern, post.title) for pattern in wanted.include_title):
        return False
    return not any(_matches(pattern, post.title) for pattern in wanted.exclude_title)


def _from_backlog(old: Sequence[Post], backlog: Backlog | None, community: Community) -> Sequence[Post]:
    if backlog is None:
        return ()
    chosen = sorted(old, key=published_or_seen)
    if backlog.since is not None:
        chosen = [
            post for post in chosen if published_or_seen(post).astimezone(community.timezone).date() >= backlog.since
        ]
    if backlog.latest is not None:
        chosen = chosen[-backlog.latest :] if backlog.latest else []
    return chosen


def _is_shared(post: Post, campaign: Campaign, shared: Mapping[str, frozenset[str]]) -> bool:
    by = shared.get(post.id, frozenset())
    return campaign.key in by if campaign.share_again else bool(by)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:  # noqa: ANN401  # google-re2 has no types
    return re2.compile(f"(?i){pattern}")


def _matches(pattern: str, title: str) -> bool:
    return _compiled(pattern).search(title) is not None
