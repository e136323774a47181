"""Documents with one long array are read element by element, and exports are told by what stands before it."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.catalog import export_forms
from bot.engagement.history.document import BrokenDocument, Element, Member, read_document
from bot.engagement.history.exports import is_document, open_export
from bot.engagement.history.found import Unreadable
from bot.ports.history import PastMessage

TELEGRAM = {
    "name": "Warung",
    "type": "private_supergroup",
    "id": 1234567890,
    "messages": [
        {"id": 1, "type": "service", "action": "create_group"},
        {
            "id": 2,
            "type": "message",
            "date": "2026-11-24T15:00:00",
            "date_unixtime": "1795507200",
            "from": "Dewi",
            "from_id": "user184467",
            "reply_to_message_id": 1,
            "text": "halo",
            "text_entities": [
                {"type": "mention_name", "text": "Sari", "user_id": 55},
                {"type": "plain", "text": " halo"},
            ],
            "reactions": [
                {"type": "emoji", "count": 3, "emoji": "👍", "recent": [{"from": "A", "from_id": "user9", "date": "x"}]}
            ],
        },
        {"id": "?", "type": "message", "from_id": "user1", "date_unixtime": "1795507200"},
        {"id": 4, "type": "message", "from_id": "nobody", "date_unixtime": "1795507200"},
        {
            "id": 5,
            "type": "message",
            "from_id": "channel77",
            "date_unixtime": "1795507200",
            "text_entities": [{"type": "bot_command", "text": "/top"}],
        },
        "nonsense",
    ],
}
DISCORD = {
    "guild": {"id": "111111111111111111", "name": "Roasters"},
    "channel": {"id": "222222222222222222", "type": "GuildTextChat", "categoryId": "3", "name": "general"},
    "messages": [
        {
            "id": "900000000000000001",
            "type": "Reply",
            "timestamp": "2026-11-24T08:00:00.123+00:00",
            "content": "hi",
            "author": {"id": "5", "name": "ann", "nickname": "Ann", "isBot": False},
            "mentions": [{"id": "6"}, {"id": "7", "isBot": True}],
            "reference": {"messageId": "900000000000000000"},
            "reactions": [
                {"emoji": {"id": "42", "name": "bean"}, "count": 1, "users": [{"id": "6", "isBot": False}]},
                {"emoji": {"id": "", "name": "👍"}, "count": 1, "users": [{"id": "8", "isBot": True}]},
            ],
        },
        {"id": "900000000000000002", "type": "GuildMemberJoin"},
        {"id": "900000000000000003", "type": "Default", "timestamp": "?", "author": {"id": "5"}},
        {"id": "900000000000000004", "type": "Default", "timestamp": "2026-11-24T08:00:00+00:00"},
    ],
}


def as_file(document: object, indent: int | None = 1) -> io.BytesIO:
    """Write a document as the tools do."""
    return io.BytesIO(json.dumps(document, indent=indent, ensure_ascii=False).encode())


def test_telegram_messages_are_read_as_the_bot_would_have_heard_them() -> None:
    """The group's id, people's and messages' are those of live events; what is broken is told with its line."""
    export = open_export(as_file(TELEGRAM), export_forms())
    found = list(export.messages)
    assert export.place.space == "-1001234567890"
    assert isinstance(found[0], tuple)
    line, message = found[0]
    assert isinstance(message, PastMessage)
    assert (line, message.id, message.author, message.author_name) == (11, "2", "184467", "Dewi")
    assert message.at.isoformat() == "2026-11-24T08:00:00+00:00"
    assert (message.text, message.reply_to, message.mentions) == ("Sari halo", "1", ("55",))
    assert [(given.by, given.emoji, given.at) for given in message.reactions] == [("9", "👍", None)]
    assert not message.all_reactions
    assert [isinstance(one, Unreadable) for one in found] == [False, True, True, False, True]
    assert isinstance(found[3][1], PastMessage)
    assert (found[3][1].author, found[3][1].is_command) == ("-10077", True)


def test_discord_messages_are_read_as_the_bot_would_have_heard_them() -> None:
    """Replies, mentions and reactions of people are read; bots' are not."""
    export = open_export(as_file(DISCORD), export_forms())
    found = list(export.messages)
    assert (export.place.space, export.place.channel) == ("111111111111111111", "222222222222222222")
    assert isinstance(found[0][1], PastMessage)
    message = found[0][1]
    assert (message.author, message.author_name, message.reply_to) == ("5", "Ann", "900000000000000000")
    assert message.mentions == ("6",)
    assert [(given.by, given.emoji, given.emoji_id) for given in message.reactions] == [("6", ":bean:", "42")]
    assert message.all_reactions
    assert [isinstance(one, Unreadable) for one in found] == [False, True, True]


def test_a_thread_belongs_to_the_channel_it_hangs_in() -> None:
    """As live events have it."""
    thread = {"id": "333333333333333333", "type": "GuildPublicThread", "categoryId": "222222222222222222"}
    place = open_export(as_file({**DISCORD, "channel": thread}), export_forms()).place
    assert (place.channel, place.thread) == ("222222222222222222", "333333333333333333")


def test_what_is_no_export_is_refused_in_words() -> None:
    """A private chat, a direct conversation and another document each get their reason."""
    for document, reason in (
        ({**TELEGRAM, "type": "personal_chat"}, "export a group"),
        ({**DISCORD, "guild": {"id": "0"}}, "direct conversation"),
        ({"messages": []}, "no DiscordChatExporter export or Telegram Desktop export"),
    ):
        with pytest.raises(ValueError, match=reason):
            open_export(as_file(document), export_forms())


@pytest.mark.parametrize("indent", [None, 1])
def test_documents_are_told_from_lines(indent: int | None) -> None:
    """By the messages in them, however long the first of them is; the file is left at its beginning."""
    long = {**DISCORD, "messages": [{"id": "1", "content": "x" * 200_000}]}
    for document, is_one in ((TELEGRAM, True), (long, True), ({"id": "m1", "author": "u1"}, False)):
        file = as_file(document, indent)
        assert is_document(file) == is_one
        assert file.tell() == 0
    assert not is_document(io.BytesIO(b"\xff{"))


def test_what_comes_after_a_break_is_not_read() -> None:
    """A file that was cut off gives what came before, and says where it ends."""
    whole = as_file(TELEGRAM).getvalue()
    export = open_export(io.BytesIO(whole[: whole.index(b'"nobody"')]), export_forms())
    found = list(export.messages)
    assert isinstance(found[-1], Unreadable)
    assert "the rest of the file was not read" in found[-1].reason
    assert len(found) == 3


@given(
    st.lists(st.recursive(st.none() | st.integers() | st.text(), st.lists), max_size=6),
    st.dictionaries(st.text(), st.integers(), max_size=3),
    st.sampled_from([None, 1]),
)
def test_walking_gives_what_the_decoder_gives(
    elements: list[object], others: dict[str, int], indent: int | None
) -> None:
    """Members and elements are those of the document, in order."""
    others.pop("messages", None)
    text = json.dumps({**others, "messages": elements}, indent=indent)
    found = list(read_document(io.StringIO(text), array="messages"))
    assert [one.value for one in found if isinstance(one, Element)] == elements
    assert {one.name: one.value for one in found if isinstance(one, Member)} == {**others, "messages": None}


@given(st.text(alphabet='{}[]":,1 amesg\n', max_size=60))
def test_any_text_ends_the_walk(text: str) -> None:
    """Nothing hangs and nothing but BrokenDocument is raised."""
    with contextlib.suppress(BrokenDocument):
        list(read_document(io.StringIO('{"messages": [' + text), array="messages"))


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "users", "emoji"]), inner),
    max_leaves=6,
)


@given(st.sampled_from([TELEGRAM, DISCORD]), st.data())
def test_any_message_is_read_or_unreadable(export: dict[str, object], data: st.DataObject) -> None:
    """Whatever stands in one message, the next is read."""
    messages = export["messages"]
    assert isinstance(messages, list)
    good = next(each for each in messages if each["type"] in ("message", "Reply"))
    odd = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(good, ODD)))
    found = list(open_export(as_file({**export, "messages": [{**good, **odd}, good]}), export_forms()).messages)
    assert not isinstance(found[-1], Unreadable)
