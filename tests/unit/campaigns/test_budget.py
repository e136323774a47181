"""A community's account: what fills it, what empties it, and that an empty one holds posts back."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.brand import LinkBudget
from bot.campaigns.budget import Account, Entry, describe_account, reckon
from bot.campaigns.etiquette import BUDGET_LOOK, Standing, may_post
from bot.ports.records import Pause
from tests.unit.campaigns.sample import COMMUNITY, NOW

entries = st.lists(st.sampled_from(["helpful", "bad"]), max_size=30)
budgets = st.builds(
    LinkBudget,
    start=st.floats(0, 10),
    per_helpful_answer=st.floats(0, 3),
    per_bad_reception=st.floats(-3, 0),
)


def test_the_account_is_what_the_marketer_can_reckon() -> None:
    """3 to begin with, half a point for an answer, a whole one for a bad reception."""
    account = reckon(LinkBudget(), ["helpful", "bad", "bad"])
    assert account == Account(balance=1.5, helpful=1, bad=2)
    assert describe_account(account) == "1.5 left after 1 helpful answer and 2 bad receptions in 90 days"


def test_an_account_is_never_overdrawn() -> None:
    """After however bad a time the next helpful answer lets a post out again."""
    assert reckon(LinkBudget(), ["bad"] * 9).is_empty
    assert reckon(LinkBudget(), [*["bad"] * 9, "helpful"]) == Account(balance=0.5, helpful=1, bad=9)


@given(budget=budgets, before=entries)
def test_helpful_answers_never_empty_it_and_bad_receptions_never_fill_it(
    budget: LinkBudget, before: list[Entry]
) -> None:
    """Whatever the amounts, and never below nothing."""
    now = reckon(budget, before).balance
    assert (
        reckon(budget, [*before, "helpful"]).balance >= round(now, 6) >= reckon(budget, [*before, "bad"]).balance >= 0
    )


def test_an_empty_account_holds_posts_and_says_why() -> None:
    """One that holds something, or that is not kept, does not; a pause is named first."""
    empty = Standing(account=Account(balance=0, helpful=0, bad=3))
    hold = may_post(COMMUNITY, NOW, standing=empty, campaign="news", pauses=())
    assert hold is not None
    assert (hold.rule, hold.until) == ("budget", NOW + BUDGET_LOOK)
    assert hold.reason == (
        "the link budget of warung is empty: 0 left after 0 helpful answers and 3 bad receptions in 90 days; "
        "it fills when members find answers helpful"
    )
    some = replace(empty, account=Account(balance=0.5, helpful=1, bad=3))
    assert may_post(COMMUNITY, NOW, standing=some, campaign="news", pauses=()) is None
    assert may_post(COMMUNITY, NOW, standing=Standing(), campaign="news", pauses=()) is None
    pause = Pause(scope="all", key="", since=NOW, reason="")
    paused = may_post(COMMUNITY, NOW, standing=empty, campaign="news", pauses=[pause])
    assert paused is not None
    assert paused.rule == "pause"
