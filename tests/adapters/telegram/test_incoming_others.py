"""Reactions, comings and goings, and all the updates that mean nothing here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.messages import ButtonPressed, MemberJoined, MemberLeft, MessageRef, ReactionGiven, ReactionRemoved
from tests.adapters.telegram.payloads import (
    BOT,
    BUDI,
    BUDI_PERSON,
    CHANNEL,
    CHAT_ID,
    DATE,
    DEWI,
    FORUM,
    GROUP,
    OTHER_BOT,
    SEEN_AT,
    Json,
    entity,
    message,
    read,
)

AT = datetime.fromtimestamp(DATE, UTC)
THUMB = {"type": "emoji", "emoji": "👍"}
HEART = {"type": "emoji", "emoji": "❤"}
CUSTOM = {"type": "custom_emoji", "custom_emoji_id": "5368324170671202286"}
PAID = {"type": "paid"}


def reaction(old: list[Json], new: list[Json], **fields: Any) -> Json:
    """Return a MessageReactionUpdated of Budi's."""
    made = {
        "chat": GROUP,
        "message_id": 11,
        "user": BUDI,
        "date": DATE,
        "old_reaction": old,
        "new_reaction": new,
        **fields,
    }
    return {key: value for key, value in made.items() if value is not None}


class TestReactions:
    """Telegram tells the reactions before and after; the core hears what changed."""

    def test_what_changed_is_told(self) -> None:
        """One taken back and two given are three events, each with an id of its own."""
        shared = {"at": AT, "channel": CHANNEL, "author": BUDI_PERSON, "message": MessageRef(channel=CHANNEL, id="11")}
        prefix = f"r:{CHAT_ID}:11:900"
        assert read("message_reaction", reaction([THUMB], [HEART, CUSTOM])) == (
            ReactionRemoved(event_id=f"{prefix}:0", emoji="👍", **shared),
            ReactionGiven(event_id=f"{prefix}:1", emoji="❤", **shared),
            ReactionGiven(event_id=f"{prefix}:2", emoji=":5368324170671202286:", **shared),
        )

    def test_what_stayed_is_not_told(self) -> None:
        """Adding a second reaction does not give the first again."""
        events = read("message_reaction", reaction([THUMB], [THUMB, HEART]))
        assert [(type(event), getattr(event, "emoji", None)) for event in events] == [(ReactionGiven, "❤")]

    def test_a_paid_star_is_no_sign_between_members(self) -> None:
        """Stars are bought."""
        assert read("message_reaction", reaction([], [PAID])) == ()

    def test_an_anonymous_admin_reacts_as_the_group(self) -> None:
        """Telegram names the chat instead of a person."""
        (event,) = read("message_reaction", reaction([], [THUMB], user=None, actor_chat=GROUP))
        assert isinstance(event, ReactionGiven)
        assert event.author.ref.id == str(CHAT_ID)

    def test_nobodys_reaction_is_nothing(self) -> None:
        """Without a person there is nobody to count."""
        assert read("message_reaction", reaction([], [THUMB], user=None)) == ()

    def test_a_reaction_is_in_its_messages_topic(self) -> None:
        """Telegram does not tell the topic; it is known from the message."""
        (event,) = read("message_reaction", reaction([], [THUMB]), {(CHAT_ID, 11): "5"})
        assert isinstance(event, ReactionGiven)
        assert event.channel == event.message.channel == replace(CHANNEL, thread="5")


def change(old: Json, new: Json, user: Json = BUDI) -> Json:
    """Return a ChatMemberUpdated."""
    return {
        "chat": GROUP,
        "from": DEWI,
        "date": DATE,
        "old_chat_member": {"user": user, **old},
        "new_chat_member": {"user": user, **new},
    }


OUT = {"status": "left"}
IN = {"status": "member"}
KICKED = {"status": "kicked", "until_date": 0}
_RESTRICTED: Json = {
    "status": "restricted",
    "until_date": 0,
    "can_change_info": False,
    "can_invite_users": False,
    "can_pin_messages": False,
    "can_send_messages": False,
    "can_send_polls": False,
    "can_send_other_messages": False,
    "can_add_web_page_previews": False,
    "can_manage_topics": False,
    "can_send_audios": False,
    "can_send_documents": False,
    "can_send_photos": False,
    "can_send_videos": False,
    "can_send_video_notes": False,
    "can_send_voice_notes": False,
    "can_edit_tag": False,
    "can_react_to_messages": False,
}
MUTED_IN = {**_RESTRICTED, "is_member": True}
MUTED_OUT = {**_RESTRICTED, "is_member": False}


class TestMembers:
    """Who came and who went."""

    @pytest.mark.parametrize("old", [OUT, KICKED, MUTED_OUT])
    @pytest.mark.parametrize("new", [IN, MUTED_IN])
    def test_coming_in_is_a_join(self, old: Json, new: Json) -> None:
        """Whatever kept them out before."""
        assert read("chat_member", change(old, new)) == (
            MemberJoined(event_id=f"j:{CHAT_ID}:184468:{DATE}", at=AT, channel=CHANNEL, author=BUDI_PERSON),
        )

    @pytest.mark.parametrize("new", [OUT, KICKED, MUTED_OUT])
    def test_going_out_is_a_leave(self, new: Json) -> None:
        """By themselves or not."""
        assert read("chat_member", change(IN, new)) == (
            MemberLeft(event_id=f"l:{CHAT_ID}:184468:{DATE}", at=AT, channel=CHANNEL, author=BUDI_PERSON),
        )

    @pytest.mark.parametrize(("old", "new"), [(IN, MUTED_IN), (MUTED_OUT, OUT), (OUT, KICKED)])
    def test_other_changes_are_nothing(self, old: Json, new: Json) -> None:
        """Muting somebody moves nobody."""
        assert read("chat_member", change(old, new)) == ()

    def test_the_service_message_tells_the_same_event(self) -> None:
        """An administrator is told twice; the core counts once."""
        told = read("message", message(new_chat_members=[BUDI]))
        assert told == read("chat_member", change(OUT, IN))
        told = read("message", message(left_chat_member=BUDI))
        assert told == read("chat_member", change(IN, OUT))

    def test_bots_are_no_members(self) -> None:
        """Neither this one nor another."""
        assert read("message", message(new_chat_members=[BOT, OTHER_BOT])) == ()
        assert read("message", message(left_chat_member=BOT)) == ()
        assert read("chat_member", change(OUT, IN, OTHER_BOT)) == ()

    def test_several_come_together(self) -> None:
        """One service message can bring many."""
        events = read("message", message(new_chat_members=[DEWI, BUDI]))
        assert [event.author.ref.id for event in events if isinstance(event, MemberJoined)] == ["184467", "184468"]


class TestPresses:
    """Buttons below the bot's own messages."""

    def test_a_press_in_a_topic_says_so(self) -> None:
        """The message shows its topic; one too old to be shown is looked up."""
        below = message("Ongkir Rp32.000.", message_id=12, chat=FORUM, message_thread_id=7, is_topic_message=True)
        old = {"message_id": 12, "date": 0, "chat": FORUM}
        pressed = [
            read("callback_query", press(message=below)),
            read("callback_query", press(message=old), {(FORUM["id"], 12): "7"}),
        ]
        assert [event.channel.thread for (event,) in pressed] == ["7", "7"]

    def test_an_anonymous_administrator_is_the_group(self) -> None:
        """Whoever hides behind the group has no rights that could be asked for."""
        hidden = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
        (pressed,) = read("callback_query", press(**{"from": hidden}))
        assert isinstance(pressed, ButtonPressed)
        assert pressed.author.ref.id == str(GROUP["id"])

    def test_a_press_is_the_same_event_whenever_it_is_told(self) -> None:
        """Its id is the query's, which is also what it is answered by; it happened when it was first seen."""
        (pressed,) = read("callback_query", press())
        assert isinstance(pressed, ButtonPressed)
        assert (pressed.event_id, pressed.ticket, pressed.at) == ("b:4382", "4382", SEEN_AT)


def press(**fields: Any) -> Json:
    """Return a CallbackQuery of Dewi's; `fields` win."""
    below = message("Ongkir Rp32.000.", message_id=12)
    return {"id": "4382", "from": DEWI, "chat_instance": "1", "data": "helpful:1", "message": below, **fields}


UNHEARD: dict[str, Json] = {
    "channel_post": message("Kabar", **{"from": None}),
    "edited_channel_post": message("Kabar", **{"from": None}),
    "business_message": message("halo"),
    "edited_business_message": message("halo"),
    "guest_message": message("halo"),
    "my_chat_member": change(OUT, IN, BOT),
    "inline_query": {"id": "1", "from": DEWI, "query": "kopi", "offset": ""},
    "chosen_inline_result": {"result_id": "1", "from": DEWI, "query": "kopi"},
    "callback_query": {
        "id": "1",
        "from": DEWI,
        "chat_instance": "1",
        "game_short_name": "x",
        "message": message("halo"),
    },
    "shipping_query": {
        "id": "1",
        "from": DEWI,
        "invoice_payload": "x",
        "shipping_address": dict.fromkeys(
            ("country_code", "state", "city", "street_line1", "street_line2", "post_code"), "x"
        ),
    },
    "pre_checkout_query": {
        "id": "1",
        "from": DEWI,
        "currency": "IDR",
        "total_amount": 1,
        "invoice_payload": "x",
    },
    "poll": {
        "id": "1",
        "question": "Kopi?",
        "options": [],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    },
    "poll_answer": {"poll_id": "1", "user": DEWI, "option_ids": [0], "option_persistent_ids": ["0"]},
    "chat_join_request": {"chat": GROUP, "from": DEWI, "user_chat_id": 184467, "date": DATE},
    "chat_boost": {
        "chat": GROUP,
        "boost": {
            "boost_id": "1",
            "add_date": DATE,
            "expiration_date": DATE,
            "source": {"source": "premium", "user": DEWI},
        },
    },
    "removed_chat_boost": {
        "chat": GROUP,
        "boost_id": "1",
        "remove_date": DATE,
        "source": {"source": "premium", "user": DEWI},
    },
    "message_reaction_count": {"chat": GROUP, "message_id": 11, "date": DATE, "reactions": []},
    "business_connection": {"id": "1", "user": DEWI, "user_chat_id": 184467, "date": DATE, "is_enabled": True},
    "deleted_business_messages": {"business_connection_id": "1", "chat": GROUP, "message_ids": [1]},
    "purchased_paid_media": {"from": DEWI, "paid_media_payload": "x"},
    "managed_bot": {"user": DEWI, "bot": OTHER_BOT},
}

HEARD = {"message", "edited_message", "message_reaction", "chat_member"}


class TestTheRest:
    """No update is an error."""

    def test_every_kind_the_sdk_knows_is_tried(self) -> None:
        """A kind that a newer SDK brings must be put in one of the two lists."""
        assert set(UNHEARD) | HEARD == set(Update.ALL_TYPES)

    @pytest.mark.parametrize("kind", sorted(UNHEARD))
    def test_what_is_not_for_us_is_nothing(self, kind: str) -> None:
        """Business messages, payments, polls and posts of channels are passed over."""
        assert read(kind, UNHEARD[kind]) == ()

    def test_an_update_of_a_later_api_is_nothing(self) -> None:
        """Telegram adds kinds every few months."""
        assert read("telepathy", {"thought": "kopi"}) == ()

    @given(
        fields=st.fixed_dictionaries(
            {},
            optional={
                "from": st.sampled_from([None, DEWI, BOT]),
                "sender_chat": st.sampled_from([GROUP, {"id": -1009, "type": "channel"}]),
                "text": st.sampled_from(["", "/top", "@tani_bot", "\ud83d"]),
                "caption": st.sampled_from(["", "halo"]),
                "entities": st.lists(st.sampled_from([entity("bot_command", 0, 4), entity("mention", 0, 9)])),
                "reply_to_message": st.sampled_from([message(), message("lama", message_id=5, **{"from": None})]),
                "message_thread_id": st.integers(0, 5),
                "is_topic_message": st.booleans(),
                "new_chat_members": st.lists(st.sampled_from([DEWI, BOT]), max_size=2),
                "edit_date": st.just(0),
            },
        ),
        kind=st.sampled_from(["message", "edited_message"]),
    )
    def test_no_message_raises(self, fields: Json, kind: str) -> None:
        """However oddly fields come together, reading gives events or none."""
        assert len(read(kind, message(**fields))) <= 2
