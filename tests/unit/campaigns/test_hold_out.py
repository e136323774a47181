"""What is left out on purpose: always the same, and as much as was asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.hold_out import hold_out, why_left_out
from tests.unit.campaigns.sample import a_campaign, a_share


def test_a_tenth_is_a_tenth() -> None:
    """Of a thousand posts; and of one post in a thousand communities."""
    campaign = a_campaign(hold_out=0.1)
    of_posts = sum(why_left_out(campaign, f"p{number}", "warung") is not None for number in range(1000))
    of_places = sum(why_left_out(campaign, "p1", f"c{number}") is not None for number in range(1000))
    assert 70 <= of_posts <= 130
    assert 70 <= of_places <= 130


@given(subject=st.text(max_size=20), community=st.text(max_size=20), share=st.floats(0, 0.99))
def test_more_left_out_leaves_out_the_same_and_more(subject: str, community: str, share: float) -> None:
    """Raising the share lets nothing back in, and nothing is left out unasked."""
    assert why_left_out(a_campaign(), subject, community) is None
    if why_left_out(a_campaign(hold_out=share / 2), subject, community):
        assert why_left_out(a_campaign(hold_out=share), subject, community)


def test_a_share_that_is_left_out_says_so() -> None:
    """It is skipped like any other that is not posted, so no other campaign takes its place."""
    campaign = a_campaign(hold_out=0.5)
    states = {hold_out(a_share("s", post_id=f"p{number}"), campaign).state for number in range(20)}
    assert states == {"draft", "skipped"}
    left_out = next(
        share
        for number in range(20)
        if (share := hold_out(a_share("s", post_id=f"p{number}"), campaign)).state == "skipped"
    )
    assert left_out.reason == "left out on purpose, to compare with silence (hold_out: 50%)"
