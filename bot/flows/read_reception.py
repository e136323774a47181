"""How each community takes what the bot says, read from the store and judged: its account, and its acceptance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.brand import Brand, Community
from bot.campaigns.budget import REACH, Account, Entry, reckon
from bot.engagement.reception import Reception, acceptance, judge_receptions
from bot.ports.store import UnitOfWork

#: What one figure of acceptance looks back on, and how far apart two are.
SPAN = timedelta(days=28)
WEEK = timedelta(days=7)
#: How many figures are shown, a week apart.
FIGURES = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class CommunityReception:
    """How one community takes the bot."""

    community: str
    #: From 0 to 100 over the last four weeks; None where nothing was said in them.
    acceptance: float | None
    #: The same at the end of each week before, oldest first, with its moment; the last is `acceptance`.
    by_week: tuple[tuple[datetime, float | None], ...]
    #: What its link budget holds; None where none is kept.
    account: Account | None
    #: The last four weeks in counts.
    posts: int
    answers: int
    liked: int
    disliked: int
    replied: int
    clicks: int
    removed: int


async def read_account(community: Community, *, work: UnitOfWork, now: datetime) -> Account | None:
    """Return what a community's link budget holds; None where none is kept."""
    if community.link_budget is None:
        return None
    receptions = judge_receptions(await work.receptions.since(community.key, now - REACH))
    return reckon(community.link_budget, _entries(receptions))


async def read_receptions(brand: Brand, *, work: UnitOfWork, now: datetime) -> tuple[CommunityReception, ...]:
    """Return how every community of the brand takes the bot, in the order of the configuration."""
    return tuple([await _read_one(one, work=work, now=now) for one in brand.communities.values()])


async def _read_one(community: Community, *, work: UnitOfWork, now: datetime) -> CommunityReception:
    receptions = judge_receptions(await work.receptions.since(community.key, now - REACH))
    left = await work.receptions.departures_since(community.key, now - REACH)
    ends = [now - back * WEEK for back in reversed(range(FIGURES))]
    by_week = tuple(
        (
            end,
            acceptance(
                [one for one in receptions if end - SPAN < one.at <= end],
                left=[at for at in left if end - SPAN < at <= end],
            ),
        )
        for end in ends
    )
    recent = [one for one in receptions if now - SPAN < one.at]
    budget = community.link_budget
    return CommunityReception(
        community=community.key,
        acceptance=by_week[-1][1],
        by_week=by_week,
        account=None if budget is None else reckon(budget, _entries(receptions)),
        posts=sum(one.kind == "post" for one in recent),
        answers=sum(one.kind == "answer" for one in recent),
        liked=sum(one.liked for one in recent),
        disliked=sum(one.disliked for one in recent),
        replied=sum(one.replied for one in recent),
        clicks=sum(one.clicks for one in recent),
        removed=sum(one.removed for one in recent),
    )


def _entries(receptions: tuple[Reception, ...]) -> list[Entry]:
    """Return what the account is reckoned from: what was neither helpful nor bad leaves it as it is."""
    return ["helpful" if one.is_helpful else "bad" for one in receptions if one.is_helpful or one.is_bad]
