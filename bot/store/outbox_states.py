"""The states of a message in the outbox as conditions that the partial indexes are made for.

The words stand in the statement itself: a database that plans for any value cannot know that an index holds them all.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, bindparam


def is_waiting(messages: FromClause) -> ColumnElement[bool]:
    """Return the condition that a message still holds its place in its lane."""
    return _is_in(messages, ("pending", "retry", "sending"))


def is_sending(messages: FromClause) -> ColumnElement[bool]:
    """Return the condition that a worker has a message in hand."""
    return messages.c.state == bindparam(None, "sending", literal_execute=True)


def is_stuck(messages: FromClause) -> ColumnElement[bool]:
    """Return the condition that a message goes nowhere until a person decides, or an answer comes after all."""
    return _is_in(messages, ("held", "failed", "unknown"))


def _is_in(messages: FromClause, states: tuple[str, ...]) -> ColumnElement[bool]:
    return messages.c.state.in_(bindparam(None, states, expanding=True, literal_execute=True))
