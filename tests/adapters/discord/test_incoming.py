"""What happens on Discord arrives in our words, exactly, through discord.py's own parsers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import discord
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.adapter import LONGEST_SILENCE
from adapters.discord.connection import Connection
from adapters.discord.gap import Gap
from adapters.discord.inbox import Inbox
from adapters.discord.incoming import read_message
from bot.messages import (
    ChannelRef,
    CommandGiven,
    IncomingMessage,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessageRef,
    Person,
    PersonRef,
    ReactionGiven,
    ReactionRemoved,
)
from tests.adapters.discord.conftest import Live


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _made_at(snowflake: str) -> datetime:
    """The moment that an id carries."""
    return datetime.fromtimestamp(((int(snowflake) >> 22) + 1_420_070_400_000) / 1000, UTC)


def _ref(person_id: str) -> PersonRef:
    return PersonRef(platform="discord", id=person_id)


_CONTENT = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            ["<@99>", "<@!99>", "<@&7>", "<#8>", "<@" + "9" * 40 + ">", "<a:x:1>", "<:y:2>", "<@>", "\\<@99>", " "]
        ),
    ),
    max_size=6,
).map("".join)


@given(
    content=_CONTENT, kind=st.integers(min_value=0, max_value=60), webhook=st.none() | st.just("5"), bot=st.booleans()
)
def test_no_message_is_too_strange(content: str, kind: int, webhook: str | None, *, bot: bool) -> None:
    """Whatever a message says and is, it becomes one of ours or None, and never an error."""

    async def take_press(_interaction: discord.Interaction) -> None:
        """Never called: a message is no press."""

    connection = Connection(
        Inbox(),
        Gap(),
        api_base=None,
        gateway=None,
        entrances={},
        take_press=take_press,
        longest_silence=LONGEST_SILENCE,
    )
    state = connection._connection
    payload: Any = {
        "id": "1574840314013679999",
        "author": {"id": "77", "username": "ani", "discriminator": "0", "avatar": None, "bot": bot},
        "content": content,
        "type": kind,
        "webhook_id": webhook,
        "edited_timestamp": None,
        "attachments": [],
        "embeds": [],
        "mentions": [{"id": "99", "username": "tani", "discriminator": "0", "avatar": None, "bot": True}],
        "mention_roles": ["7"],
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
    }
    channel = discord.PartialMessageable(state=state, id=8, guild_id=6)
    read = read_message(
        discord.Message(state=state, channel=channel, data=payload), bot_id=99, parent_of=lambda _: None
    )
    spoken = kind in {0, 19} and not bot and webhook is None
    assert (read is not None) == spoken
    if read is not None:
        assert read.channel == ChannelRef(platform="discord", space="6", channel="8")
        assert read.mentions_bot == ("<@99>" in content or "<@!99>" in content)


async def test_a_message(live: Live) -> None:
    """A message keeps its words; ids in it become names, and the bot's own mention is taken out."""
    budi = live.server.person(live.guild, "Budi")
    async with live.running():
        message_id = await live.server.say(
            live.guild,
            live.channel,
            live.ani,
            f"<@{live.server.bot_id}> tanya <@{budi}> di <#{live.channel}> <:kopi:123>",
        )
        heard = await live.ear.hear(1)
    assert heard == [
        IncomingMessage(
            event_id=f"m:{message_id}",
            at=_made_at(message_id),
            channel=live.place.posts,
            message_id=message_id,
            author=Person(ref=_ref(live.ani), name="Ani"),
            text="tanya @Budi di #general :kopi:",
            mentions=(_ref(budi),),
            mentions_bot=True,
        )
    ]


async def test_a_reply_names_whom_it_answers(live: Live) -> None:
    """A reply carries the message it answers with its author, and whether that was the bot."""
    async with live.running():
        first = await live.server.say(live.guild, live.channel, live.ani, "halo")
        own = live.server.state.message_object(live.channel, live.server.state.bot, "hai")["id"]
        await live.server.say(live.guild, live.channel, live.ani, "satu", reply_to=first)
        await live.server.say(live.guild, live.channel, live.ani, "dua", reply_to=own)
        await live.server.say(live.guild, live.channel, live.ani, "tiga", reply_to="1574840314013679999")
        heard = (await live.ear.hear(4))[1:]
    assert [(each.reply_to, each.replies_to_bot) for each in heard if isinstance(each, IncomingMessage)] == [
        (MessageRef(channel=live.place.posts, id=first, author=_ref(live.ani)), False),
        (MessageRef(channel=live.place.posts, id=own, author=_ref(live.server.bot_id)), True),
        (MessageRef(channel=live.place.posts, id="1574840314013679999"), False),
    ]


async def test_a_thread_belongs_to_its_channel(live: Live) -> None:
    """In a thread, the channel is the one it hangs in."""
    thread = live.server.state.add_thread(live.guild, live.channel, "grinders")
    async with live.running():
        message_id = await live.server.say(live.guild, thread, live.ani, "halo")
        await live.server.react(live.guild, thread, message_id, live.ani, "👍")
        heard = await live.ear.hear(2)
    expected = ChannelRef(platform="discord", space=live.guild.id, channel=live.channel, thread=thread)
    assert [each.channel for each in heard] == [expected, expected]


async def test_a_direct_message(live: Live) -> None:
    """A direct chat is its own space."""
    async with live.running():
        channel, _ = await live.server.say_directly(live.ani, "Ani", "halo")
        heard = await live.ear.hear(1)
    assert heard[0].channel == ChannelRef(platform="discord", space=channel, channel=channel, direct=True)


async def test_what_is_nobodys_word_is_not_heard(live: Live) -> None:
    """Bots, webhooks, the bot itself and system notices are passed over; a typed slash stays a message."""
    other = live.server.person(live.guild, "Helper", is_bot=True)
    async with live.running():
        await live.server.say(live.guild, live.channel, other, "beep")
        await live.server.say(live.guild, live.channel, live.server.bot_id, "my own")
        await live.server.say(live.guild, live.channel, live.ani, "hook", webhook_id="1574840314013679999")
        await live.server.say(live.guild, live.channel, live.ani, "", type=7)
        pinned = await live.server.say(live.guild, live.channel, live.ani, "/top")
        await live.server.react(live.guild, live.channel, pinned, other, "👍")
        await live.server.react(live.guild, live.channel, pinned, live.server.bot_id, "👍", removed=True)
        await live.server.say(live.guild, live.channel, live.ani, "end")
        heard = await live.ear.hear(2)
    assert [each.text for each in heard if isinstance(each, IncomingMessage)] == ["/top", "end"]


async def test_reactions(live: Live) -> None:
    """A reaction given and taken back are two facts about one message."""
    async with live.running():
        message_id = await live.server.say(live.guild, live.channel, live.ani, "halo")
        await live.server.react(live.guild, live.channel, message_id, live.ani, "👍")
        await live.server.react(live.guild, live.channel, message_id, live.ani, "👍", removed=True)
        _, given, removed = await live.ear.hear(3)
    assert given == ReactionGiven(
        event_id=f"r+:{message_id}:{live.ani}:👍",
        at=given.at,
        channel=live.place.posts,
        message=MessageRef(channel=live.place.posts, id=message_id, author=_ref(live.ani)),
        author=Person(ref=_ref(live.ani), name="Ani"),
        emoji="👍",
    )
    assert removed == ReactionRemoved(
        event_id=f"r-:{message_id}:{live.ani}:👍",
        at=removed.at,
        channel=live.place.posts,
        message=MessageRef(channel=live.place.posts, id=message_id),
        author=Person(ref=_ref(live.ani), name=""),
        emoji="👍",
    )


async def test_edits_and_deletions(live: Live) -> None:
    """An edit brings the new text; deletions name each message; a preview that Discord adds is no edit."""
    async with live.running():
        first = await live.server.say(live.guild, live.channel, live.ani, "satu")
        second = await live.server.say(live.guild, live.channel, live.ani, "dua")
        preview = {**live.server.state.messages[live.channel][first], "guild_id": live.guild.id}
        await live.server.line.tell("MESSAGE_UPDATE", preview, intent=1 << 9)
        await live.server.edit(live.guild, live.channel, first, "satu setengah")
        edited_at = _at(live.server.state.messages[live.channel][first]["edited_timestamp"])
        await live.server.delete(live.guild, live.channel, second, first)
        heard = (await live.ear.hear(5))[2:]
    author = Person(ref=_ref(live.ani), name="Ani")
    assert heard == [
        MessageEdited(
            event_id=f"e:{first}:{int(edited_at.timestamp() * 1000)}",
            at=edited_at,
            channel=live.place.posts,
            message=MessageRef(channel=live.place.posts, id=first, author=author.ref),
            author=author,
            text="satu setengah",
        ),
        *(
            MessageDeleted(
                event_id=f"d:{gone}",
                at=event.at,
                channel=live.place.posts,
                message=MessageRef(channel=live.place.posts, id=gone),
            )
            for gone, event in zip((first, second), heard[1:], strict=True)
        ),
    ]


async def test_joins_and_departures(live: Live) -> None:
    """Who comes and goes is seen at the community's posts channel."""
    async with live.running():
        budi = await live.server.join(live.guild, "Budi")
        joined_at = _at(live.guild.members[budi]["joined_at"])
        await live.server.leave(live.guild, budi)
        joined, left = await live.ear.hear(2)
    person = Person(ref=_ref(budi), name="Budi")
    stay = f"{live.guild.id}:{budi}:{int(joined_at.timestamp())}"
    assert joined == MemberJoined(event_id=f"j:{stay}", at=joined_at, channel=live.place.posts, author=person)
    assert left == MemberLeft(event_id=f"l:{stay}", at=left.at, channel=live.place.posts, author=person)


async def test_a_picked_command(live: Live) -> None:
    """A command from the menu arrives under its canonical name, with the person's language and a ticket."""
    async with live.running():
        picked = await live.server.pick(live.guild, live.channel, live.ani, "ask", words=" jam buka? ")
        heard = await live.ear.hear(1)
    assert heard == [
        CommandGiven(
            event_id=f"c:{picked.id}",
            at=_made_at(picked.id),
            channel=live.place.posts,
            name="ask",
            arguments="jam buka?",
            author=Person(ref=_ref(live.ani), name="Ani", language="id"),
            ticket=f"{live.server.state.application_id}/{picked.id}/{picked.token}",
        )
    ]


async def test_the_menu_is_in_both_languages(live: Live) -> None:
    """Members see Indonesian names and descriptions beside the English ones."""
    async with live.running():
        top, ask = live.server.state.commands[live.guild.id]
    assert (top["name"], top["name_localizations"], top["description"], top["description_localizations"]) == (
        "top",
        {"id": "teratas"},
        "Who takes part most",
        {"id": "Siapa yang paling aktif"},
    )
    assert [(each["name"], each["name_localizations"], each["required"]) for each in ask["options"]] == [
        ("question", {"id": "pertanyaan"}, False)
    ]
