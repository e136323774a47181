"""JSON Lines are read one by one, and what cannot be read is told with its line."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engagement.history.found import Unreadable
from bot.engagement.history.lines import LONGEST_LINE, read_lines
from bot.ports.history import PastMessage, PastReaction

FULL = {
    "id": "m1",
    "community": "warung",
    "channel": "general",
    "at": "2026-11-24T08:00:00Z",
    "author": "u1",
    "author_name": "Dewi",
    "is_bot": False,
    "text": "halo",
    "reply_to": "m0",
    "mentions": ["u2"],
    "reactions": [{"by": "u3", "emoji": "👍", "at": "2026-11-24T08:01:00Z"}],
}
LEAST = {"id": "m1", "community": "warung", "at": "2026-11-24T15:00:00+07:00", "author": "u1"}


def read(*lines: str | bytes) -> list[tuple[int, PastMessage] | Unreadable]:
    """Read lines as a file has them."""
    whole = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return list(read_lines(io.BytesIO(whole)))


def test_every_field_is_read() -> None:
    """A line with everything gives a message with everything."""
    moment = datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert read(json.dumps(FULL)) == [
        (
            1,
            PastMessage(
                id="m1",
                at=moment,
                author="u1",
                author_name="Dewi",
                text="halo",
                reply_to="m0",
                mentions=("u2",),
                reactions=(PastReaction(by="u3", emoji="👍", at=moment.replace(minute=1)),),
                all_reactions=True,
                community="warung",
                channel="general",
            ),
        )
    ]


def test_four_fields_are_enough() -> None:
    """Where nothing else is given, nothing else is known; numbers may stand for ids; blank lines are nothing."""
    found = read("", json.dumps({**LEAST, "id": 7}), "")
    assert found == [
        (
            2,
            PastMessage(id="7", at=datetime(2026, 11, 24, 8, tzinfo=UTC), author="u1", community="warung"),
        )
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "not an object"),
        (json.dumps({**LEAST, "id": None}), "id is missing"),
        (json.dumps({**LEAST, "author": ["u1"]}), "author is no id"),
        (json.dumps({**LEAST, "author": ""}), "author is no id"),
        (json.dumps({**LEAST, "author": "u" * 101}), "author is no id"),
        (json.dumps({**LEAST, "author": "u\u0000"}), "author is no id"),
        (json.dumps({**LEAST, "author": "\ud800"}), "author is no id"),
        (json.dumps({**LEAST, "community": ""}), "community is missing"),
        (json.dumps({**LEAST, "at": "2026-11-24T08:00:00"}), "no time zone"),
        (json.dumps({**LEAST, "at": "yesterday"}), "yesterday"),
        (json.dumps({**LEAST, "at": "0001-01-01T00:00:00+14:00"}), "year 1"),
        (json.dumps({**LEAST, "mentions": "u2"}), "mentions is no list"),
        (json.dumps({**LEAST, "reactions": [{"by": "u2"}]}), "no emoji"),
        ("[" * 100_000, "nested too deep"),
        ('{"id": ' + "1" * 10_000 + "}", "integer"),
        (b"\xff\xfe", "not UTF-8"),
        ("x" * (2 * LONGEST_LINE + 5), "longer than"),
    ],
)
def test_a_broken_line_is_told_and_the_next_is_read(line: str | bytes, reason: str) -> None:
    """What is wrong is said in words with the line's number, and costs only that line."""
    first, second = read(line, json.dumps(LEAST))
    assert isinstance(first, Unreadable)
    assert first.line == 1
    assert reason in first.reason
    assert not isinstance(second, Unreadable)
    assert second[0] == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(FULL, JSON)), max_size=5))
def test_any_object_is_a_message_or_unreadable(items: list[dict[str, object]]) -> None:
    """Whatever values the known fields have, each line gives exactly one of the two."""
    found = read(*(json.dumps(item) for item in items))
    assert [one.line if isinstance(one, Unreadable) else one[0] for one in found] == list(range(1, len(items) + 1))


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data: bytes) -> None:
    """No file crashes the reader."""
    for one in read_lines(io.BytesIO(data)):
        assert isinstance(one, Unreadable)
