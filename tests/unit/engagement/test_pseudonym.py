"""Names are shown as their owners allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engagement.pseudonym import Consent, pseudonyms, shown_name
from tests.unit.engagement.sample import person


@given(names=st.sets(st.text(min_size=1), max_size=200))
def test_no_two_members_share_a_pseudonym(names: set[str]) -> None:
    """Where short tails meet, longer ones part them."""
    named = pseudonyms([person(name) for name in names], key=b"k", word="member")
    assert len(set(named.values())) == len(names)


def test_a_crowd_is_named_apart() -> None:
    """Five thousand members can't all have three digits, and still differ."""
    named = pseudonyms([person(str(n)) for n in range(5000)], key=b"k", word="anggota")
    assert len(set(named.values())) == 5000


def test_a_pseudonym_stays_and_tells_nothing_without_the_key() -> None:
    """The same in every list and run; another key gives another name."""
    alone = pseudonyms([person("ani")], key=b"k", word="member")[person("ani")]
    together = pseudonyms([person("budi"), person("ani")], key=b"k", word="member")[person("ani")]
    assert alone == together == "member 944"
    assert pseudonyms([person("ani")], key=b"other", word="member")[person("ani")] != alone


@pytest.mark.parametrize(
    ("names", "consent", "to_self", "expected"),
    [
        ("opt_in", "unknown", False, "member 4f2"),
        ("opt_in", "in", False, "Ani"),
        ("opt_in", "out", False, "member 4f2"),
        ("all", "unknown", False, "Ani"),
        ("all", "out", False, "member 4f2"),
        ("opt_in", "unknown", True, "Ani"),
    ],
)
def test_a_name_is_shown_by_setting_and_consent(names: str, consent: Consent, *, to_self: bool, expected: str) -> None:
    """A yes always shows, a no never does; members see their own name."""
    shown = shown_name(name="Ani", pseudonym="member 4f2", names=names, consent=consent, to_self=to_self)  # type: ignore[arg-type] # both are settings
    assert shown == expected


def test_an_unknown_name_is_a_pseudonym() -> None:
    """Nothing is shown where no name is known."""
    assert shown_name(name=None, pseudonym="member 4f2", names="all", consent="in") == "member 4f2"
