"""The link budget: a community's account, filled by helpful answers and emptied by bad reception. Pure.

What is helpful and what is bad is judged elsewhere; here it is only reckoned up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from bot.brand import LinkBudget

#: How far back the account reaches: old grudges end, and so does old credit.
REACH = timedelta(days=90)

#: What fills or empties the account.
Entry: TypeAlias = Literal["helpful", "bad"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What a community's account holds, and what brought it there."""

    balance: float
    helpful: int
    bad: int

    @property
    def is_empty(self) -> bool:
        """Whether it holds posts back."""
        return self.balance <= 0


def reckon(budget: LinkBudget, entries: Sequence[Entry]) -> Account:
    """Return the account after `entries`, oldest first.

    It is never overdrawn: after however bad a time, the next helpful answer counts in full.
    """
    balance = budget.start
    for entry in entries:
        balance += budget.per_helpful_answer if entry == "helpful" else budget.per_bad_reception
        # halves and tenths add up to whole ones
        balance = max(0.0, round(balance, 6))
    return Account(balance=balance, helpful=entries.count("helpful"), bad=entries.count("bad"))


def describe_account(account: Account) -> str:
    """Return in words what an account holds and why."""
    answers = f"{account.helpful} helpful answer{'' if account.helpful == 1 else 's'}"
    bad = f"{account.bad} bad reception{'' if account.bad == 1 else 's'}"
    return f"{account.balance:g} left after {answers} and {bad} in {REACH.days} days"
