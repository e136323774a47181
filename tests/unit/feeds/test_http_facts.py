"""What headers and addresses mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FeedFault
from bot.feeds.http_facts import (
    Target,
    conditional_headers,
    follow_redirect,
    read_freshness,
    read_retry_after,
    read_target,
    read_validators,
)
from bot.ports.reading import Validators

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECRET = ("ann", "p@ss")


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({}, None),
        ({"Cache-Control": "public"}, None),
        ({"Cache-Control": "public, Max-Age=60"}, timedelta(seconds=60)),
        ({"Cache-Control": 'max-age="60"'}, timedelta(seconds=60)),
        ({"Cache-Control": "s-maxage=900"}, None),
        ({"Cache-Control": "max-age=60", "Age": "45"}, timedelta(seconds=15)),
        ({"Cache-Control": "max-age=60", "Age": "90"}, timedelta(0)),
        ({"Cache-Control": "max-age=60", "Age": "old"}, timedelta(seconds=60)),
        ({"Cache-Control": "max-age=600, no-cache"}, timedelta(0)),
        ({"Cache-Control": "no-store"}, timedelta(0)),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=999999999999"}, timedelta(days=365)),
    ],
)
def test_how_long_a_body_stays_fresh(headers: dict[str, str], fresh: timedelta | None) -> None:
    """The server's max-age less the body's age, at most a year, nothing if it does not say."""
    assert read_freshness(headers) == fresh


@given(st.text())
def test_any_header_is_understood_or_passed_over(text: str) -> None:
    """No header fails, and no wait is negative or endless."""
    for found in (read_freshness({"Cache-Control": text, "Age": text}), read_retry_after(text, now=NOW)):
        assert found is None or timedelta(0) <= found <= timedelta(days=365)


@given(st.integers(min_value=-(10**7), max_value=10**7))
def test_a_date_and_seconds_mean_the_same(seconds: int) -> None:
    """Retry-After as a date is as far ahead as the same in seconds; the past is no wait."""
    at = NOW + timedelta(seconds=seconds)
    as_date = read_retry_after(at.strftime("%a, %d %b %Y %H:%M:%S GMT"), now=NOW)
    assert as_date == timedelta(seconds=max(seconds, 0))
    assert seconds < 0 or read_retry_after(str(seconds), now=NOW) == as_date


def test_validators_ask_and_are_kept() -> None:
    """Both are sent, line breaks never; an answer's own replace those asked with."""
    asked = Validators(etag='W/"1"', last_modified="Mon, 02 Mar 2026 07:00:00 GMT")
    assert conditional_headers(asked) == {"If-None-Match": 'W/"1"', "If-Modified-Since": asked.last_modified}
    assert conditional_headers(Validators(etag="a\r\nX: y")) == {}
    assert read_validators({"ETag": '"2"'}, before=asked) == Validators(etag='"2"', last_modified=asked.last_modified)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (" https://kopi.example/feed#top ", Target(url="https://kopi.example/feed")),
        ("http://kopi.example:8080", Target(url="http://kopi.example:8080/")),
        ("http://ann:p%40ss@kopi.example/?a=b", Target(url="http://kopi.example/?a=b", credentials=SECRET)),
        ("http://[2606:4700::1]:81/x", Target(url="http://[2606:4700::1]:81/x")),
    ],
)
def test_credentials_are_taken_out_of_an_address(url: str, target: Target) -> None:
    """What stays can be fetched, shown and used as a base; the password is not in the repr either."""
    assert read_target(url) == target
    assert "p@ss" not in repr(read_target(url))


@pytest.mark.parametrize(
    ("start", "location", "carries"),
    [
        ("https://kopi.example/a", "/b", True),
        ("https://kopi.example/a", "https://kopi.example/b", True),
        ("http://kopi.example/a", "https://kopi.example/b", True),
        ("https://kopi.example/a", "http://kopi.example/b", False),
        ("https://kopi.example/a", "https://kopi.example:8443/b", False),
        ("https://kopi.example/a", "//evil.example/b", False),
    ],
)
def test_a_redirect_carries_credentials_only_home(start: str, location: str, carries: bool) -> None:  # noqa: FBT001  # pytest passes parameters by name
    """Within one origin or up to https they go along, elsewhere never."""
    followed = follow_redirect(Target(url=start, credentials=SECRET), location)
    assert followed.credentials == (SECRET if carries else None)


@given(st.text(alphabet="abc:/@?#[]%. \n\\ü0", max_size=30))
def test_any_address_is_taken_apart_or_refused(tail: str) -> None:
    """A password in a broken address is in no text, and no address keeps one."""
    url = f"https://ann:s3cret@{tail}"
    try:
        target = read_target(url)
    except FeedFault as fault:
        shown = str(fault)
    else:
        shown = target.url + target.place
    assert "s3cret" not in shown
