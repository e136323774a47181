"""Links that count clicks: what a token says, and that no other text says anything."""

from __future__ import annotations

import string

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.campaigns.click_link import Clicked, click_link, derive_link_key, read_token

KEY = derive_link_key(b"the brand's own secret")
ABOUT = Clicked(share_id="0197a1b2c3d40001deadbeef", number=3)

keys = st.binary(min_size=1, max_size=40).map(derive_link_key)
abouts = st.builds(
    Clicked,
    share_id=st.text(st.sampled_from(string.digits + "abcdef"), min_size=1, max_size=32),
    number=st.integers(min_value=0, max_value=9999),
)


def token_of(about: Clicked = ABOUT, key: bytes = KEY) -> str:
    """Return what comes after `/go/`."""
    return click_link("https://desk.example/a", about, key).removeprefix("https://desk.example/a/go/")


@given(about=abouts, key=keys)
def test_a_token_says_what_was_put_in(about: Clicked, key: bytes) -> None:
    """The same link every time, and it is read back."""
    assert token_of(about, key) == token_of(about, key)
    assert read_token(token_of(about, key), key) == about


@given(at=st.integers(min_value=0, max_value=len(token_of()) - 1), char=st.characters())
def test_a_changed_token_says_nothing(at: int, char: str) -> None:
    """Whichever character is changed, the last of the signature included, which base64 would forgive."""
    token = token_of()
    assume(token[at] != char)
    assert read_token(token[:at] + char + token[at + 1 :], KEY) is None


@given(text=st.text() | st.from_regex(r"[\w-]{27}\.[0-9a-f]{24}\.[0-9]", fullmatch=True))
def test_a_made_up_token_says_nothing(text: str) -> None:
    """Of whatever form."""
    assert read_token(text, KEY) is None


@given(other=abouts, key=keys)
def test_a_token_of_another_brand_says_nothing(other: Clicked, key: bytes) -> None:
    """Nor does a signature that was given to another share."""
    assume(key != KEY)
    assert read_token(token_of(other, key), KEY) is None
    assume(other != ABOUT)
    signature = token_of().partition(".")[0]
    assert read_token(f"{signature}.{other.share_id}.{other.number}", KEY) is None


def test_a_link_is_short_and_ends_with_a_digit() -> None:
    """What a platform takes for the end of a sentence would be cut off."""
    assert len(token_of()) == 27 + 1 + 24 + 1 + 1
    assert token_of().endswith(".3")


def test_the_brands_secret_is_not_the_key() -> None:
    """A key that leaks tells nobody who is behind a pseudonym."""
    assert derive_link_key(b"secret") not in {b"secret", derive_link_key(b"secret2")}
