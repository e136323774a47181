"""When two spellings are one address."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.feeds.links import canonical_link, link_address

POST = "https://kopi.example/a/b?x=1&y=2"


@pytest.mark.parametrize(
    "url",
    [
        "http://kopi.example/a/b?x=1&y=2",
        "https://www.kopi.example/a/b?x=1&y=2",
        "https://KOPI.Example:443/a/b/?y=2&x=1#top",
        "http://kopi.example:80/a/b?utm_source=rss&x=1&utm_medium=feed&y=2",
        " https://ann:pw@kopi.example./%61/b?x=1&y=2&fbclid=z&gclid=1&mc_cid=3&UTM_Campaign=q&ref=home ",
    ],
)
def test_one_page_has_one_spelling(url: str) -> None:
    """Scheme, www, case of the host, ports, order, fragments and tracking make no difference."""
    assert canonical_link(url) == POST


@pytest.mark.parametrize(
    "url",
    [
        "https://kopi.example/a/B?x=1&y=2",
        "https://kopi.example/a/b?x=1&y=3",
        "https://kopi.example/a/b",
        "https://kopi.example:8443/a/b?x=1&y=2",
        "https://blog.kopi.example/a/b?x=1&y=2",
        "https://kopi.example/a%2Fb?x=1&y=2",
    ],
)
def test_different_pages_stay_different(url: str) -> None:
    """Path, parameters, port and subdomain tell pages apart."""
    assert canonical_link(url) != POST


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://kopi.example/caf%c3%a9", "https://kopi.example/café"),
        ("https://kopi.example/?q=a+b", "https://kopi.example/?q=a%20b"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://kopi.example/100%", "https://kopi.example/100%25"),
        ("https://kopi.example", "http://www.kopi.example/"),
    ],
)
def test_escapes_are_spelled_one_way(one: str, other: str) -> None:
    """Escaped and plain characters meet."""
    assert canonical_link(one) == canonical_link(other)


@pytest.mark.parametrize(
    "url", ["mailto:a@b.example", "tag:kopi.example,2026:1", "", "http://", "http://[x", "http://h:99999/"]
)
def test_what_is_no_web_address_stays_as_it_is(url: str) -> None:
    """Other identifiers come back untouched and have no host."""
    assert (canonical_link(f" {url} "), link_address(url)) == (url, ("", ""))


def test_an_address_is_split_into_host_and_rest() -> None:
    """The home page has no rest."""
    assert link_address("http://www.kopi.example/a/?x=1") == ("kopi.example", "/a?x=1")
    assert link_address("http://www.kopi.example/") == ("kopi.example", "")


@given(
    st.text() | st.from_regex(r"https?://[a-zA-Z.ü%:\[\]@0-9-]{1,20}(/\S{0,20})?(\?\S{0,20})?(#\S*)?", fullmatch=True)
)
@example("https://www.www.x.y//")
@example("http://kopi.example/a/ ")
@example("http://a/%25%2%41?%=%41&utm_=\ud800")
def test_once_is_enough(url: str) -> None:
    """The canonical link of a canonical link is itself, and no text makes it fail."""
    once = canonical_link(url)
    assert canonical_link(once) == once
