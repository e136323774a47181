"""The named moments exist: a method that the store no longer has would be a moment at which nobody ever dies."""

from __future__ import annotations

import inspect

from bot.ports import store
from tests.faults.deaths import NIGHTS, deal_points, find_points
from tests.faults.dooms import COMMITS, POINTS


def test_every_commit_is_named_by_a_method_of_the_store() -> None:
    """Group by group, as the unit of work names them."""
    groups = {
        name: inspect.signature(member.fget).return_annotation
        for name, member in vars(store.UnitOfWork).items()
        if isinstance(member, property) and member.fget is not None
    }
    missing = [
        verb
        for verb in COMMITS
        if not hasattr(getattr(store, str(groups.get(verb.partition(".")[0]))), verb.partition(".")[2])
    ]
    assert missing == []


def test_every_moment_comes_in_some_night() -> None:
    """Dealt out, each is in exactly one; where it can't come it is not waited for."""
    dealt = deal_points()
    assert sorted(point for points in dealt.values() for point in points) == sorted(POINTS)
    assert all(set(dealt[night]) <= set(find_points(*night)) for night in NIGHTS)
