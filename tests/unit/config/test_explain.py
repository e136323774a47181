"""The plan in plain words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.brand import Brand
from bot.config.explain import describe_days, explain
from tests.unit.config.platforms import load_text

#: Tuesday 24 November 2026, 16:00 in Jakarta.
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TEXT = """\
brand: {name: Kopi Tani, bot_name: Tani}
people: {dewi: {yard: dewi}}
defaults: {timezone: Asia/Jakarta}
communities:
  warung: {platform: yard, language: id, character: Friendly.}
  roasters: {platform: yard, language: en, timezone: Europe/London, quiet_hours: none, max_posts: 5 per week}
  night: {platform: yard, language: en, timezone: Europe/London, max_posts: none}
sources:
  blog: {type: feed, url: "https://kopitani.example/feed.xml"}
campaigns:
  new-posts: {from: blog, to: [warung, night], when: weekdays 09:00, jitter: 10m}
  local: {from: blog, to: [warung, roasters], when: "friday 16:00", each_community_time: true, share_again: true}
  often: {from: blog, to: roasters, when: every 6h, share_again: true}
  cron: {from: blog, to: roasters, when: {cron: "0 9 1 * *"}, share_again: true}
  once: {from: blog, to: roasters, when: 2026-11-01 09:00, share_again: true}
  at-once: {from: blog, to: roasters, when: as_published, share_again: true}
  asleep: {from: blog, to: warung, when: as_published, enabled: false}
answers: {handoff: {to: dewi, after: 15m}, join_in: {in: [warung, night]}}
engagement: {ignore: {members: [dewi]}}
"""


def _brand(tmp_path: Path) -> Brand:
    return load_text(TEXT, tmp_path).brand_or_refuse()


def test_a_campaign_is_told_with_its_next_moment_and_who_waits(tmp_path: Path) -> None:
    """Days, times, zone, the next moment and how far it is, and where quiet hours hold it back."""
    lines = {line.key: line.text for line in explain(_brand(tmp_path), now=NOW) if line.part == "campaign"}
    assert lines == {
        "new-posts": "Mon\N{EN DASH}Fri 09:00 WIB, next Wed 25 Nov 09:00 (in 17 h), blog to warung and night, "
        "up to 10 min later; 02:00 in London is quiet \N{RIGHTWARDS ARROW} waits until 07:00",
        "local": "Fri 16:00 in each community, next in warung Fri 27 Nov 16:00 (in 3 days), "
        "next in roasters Fri 27 Nov 16:00 (in 3 days), blog to warung and roasters",
        "often": "every 6 h from midnight UTC, next Tue 24 Nov 19:00 (in 3 h), blog to roasters",
        "cron": "cron 0 9 1 * * (WIB), next Tue 1 Dec 09:00 (in 7 days), blog to roasters",
        "once": "once, Sun 1 Nov 09:00 WIB, which is over, blog to roasters",
        "at-once": "as soon as something is published, blog to roasters",
        "asleep": "rests (enabled: false); would share blog to warung",
    }


def test_every_other_part_is_told_in_a_line(tmp_path: Path) -> None:
    """Who is where, who answers what, how engagement counts, and what is kept."""
    lines = [str(line) for line in explain(_brand(tmp_path), now=NOW) if line.part != "campaign"]
    assert lines == [
        "warung: on yard, speaks Indonesian, at most 2 posts per day, quiet 21:00\N{EN DASH}07:00 (Jakarta time)",
        "roasters: on yard, speaks English, at most 5 posts per week, no quiet hours (London time)",
        "night: on yard, speaks English, any number of posts, quiet 21:00\N{EN DASH}07:00 (London time)",
        (
            "answers: Tani answers from blog, when it is mentioned, when replied to and on commands; careful; "
            "says where answers come from; what it does not know goes after 15 min to dewi; "
            "joins in unasked in warung and night when nobody answered for 10 min, 3 times a day at most"
        ),
        (
            "engagement: points: message 1, reply received 2, reaction received 1, answer given 4, click 1; "
            "at most 40 a day, halved every 30 d; levels: newcomer from 0, regular from 50, champion from 200; "
            "1 account not counted"
        ),
        (
            "privacy: no message text is kept; names appear only with consent; "
            "members who said nothing are pseudonyms; events are kept 180 d, questions 90 d; "
            "it says that it is a bot in its first message to each member"
        ),
        "character: that of warung guides a model only; without one, templates and quotes are used as written",
    ]


def test_weekdays_are_told_as_a_person_would() -> None:
    """A run of days by its ends, others one by one."""
    assert describe_days(frozenset(range(7))) == "daily"
    assert describe_days(frozenset({0, 1})) == "Mon, Tue"
    assert describe_days(frozenset({1, 2, 3})) == "Tue\N{EN DASH}Thu"
    assert describe_days(frozenset({0, 2, 4})) == "Mon, Wed, Fri"
