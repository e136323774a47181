"""The plan: what is known now, played forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from bot.brand import AsPublished, Brand, Campaign, Cap, Community, QuietHours
from bot.campaigns.calendar import Facts, Forecast, forecast
from bot.campaigns.etiquette import Standing
from bot.ports.records import Pause
from tests.unit.campaigns.sample import COMMUNITY, NOW, a_campaign, a_post, a_share
from tests.unit.conversation.sample import BRAND

DAY = timedelta(days=1)
#: The next 09:00 in Jakarta.
TOMORROW = NOW + timedelta(hours=23)
POSTS = (a_post("p1"), a_post("p2", published_at=NOW + timedelta(minutes=1)))


def plan(
    *campaigns: Campaign, communities: Sequence[Community] = (COMMUNITY,), days: int = 1, **facts: Any
) -> list[tuple[object, ...]]:
    """Return the lines of the plan: when, which post, verdict and reason."""
    return [
        (line.at, line.post, line.verdict, line.reason)
        for line in lines(*campaigns, communities=communities, days=days, **facts)
    ]


def lines(*campaigns: Campaign, communities: Sequence[Community], days: int, **facts: Any) -> tuple[Forecast, ...]:
    """Return the plan of the campaigns, which began yesterday."""
    given = campaigns or (a_campaign(),)
    brand: Brand = replace(
        BRAND,
        communities={community.key: community for community in communities},
        campaigns={campaign.key: campaign for campaign in given},
    )
    known: dict[str, Any] = {
        "posts": {campaign.key: POSTS for campaign in given},
        "started_at": {(campaign.key, key): NOW - DAY for campaign in given for key in campaign.communities},
        "shared": {},
        "waiting": (),
        "standing": {community.key: Standing() for community in communities},
        "digested": {},
        "pauses": (),
    }
    return forecast(brand, Facts(**{**known, **facts}), now=NOW, days=days)


def test_a_slot_brings_what_is_waiting_and_the_next_what_is_new() -> None:
    """Oldest first; a slot with nothing to bring says so."""
    assert plan(days=2) == [
        (TOMORROW, "Title of p1", "share", "its slot"),
        (TOMORROW, "Title of p2", "share", "its slot"),
        (TOMORROW + DAY, None, "nothing", "brings whatever is new by then"),
    ]


def test_a_post_goes_to_a_community_once() -> None:
    """What was shared, or is on its way by another campaign, is not foreseen again."""
    shared = {"warung": {"p1": frozenset({"other"})}}
    waiting = (a_share("s1", post_id="p2"),)
    assert plan(shared=shared, waiting=waiting) == [
        (NOW, "Title of p2", "share", "drafted"),
        (TOMORROW, None, "nothing", "brings whatever is new by then"),
    ]
    both = plan(a_campaign(), a_campaign(key="other"))
    assert sorted(str(line[1]) for line in both) == ["None", "Title of p1", "Title of p2"]


def test_the_cap_moves_a_post_to_the_next_day() -> None:
    """Counting what was let out today already."""
    capped = replace(COMMUNITY, max_posts=Cap(count=1, per="day"))
    held = plan(communities=[capped], days=2, posts={"news": POSTS})
    midnight = NOW + timedelta(hours=14) + DAY
    assert held[:2] == [
        (TOMORROW, "Title of p1", "share", "its slot"),
        (midnight, "Title of p2", "hold", "its slot; warung has had its 1 per day"),
    ]
    today = plan(a_campaign(when=AsPublished()), communities=[capped], standing={"warung": Standing(let_out=1)})
    assert [(at, verdict) for at, _, verdict, _ in today] == [
        (NOW + timedelta(hours=14), "hold"),
        (NOW + timedelta(hours=14) + DAY, "hold"),
    ]


def test_quiet_hours_move_a_post_to_their_end() -> None:
    """With the reason."""
    quiet = replace(COMMUNITY, quiet_hours=QuietHours(start=time(8), end=time(10)))
    assert plan(communities=[quiet])[0] == (
        TOMORROW + timedelta(hours=1),
        "Title of p1",
        "hold",
        "its slot; quiet hours in warung until 10:00",
    )


def test_a_pause_is_shown_and_nothing_hangs() -> None:
    """Nobody knows when it ends: the post is held, and the plan still ends."""
    pause = Pause(scope="all", key="", since=NOW, reason="a recall")
    found = plan(pauses=(pause,))
    assert {verdict for _, _, verdict, _ in found} == {"hold"}
    assert all("everything is paused" in str(reason) for _, _, _, reason in found)


def test_a_disabled_campaign_has_no_plan() -> None:
    """Nor has one that has nothing as it is published."""
    assert plan(a_campaign(enabled=False)) == []
    assert plan(a_campaign(when=AsPublished()), posts={"news": ()}) == []


def test_what_is_waiting_of_a_campaign_that_is_gone_is_left_out() -> None:
    """It will be skipped, not shared."""
    assert plan(posts={"news": ()}, waiting=(a_share("s1", campaign="gone"),)) == [
        (TOMORROW, None, "nothing", "brings whatever is new by then")
    ]
