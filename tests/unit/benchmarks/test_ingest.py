"""The road from Telegram's JSON to a committed row, in short."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from adapters.telegram.entities import Self
from adapters.telegram.incoming import read_update
from benchmarks.__main__ import main
from benchmarks.telegram_updates import BOT_ID, USERNAME, make_updates
from bot.messages import IncomingMessage
from tests.unit.campaigns.sample import NOW


def test_every_event_is_committed(capsys: pytest.CaptureFixture[str]) -> None:
    """The benchmark in short, which fails when the log lacks one; whether it is fast is not asked here."""
    code = main(["ingest", "--json", "--updates", "600", "--members", "90", "--chats", "3", "--without-peers"])
    said = capsys.readouterr()
    assert (said.err, code in (0, 1)) == ("", True)
    found = json.loads(said.out)
    assert found["sizes"] == {"updates": 600, "members": 90, "groups": 3}
    assert set(found["parts"]) == {"python-telegram-bot", "100 updates", "200 updates", "600 updates"}
    assert {"name", "sizes", "ours", "peer", "ratio", "target", "met"} <= set(found)


def test_the_updates_are_of_every_kind() -> None:
    """Each means exactly one event; replies, mentions, commands and reactions are among them."""
    me = Self(id=BOT_ID, username=USERNAME, commands={})
    events = []
    for update in make_updates(2_000, chats=range(3), members=50, seed=3):
        (event,) = read_update(update, me, {}, seen_at=NOW)
        events.append(event)
    kinds = Counter(type(event).__name__ for event in events)
    assert set(kinds) == {
        "IncomingMessage", "CommandGiven", "MessageEdited", "ReactionGiven", "MemberJoined", "MemberLeft"
    }  # fmt: skip
    messages = [event for event in events if isinstance(event, IncomingMessage)]
    assert any(message.reply_to for message in messages)
    assert any(message.mentions for message in messages)
    assert any(message.mentions_bot for message in messages)
    assert len({event.event_id for event in events}) == len(events)
