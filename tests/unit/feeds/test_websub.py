"""What a hub is asked for, and when it is believed."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.feeds.read import read_feed
from bot.feeds.websub import (
    callback_key,
    callback_path,
    is_signed,
    push_secret,
    read_lease,
    renew_at,
    subscription_form,
)

KEY = b"k" * 32
NOW = datetime(2026, 7, 6, tzinfo=UTC)
METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Kopi</title><id>x:1</id>
<link rel="self" href="https://kopi.example/atom"/><link rel="hub" href="https://hub.example/"/>
<link rel="hub" href="https://second.example/"/></feed>"""
RSS = b"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Kopi</title>
<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="/atom"/></channel></rss>"""
JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Kopi", "feed_url": "https://kopi.example/atom",
"hubs": [{"type": "rssCloud", "url": "https://cloud.example"}, {"type": "WebSub", "url": "https://hub.example/"}],
"items": []}"""


@given(body=st.binary(), method=st.sampled_from(sorted(METHODS)), secret=st.text(st.characters(codec="ascii")))
def test_a_right_signature_is_believed(body: bytes, method: str, secret: str) -> None:
    """By each method of the Recommendation, in any case of letters."""
    made = hmac.new(secret.encode(), body, METHODS[method]).hexdigest()
    assert is_signed(body, f"{method}={made}", secret)
    assert is_signed(body, f"{method}={made.upper()}", secret)


@given(body=st.binary(), other=st.binary(), header=st.text())
def test_nothing_else_is(body: bytes, other: bytes, header: str) -> None:
    """Neither made-up headers, nor the signature of something else, nor one without its method."""
    assume(body != other)
    made = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert not is_signed(body, header, "secret")
    assert not is_signed(other, f"sha256={made}", "secret")
    assert not is_signed(body, f"sha256={made}", "another")
    assert not is_signed(body, made, "secret")
    assert not is_signed(body, f"md5={hmac.new(b'secret', body, hashlib.md5).hexdigest()}", "secret")


@pytest.mark.parametrize("body", [ATOM, RSS, JSON], ids=["atom", "rss", "json"])
def test_a_feed_names_its_hub_and_itself(body: bytes) -> None:
    """The first hub it names; relative addresses are made absolute."""
    read = read_feed(body, content_type=None, base_url="https://kopi.example/feed")
    assert (read.hub, read.topic) == ("https://hub.example/", "https://kopi.example/atom")


def test_a_hub_that_is_no_web_address_is_none() -> None:
    """A feed can name what it likes."""
    body = ATOM.replace(b"https://hub.example/", b"file:///etc/passwd")
    assert read_feed(body, content_type=None, base_url="https://kopi.example/feed").hub is None


def test_each_feed_has_its_own_address_and_secret() -> None:
    """What is known of one opens no other."""
    assert callback_path("blog", KEY) == f"/websub/blog/{callback_key('blog', KEY)}"
    assert len({callback_key("blog", KEY), callback_key("shop", KEY), callback_key("blog", b"other")}) == 3
    assert len({push_secret("blog", "t", KEY), push_secret("shop", "t", KEY), push_secret("blog", "u", KEY)}) == 3


def test_a_hub_is_asked_as_the_recommendation_has_it() -> None:
    """Mode, topic, where to call, the secret, and for how long."""
    assert subscription_form("blog", "https://kopi.example/atom", public_url="https://desk.example/x", key=KEY) == {
        "hub.mode": "subscribe",
        "hub.topic": "https://kopi.example/atom",
        "hub.callback": f"https://desk.example/x{callback_path('blog', KEY)}",
        "hub.secret": push_secret("blog", "https://kopi.example/atom", KEY),
        "hub.lease_seconds": "864000",
    }


@pytest.mark.parametrize(
    ("said", "lease"),
    [
        ("86400", timedelta(days=1)),
        ("0", timedelta(minutes=5)),
        ("999999999999", timedelta(days=30)),
        ("-1", None),
        ("1.5", None),
        ("", None),
        (None, None),
    ],
)
def test_a_lease_is_a_number_of_seconds(said: str | None, lease: timedelta | None) -> None:
    """Within what makes sense."""
    assert read_lease(said) == lease


@given(seconds=st.integers(min_value=0, max_value=10**12))
def test_a_lease_is_renewed_before_it_ends(seconds: int) -> None:
    """However long or short it is."""
    lease = read_lease(str(seconds)[:12])
    assert lease is not None
    assert NOW < renew_at(NOW, lease) < NOW + lease
