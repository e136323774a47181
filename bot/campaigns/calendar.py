"""The plan: every post to come, when and where, or why not. Pure: what is known now, played forward.

Posts nobody has written yet can't be foreseen: a slot with nothing waiting brings whatever is new by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.brand import AsPublished, BestTime, Brand, Campaign, Community
from bot.campaigns.best_time import BestMoment
from bot.campaigns.etiquette import Standing, describe_switched_off, may_post, period_of
from bot.campaigns.hold_out import why_left_out
from bot.campaigns.select import select, select_digest
from bot.campaigns.slots import slots
from bot.ports.records import Pause, Post, Share

#: How often a held post is asked again before the forecast gives up on it.
_MOST_HOLDS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the forecast starts from."""

    #: The posts of each campaign's sources, by campaign.
    posts: Mapping[str, Sequence[Post]]
    #: When each campaign began (or begins) in each community, by both keys.
    started_at: Mapping[tuple[str, str], datetime]
    #: The campaigns that have shared each post, by community.
    shared: Mapping[str, Mapping[str, frozenset[str]]]
    #: Shares on their way already: drafts and held ones.
    waiting: Sequence[Share]
    #: What each community has seen lately.
    standing: Mapping[str, Standing]
    pauses: Sequence[Pause]
    #: The posts that digests have told of already, by campaign and community.
    digested: Mapping[tuple[str, str], frozenset[str]]
    #: The moments of each `best_time` campaign in the time to come, as far as is known now, by campaign and community.
    best: Mapping[tuple[str, str], Sequence[BestMoment]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """One line of the plan."""

    #: When it goes out, or would.
    at: datetime
    community: str
    campaign: str
    #: The post's title, or what it is where it is not one post; None for what will be new then.
    post: str | None
    #: `share`; `hold` (it goes out at `at`, later than its slot, or is still held then, as by a pause); `nothing`
    #: (there is nothing for this slot yet, or it is left out on purpose).
    verdict: str
    #: Why, for a person to read.
    reason: str


def forecast(brand: Brand, facts: Facts, *, now: datetime, days: int) -> tuple[Forecast, ...]:
    """Return the posts of the next `days` days, in order of time."""
    return _Forecaster(brand, facts, now=now, until=now + timedelta(days=days)).run()


class _Forecaster:
    """Plays the time to come, keeping count of what went out where."""

    def __init__(self, brand: Brand, facts: Facts, *, now: datetime, until: datetime) -> None:
        self._brand = brand
        self._facts = facts
        self._now = now
        self._until = until
        self._let_out: Counter[tuple[str, datetime]] = Counter()
        self._told: dict[tuple[str, str], frozenset[str]] = {}
        self._planned: set[tuple[str, str]] = {(share.community, share.post_id) for share in facts.waiting}
        self._last_post_at: dict[str, datetime] = {}
        for key, standing in facts.standing.items():
            self._let_out[key, self._period(brand.communities[key], now)] += standing.let_out
            if standing.last_post_at is not None:
                self._last_post_at[key] = standing.last_post_at

    def run(self) -> tuple[Forecast, ...]:
        titles = {post.id: post.title for posts in self._facts.posts.values() for post in posts}
        lines = [
            self._place(
                share.campaign,
                self._brand.communities[share.community],
                at=max(share.until or self._now, self._now),
                title=titles.get(share.post_id) or (f"digest of {len(share.items)}" if share.items else "announcement"),
                reason=share.reason or "drafted",
                lull_since=share.lull_since,
            )
            for share in self._facts.waiting
            if (share.campaign in self._brand.campaigns or share.text) and share.community in self._brand.communities
        ]
        for at, campaign, community, why in sorted(self._slots(), key=lambda slot: (slot[0], slot[1].key, slot[2].key)):
            lines += self._serve(campaign, community, at, why)
        return tuple(sorted(lines, key=lambda line: (line.at, line.campaign, line.community)))

    def _slots(self) -> list[tuple[datetime, Campaign, Community, str]]:
        """Return every moment a campaign comes to a community, in no order, with the reason why then."""
        found = []
        for campaign in self._brand.campaigns.values():
            if not campaign.enabled:
                continue
            for key in campaign.communities:
                community = self._brand.communities[key]
                if isinstance(campaign.when, AsPublished):
                    found.append((self._now, campaign, community, "its slot"))
                    continue
                if isinstance(campaign.when, BestTime):
                    moments = self._facts.best.get((campaign.key, key), ())
                    found += [(moment.slot.at, campaign, community, moment.reason) for moment in moments]
                    continue
                zone = community.timezone if campaign.each_community_time else campaign.timezone
                found += [
                    (slot.at, campaign, community, "its slot")
                    for slot in slots(campaign.when, zone=zone, after=self._now, until=self._until)
                ]
        return found

    def _serve(self, campaign: Campaign, community: Community, at: datetime, why: str) -> list[Forecast]:
        if campaign.digest is not None:
            return [self._serve_digest(campaign, community, at, why)]
        waiting = [
            post
            for post in select(
                self._facts.posts.get(campaign.key, ()),
                campaign,
                community,
                started_at=self._facts.started_at.get((campaign.key, community.key), self._now),
                shared=self._facts.shared.get(community.key, {}),
            )
            if (community.key, post.id) not in self._planned
        ]
        if not waiting:
            if isinstance(campaign.when, AsPublished):
                return []
            known = "" if why == "its slot" else f"{why}; "
            return [_nothing(campaign, community, at, reason=f"{known}brings whatever is new by then")]
        self._planned |= {(community.key, post.id) for post in waiting}
        return [
            _nothing(campaign, community, at, reason=left_out, post=post.title)
            if (left_out := why_left_out(campaign, post.id, community.key))
            else self._place(campaign.key, community, at=at, title=post.title, reason=why)
            for post in waiting
        ]

    def _serve_digest(self, campaign: Campaign, community: Community, at: datetime, why: str) -> Forecast:
        key = campaign.key, community.key
        told = self._told.get(key, self._facts.digested.get(key, frozenset()))
        chosen = select_digest(self._facts.posts.get(campaign.key, ()), campaign, at=at, told=told)
        if chosen:
            self._told[key] = told | {post.id for post in chosen}
            title = f"digest of {len(chosen)}"
            return self._place(campaign.key, community, at=at, title=title, reason=f"{why}, with what is known now")
        least = campaign.digest.skip_if_fewer_than if campaign.digest else 0
        expected = (
            f"a digest if there are {least} new posts by then" if least > 1 else "a digest of what is new by then"
        )
        return _nothing(campaign, community, at, reason=expected)

    def _place(
        self,
        campaign: str,
        community: Community,
        *,
        at: datetime,
        title: str,
        reason: str,
        lull_since: datetime | None = None,
    ) -> Forecast:
        """Find the moment at which the community's etiquette lets a post out."""
        if (own := self._brand.campaigns.get(campaign)) is not None and not own.enabled:
            off = describe_switched_off(campaign)
            return Forecast(at=at, community=community.key, campaign=campaign, post=title, verdict="hold", reason=off)
        first, why, hold = at, [reason], None
        for _ in range(_MOST_HOLDS):
            hold = may_post(
                community,
                at,
                standing=self._standing(community, at),
                campaign=campaign,
                pauses=self._facts.pauses,
                lull_since=lull_since,
            )
            if hold is None:
                self._let_out[community.key, self._period(community, at)] += 1
                self._last_post_at[community.key] = at
                break
            lull_since = (lull_since or at) if hold.rule == "lull" else None
            if hold.reason not in why:
                why.append(hold.reason)
            # these end when somebody does something, which no calendar knows
            if at > self._until or hold.rule in ("pause", "budget"):
                break
            at = hold.until
        return Forecast(
            at=at,
            community=community.key,
            campaign=campaign,
            post=title,
            verdict="share" if hold is None and at == first else "hold",
            reason="; ".join(why),
        )

    def _standing(self, community: Community, at: datetime) -> Standing:
        last_written_at = self._facts.standing[community.key].last_written_at
        return Standing(
            let_out=self._let_out[community.key, self._period(community, at)],
            last_post_at=self._last_post_at.get(community.key),
            last_written_at=last_written_at,
            account=self._facts.standing[community.key].account,
        )

    def _period(self, community: Community, at: datetime) -> datetime:
        return period_of(community.max_posts, community.timezone, at)[0] if community.max_posts else at


def _nothing(
    campaign: Campaign, community: Community, at: datetime, *, reason: str, post: str | None = None
) -> Forecast:
    return Forecast(at=at, community=community.key, campaign=campaign.key, post=post, verdict="nothing", reason=reason)
