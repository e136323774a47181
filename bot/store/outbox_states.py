"""The states of a message in the outbox as conditions that the partial indexes are made for.

The words stand in the statement itself: a database that plans for any value cannot know that an index holds them all.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, bindparam, select

from bot.store.tables import lane, outbox

#: The states of a message that is still to be sent.
ON_ITS_WAY = ("pending", "retry", "sending", "held")


def is_waiting(messages: FromClause) -> ColumnElement[bool]:
    """Return the condition that a message still holds its place in its lane."""
    return _is_in(messages, ("pending", "retry", "sending"))


def is_sending(messages: FromClause) -> ColumnElement[bool]:
    """Return the condition that a worker has a message in hand."""
    return messages.c.state == bindparam(None, "sending", literal_execute=True)


def is_stuck(messages: FromClause) -> ColumnElement[bool]:
    """Return the condition that a message goes nowhere until a person decides, or an answer comes after all."""
    return _is_in(messages, ("held", "failed", "unknown"))


def first_of_lane(is_so: Callable[[FromClause], ColumnElement[bool]]) -> ScalarSelect[str]:
    """Return the first id, of the messages in the lane that is asked about, of which a condition is true; NULL if none.

    One probe of an index, however long the lane is.
    """
    found = outbox.alias(is_so.__name__)
    return (
        select(found.c.id)
        .where(found.c.brand_id == lane.c.brand_id, found.c.lane == lane.c.lane, is_so(found))
        .order_by(found.c.id)
        .limit(1)
        .correlate(lane)
        .scalar_subquery()
    )


def _is_in(messages: FromClause, states: tuple[str, ...]) -> ColumnElement[bool]:
    return messages.c.state.in_(bindparam(None, states, expanding=True, literal_execute=True))
