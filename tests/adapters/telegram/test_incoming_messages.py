"""What people write in Telegram, and what the core hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.messages import CommandGiven, IncomingMessage, MessageEdited, MessageRef, PersonRef
from tests.adapters.telegram.payloads import (
    BOT,
    BUDI,
    CHANNEL,
    CHAT_ID,
    DATE,
    DEWI,
    DEWI_PERSON,
    FORUM,
    GROUP,
    OTHER_BOT,
    entity,
    message,
    read,
)

AT = datetime.fromtimestamp(DATE, UTC)
PLAIN = IncomingMessage(
    event_id=f"m:{CHAT_ID}:11",
    at=AT,
    channel=CHANNEL,
    message_id="11",
    author=DEWI_PERSON,
    text="Kopinya enak",
)


def one(content: dict[str, Any]) -> IncomingMessage:
    """Read a message that must give exactly one event."""
    (event,) = read("message", content)
    assert isinstance(event, IncomingMessage)
    return event


class TestText:
    """Words arrive as they were written, the bot's own name apart."""

    def test_a_message_keeps_all_that_matters(self) -> None:
        """Author, place, moment and words are those Telegram gave."""
        assert read("message", message("Kopinya enak")) == (PLAIN,)

    def test_a_caption_is_the_text_of_a_picture(self) -> None:
        """People write below pictures as they write without one."""
        photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
        assert read("message", message(photo=photo, caption="Kopinya enak")) == (PLAIN,)

    def test_the_pictures_of_an_album_belong_together(self) -> None:
        """Each is a message with an id of its own, so that it can be edited and answered; all name their album."""
        photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
        album = "13579864297531"
        first = one(message(photo=photo, caption="Kopinya enak", media_group_id=album))
        second = one(message(message_id=12, photo=photo, media_group_id=album))
        assert first == replace(PLAIN, part_of=album)
        assert second == replace(PLAIN, event_id=f"m:{CHAT_ID}:12", message_id="12", text="", part_of=album)

    def test_a_sticker_says_nothing_in_words(self) -> None:
        """Taking part without words is taking part."""
        sticker = {
            "file_id": "a",
            "file_unique_id": "b",
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        }
        assert read("message", message(sticker=sticker)) == (replace(PLAIN, text=""),)

    @pytest.mark.parametrize(
        ("text", "start", "expected"),
        [
            ("@tani_bot berapa harganya?", 0, "berapa harganya?"),
            ("@Tani_Bot, berapa harganya?", 0, "berapa harganya?"),
            ("hei @tani_bot, kapan buka?", 4, "hei kapan buka?"),
            ("makasih @tani_bot!", 8, "makasih!"),
            ("😀👍🏽 @tani_bot halo", 7, "😀👍🏽 halo"),
            ("@tani_bot", 0, ""),
        ],
    )
    def test_the_bots_name_is_taken_out(self, text: str, start: int, expected: str) -> None:
        """A question to the bot reads as a question, wherever its name stood."""
        heard = one(message(text, entities=[entity("mention", start, 9)]))
        assert (heard.text, heard.mentions_bot) == (expected, True)

    def test_a_name_like_the_bots_is_somebody_elses(self) -> None:
        """@tani_bots is not @tani_bot."""
        heard = one(message("@tani_bots halo", entities=[entity("mention", 0, 10)]))
        assert (heard.text, heard.mentions_bot) == ("@tani_bots halo", False)

    def test_people_named_by_id_are_mentions(self) -> None:
        """Telegram names by id those who have no username; each counts once, other bots never."""
        spans = [
            entity("text_mention", 0, 4, user=BUDI),
            entity("text_mention", 5, 4, user=BUDI),
            entity("text_mention", 10, 4, user=OTHER_BOT),
            entity("mention", 15, 5),
        ]
        heard = one(message("Budi Budi Quiz @dewi", entities=spans))
        assert (heard.text, heard.mentions, heard.mentions_bot) == (
            "Budi Budi Quiz @dewi",
            (PersonRef(platform="telegram", id="184468"),),
            False,
        )

    def test_naming_the_bot_by_id_addresses_it(self) -> None:
        """A mention chosen from a list carries the id instead of the username."""
        heard = one(message("Tani, halo", entities=[entity("text_mention", 0, 4, user=BOT)]))
        assert (heard.text, heard.mentions_bot, heard.mentions) == ("halo", True, ())

    def test_broken_characters_are_replaced(self) -> None:
        """Half a character can't be stored or shown."""
        assert one(message("a\ud83db\0c")).text == "a\ufffdbc"

    @given(before=st.text(max_size=20), after=st.text(max_size=20))
    def test_taking_the_name_out_loses_no_other_word(self, before: str, after: str) -> None:
        """Offsets count UTF-16 units: whatever stands around the name, only spaces and its comma may go with it."""
        offset = len(before.encode("utf-16-le", "surrogatepass")) // 2
        heard = one(message(f"{before}@tani_bot{after}", entities=[entity("mention", offset, 9)]))
        dropped = str.maketrans("", "", " ,:\0")
        assert heard.mentions_bot
        assert "".join(heard.text.translate(dropped).split()) == "".join((before + after).translate(dropped).split())

    @given(
        text=st.text(min_size=1, max_size=12),
        spans=st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=4),
    )
    def test_no_entity_however_wrong_breaks_a_message(self, text: str, spans: list[tuple[int, int]]) -> None:
        """Offsets outside the text or in the middle of a character give an event all the same."""
        assume(not text.startswith("/"))  # that may be another bot's command, which is no event
        made = [
            entity(kind, start, length)
            for start, length in spans
            for kind in ("mention", "bot_command", "text_mention", "a_kind_of_next_year")
        ]
        assert len(read("message", message(text, entities=made))) == 1


class TestAuthor:
    """Who is heard, and as whom."""

    @pytest.mark.parametrize("sender", [BOT, OTHER_BOT])
    def test_no_bot_is_heard(self, sender: dict[str, Any]) -> None:
        """Bots talking to bots would never stop."""
        assert read("message", message("halo", **{"from": sender})) == ()

    def test_an_anonymous_admin_speaks_as_the_group(self) -> None:
        """The placeholder account behind it is nobody, and no bot either."""
        anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
        heard = one(message("Kopinya enak", sender_chat=GROUP, **{"from": anonymous}))
        assert (heard.author.ref.id, heard.author.name, heard.author.is_bot) == (str(CHAT_ID), "Warung Kopi", False)

    def test_a_channels_copied_post_is_not_heard(self) -> None:
        """Telegram itself copies a linked channel's posts into its group."""
        channel = {"id": -1009, "type": "channel", "title": "Kabar"}
        assert read("message", message("Baru!", sender_chat=channel, is_automatic_forward=True)) == ()

    def test_a_private_chat_is_direct(self) -> None:
        """Alone with the bot, a member's chat is their own id."""
        heard = one(message("halo", chat={"id": 184467, "type": "private", "first_name": "Dewi"}))
        assert (heard.channel.space, heard.channel.channel, heard.channel.direct) == ("184467", "184467", True)


class TestThreads:
    """Where in a forum something was said, and what it answers."""

    def test_a_topic_is_a_thread(self) -> None:
        """A message in a topic carries it."""
        heard = one(message("halo", chat=FORUM, message_thread_id=5, is_topic_message=True))
        assert heard.channel == replace(CHANNEL, thread="5")

    def test_general_has_no_thread(self) -> None:
        """In General the thread id names a chain of replies, to which nothing can be sent."""
        heard = one(message("halo", chat=FORUM, message_thread_id=77))
        assert heard.channel == CHANNEL

    def test_a_topics_creation_is_not_answered(self) -> None:
        """In a topic Telegram makes every message answer the one that announced it."""
        created = message(message_id=5, chat=FORUM, forum_topic_created={"name": "Seduh", "icon_color": 1})
        heard = one(message("halo", chat=FORUM, message_thread_id=5, is_topic_message=True, reply_to_message=created))
        assert (heard.reply_to, heard.replies_to_bot) == (None, False)

    def test_an_answer_names_the_message_and_its_author(self) -> None:
        """Who answers whom is what connectors are found by."""
        heard = one(message("betul", reply_to_message=message("enak ya", message_id=9, **{"from": BUDI})))
        author = PersonRef(platform="telegram", id="184468")
        assert heard.reply_to == MessageRef(channel=CHANNEL, id="9", author=author)
        assert heard.replies_to_bot is False

    def test_an_answer_to_the_bot_says_so(self) -> None:
        """Answering the bot addresses it."""
        heard = one(message("kapan?", reply_to_message=message("Ada cerita baru", message_id=9, **{"from": BOT})))
        assert heard.replies_to_bot is True


class TestCommands:
    """What begins with a slash."""

    def command(self, text: str, length: int, **fields: Any) -> tuple[object, ...]:
        """Read a message that begins with a command of `length`."""
        return read("message", message(text, entities=[entity("bot_command", 0, length)], **fields))

    def test_a_command_carries_its_arguments(self) -> None:
        """Name, words after it, giver and message."""
        assert self.command("/top@Tani_Bot  minggu ini ", 13) == (
            CommandGiven(
                event_id=f"m:{CHAT_ID}:11",
                at=AT,
                channel=CHANNEL,
                name="top",
                arguments="minggu ini",
                author=DEWI_PERSON,
                message_id="11",
            ),
        )

    @pytest.mark.parametrize(("text", "name"), [("/TOP", "top"), ("/teratas", "top"), ("/entah", "entah")])
    def test_names_are_canonical(self, text: str, name: str) -> None:
        """Translated names mean the same; unknown ones are for the core to judge."""
        (event,) = self.command(text, len(text))
        assert isinstance(event, CommandGiven)
        assert event.name == name

    def test_another_bots_command_is_nothing(self) -> None:
        """A group has many bots."""
        assert self.command("/top@quiz_bot", 13) == ()

    def test_a_forwarded_command_is_only_words(self) -> None:
        """It was given to somebody else, at another time."""
        origin = {"type": "hidden_user", "sender_user_name": "Sri", "date": DATE}
        (event,) = self.command("/top", 4, forward_origin=origin)
        assert isinstance(event, IncomingMessage)
        assert event.text == "/top"

    def test_a_command_in_the_middle_is_only_words(self) -> None:
        """Talking about a command gives none."""
        heard = one(message("coba /top", entities=[entity("bot_command", 5, 4)]))
        assert heard.text == "coba /top"


class TestEdits:
    """What was changed after it was said."""

    def test_an_edit_carries_the_new_text(self) -> None:
        """When it was edited is when it happened; two edits in one second are two events."""
        edited = message("Kopinya enak sekali", edit_date=DATE + 60)
        assert read("edited_message", edited) == (
            MessageEdited(
                event_id=f"e:{CHAT_ID}:11:900",
                at=datetime.fromtimestamp(DATE + 60, UTC),
                channel=CHANNEL,
                message=MessageRef(channel=CHANNEL, id="11", author=DEWI_PERSON.ref),
                author=DEWI_PERSON,
                text="Kopinya enak sekali",
            ),
        )

    def test_a_walk_is_no_edit(self) -> None:
        """A live location changes every few seconds."""
        location = {"latitude": -6.2, "longitude": 106.8, "live_period": 600}
        assert read("edited_message", message(location=location, edit_date=DATE)) == ()

    def test_the_bots_own_edit_is_not_heard(self) -> None:
        """What the bot did is no event."""
        assert read("edited_message", message("halo", edit_date=DATE, **{"from": BOT})) == ()


@pytest.mark.parametrize(
    "service",
    [
        {"new_chat_title": "Warung Baru"},
        {"group_chat_created": True},
        {"forum_topic_created": {"name": "Seduh", "icon_color": 1}},
        {"forum_topic_closed": {}},
        {"video_chat_started": {}},
        {"pinned_message": message("penting")},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
        {"boost_added": {"boost_count": 1}},
        {"write_access_allowed": {}},
        {"something_of_next_year": {"a": 1}},
    ],
)
def test_service_messages_are_nothing(service: dict[str, Any]) -> None:
    """The group's own notices are nobody's words."""
    assert read("message", message(**service)) == ()


def test_redelivery_gives_the_same_events() -> None:
    """A message fetched twice is one event to the core."""
    assert read("message", message("halo", **{"from": DEWI})) == read("message", message("halo", **{"from": DEWI}))
