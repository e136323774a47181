"""The sample blog at any moment of its week."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.blog import Blog, feed_xml, read_blog

MONDAY = date(2026, 11, 23)
JAKARTA = ZoneInfo("Asia/Jakarta")
SITE = "https://kopitani.example"


def _sample() -> Blog:
    path = Path(__file__).parents[3] / "demo" / "blog.json"
    return read_blog(json.loads(path.read_text(encoding="utf-8")), monday=MONDAY, zone=JAKARTA)


SAMPLE = _sample()


def _small(**changes: object) -> Blog:
    post = {
        "slug": "satu",
        "language": "id",
        "published": "day 1 08:10",
        "title": "Satu & <dua>",
        "summary": "Ringkas.",
        "tags": ["bahasa", "resep"],
        "text": ["1 < 2 & 3", "Selesai."],
        **changes,
    }
    return read_blog({"title": "Kopi Tani", "posts": [post], "renumbered": "day 4 12:00"}, monday=MONDAY, zone=JAKARTA)


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 22 + day, hour, minute, tzinfo=JAKARTA)


def test_a_post_is_there_from_its_minute_on() -> None:
    """Not a minute before it is published, and ever after."""
    blog = _small()
    assert [len(blog.posts_at(at)) for at in (_at(1, 8, 9), _at(1, 8, 10), _at(7, 23))] == [0, 1, 1]


def test_times_are_local_to_the_blog() -> None:
    """Ten past eight in Jakarta is ten past one in UTC."""
    (versions,) = _small().posts
    assert versions[0].published_at == datetime(2026, 11, 23, 1, 10, tzinfo=UTC)


def test_a_reader_finds_all_there_is_in_an_entry() -> None:
    """What a feed reader takes from the bytes is what the post says, marks included."""
    feed = feedparser.parse(feed_xml(_small(), now=_at(1, 9), site=SITE))
    (entry,) = feed.entries
    assert feed.bozo == 0
    assert (feed.feed.title, feed.version) == ("Kopi Tani", "atom10")
    assert (entry.title, entry.summary, entry.link) == ("Satu & <dua>", "Ringkas.", f"{SITE}/blog/satu")
    assert [tag.term for tag in entry.tags] == ["bahasa", "resep"]
    assert (entry.published, entry.updated) == ("2026-11-23T01:10:00Z", "2026-11-23T01:10:00Z")
    assert entry.content[0].value == "<p>1 &lt; 2 &amp; 3</p><p>Selesai.</p>"
    assert entry.content[0].language == "id"


def test_an_edit_changes_text_and_update_but_not_the_id() -> None:
    """A corrected post is the same post."""
    blog = _small(edits=[{"at": "day 2 10:30", "title": "Satu, benar", "text": ["Baru."]}])
    before, after = (
        feedparser.parse(feed_xml(blog, now=at, site=SITE)).entries[0] for at in (_at(2, 10, 29), _at(2, 10, 30))
    )
    assert (before.title, after.title) == ("Satu & <dua>", "Satu, benar")
    assert (before.id, before.link, before.published) == (after.id, after.link, after.published)
    assert after.updated == "2026-11-24T03:30:00Z"
    assert after.content[0].value == "<p>Baru.</p>"


def test_a_renumbered_archive_has_other_ids_and_the_same_links() -> None:
    """What a move to other software does to a feed, as readers see it."""
    before, after = (
        feedparser.parse(feed_xml(SAMPLE, now=at, site=SITE)).entries for at in (_at(4, 11, 59), _at(4, 12))
    )
    assert [entry.link for entry in before] == [entry.link for entry in after]
    assert {entry.id for entry in before}.isdisjoint(entry.id for entry in after)
    assert {entry.updated for entry in after} == {"2026-11-26T05:00:00Z"}


@given(st.integers(min_value=-60 * 24, max_value=8 * 24))
def test_a_feed_only_grows_and_is_newest_first(hours: int) -> None:
    """At every moment the posts are those published by then, in order."""
    now = _at(1, 0) + timedelta(hours=hours)
    found = SAMPLE.posts_at(now)
    assert len(found) == sum(versions[0].published_at <= now for versions in SAMPLE.posts)
    assert [post.published_at for post in found] == sorted((post.published_at for post in found), reverse=True)
    assert all(post.updated_at <= now for post in found)


def test_an_empty_blog_is_a_feed_too() -> None:
    """Before the first post there is a feed without entries."""
    feed = feedparser.parse(feed_xml(_small(), now=_at(1, 7), site=SITE))
    assert (feed.bozo, feed.entries) == (0, [])


def test_a_moment_in_another_form_is_refused() -> None:
    """The text says how to write it."""
    with pytest.raises(ValueError, match='write it like "day 1 08:10"'):
        _small(published="monday")


def test_the_sample_has_both_languages_old_posts_and_an_edit() -> None:
    """The demo's claims rest on what is in the sample."""
    monday_at = _at(1, 0)
    old = [versions for versions in SAMPLE.posts if versions[0].published_at < monday_at]
    new = [versions for versions in SAMPLE.posts if versions[0].published_at >= monday_at]
    assert len(old) == 2
    assert len(new) >= 6
    assert {versions[0].language for versions in new} == {"id", "en"}
    assert any(len(versions) > 1 for versions in new)
