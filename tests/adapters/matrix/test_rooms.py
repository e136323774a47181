"""What happens in rooms, and what the bot makes of it over the wire."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from adapters.matrix.invitations import DECLINED
from bot.errors import ChannelLost, LoginRefused, SendUncertain
from bot.messages import (
    CommandGiven,
    Event,
    IncomingMessage,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    ReactionGiven,
    ReactionRemoved,
)
from bot.ports.platform import Heard
from tests.adapters.matrix.driving import BUDI, DEWI, build, listening, now, post, texts
from tests.journeys.waiting import until
from tests.servers.matrix_server import MatrixServer
from tests.servers.matrix_world import BOT, Room


async def take_nothing(events: tuple[Event, ...]) -> None:
    """Never called."""
    raise AssertionError(events)


def _room_with_people(server: MatrixServer) -> Room:
    room = server.world.add_room()
    for name in ("dewi", "budi"):
        server.world.joins(room, server.world.user(name, shown=name.title()))
    return room


class TestTalk:
    """What members do."""

    async def test_everything_members_do_is_told_in_order(self) -> None:
        """A message, an answer in a thread, an edit, a reaction given and taken back, a deletion, a coming, a going."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            async with listening(build(server, room), server) as heard:
                world = server.world
                first = world.says(room, DEWI, "Halo semua")
                thread = {"rel_type": "m.thread", "event_id": first, "is_falling_back": True}
                await heard.until(1)
                inside = world.says(
                    room, BUDI, "di utas", **{"m.relates_to": {**thread, "m.in_reply_to": {"event_id": first}}}
                )
                world.edits(room, DEWI, first, "Halo, semua!")
                liked = world.reacts(room, BUDI, inside, "☕")
                await heard.until(4)
                world.redact(room, BUDI, liked)
                world.redact(room, DEWI, first)
                world.joins(room, world.user("eka", shown="Eka"))
                world.leaves(room, BUDI)
                events = await heard.until(8)
        assert [type(event) for event in events] == [
            IncomingMessage,
            IncomingMessage,
            MessageEdited,
            ReactionGiven,
            ReactionRemoved,
            MessageDeleted,
            MemberJoined,
            MemberLeft,
        ]
        said, threaded, edited, given, taken, deleted, joined, left = events
        assert isinstance(said, IncomingMessage)
        assert (said.author.name, said.channel.thread) == ("Dewi", None)
        assert isinstance(threaded, IncomingMessage)
        assert (threaded.channel.thread, threaded.reply_to) == (first, None)
        assert isinstance(edited, MessageEdited)
        assert (edited.message.id, edited.text) == (first, "Halo, semua!")
        assert isinstance(given, ReactionGiven)
        assert isinstance(taken, ReactionRemoved)
        assert (given.emoji, given.message.id, given.channel.thread) == ("☕", inside, first)
        assert (taken.emoji, taken.message, taken.author.ref) == (given.emoji, given.message, given.author.ref)
        assert isinstance(deleted, MessageDeleted)
        assert deleted.message.id == first
        assert isinstance(joined, MemberJoined)
        assert joined.author.name == "Eka"
        assert isinstance(left, MemberLeft)
        assert left.author.ref.id == BUDI

    @pytest.mark.parametrize("sign", ["!", "/"])
    @pytest.mark.parametrize("name", ["top", "teratas", "TOP"])
    async def test_a_command_is_known_by_every_name(self, sign: str, name: str) -> None:
        """Element keeps the slash for itself, so both signs work."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            async with listening(build(server, room), server) as heard:
                server.world.says(room, DEWI, f"{sign}{name}  7 hari ")
                (command,) = await heard.until(1)
        assert isinstance(command, CommandGiven)
        assert (command.name, command.arguments) == ("top", "7 hari")

    async def test_an_answer_to_an_older_message_knows_whose_it_was(self) -> None:
        """What was said before the start is asked of the homeserver."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            ours = server.world.says(room, BOT, "Ada cerita baru.")
            for number in range(150):
                server.world.says(room, DEWI, f"{number}")
            async with listening(build(server, room), server) as heard:
                answer = {"m.relates_to": {"m.in_reply_to": {"event_id": ours}}}
                server.world.says(room, BUDI, "kapan terbit?", **answer)
                (message,) = await heard.until(1)
        assert isinstance(message, IncomingMessage)
        assert message.replies_to_bot is True

    async def test_nobody_edits_the_words_of_another(self) -> None:
        """A replacement by somebody else is none, whatever their homeserver let through."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            async with listening(build(server, room), server) as heard:
                first = server.world.says(room, DEWI, "ongkir gratis?")
                server.world.edits(room, BUDI, first, "aku mengaku salah")
                server.world.says(room, DEWI, "halo")
                events = await heard.until(2)
        assert texts(events) == ["ongkir gratis?", "halo"]


class TestNothingIsLost:
    """Bursts, outages and restarts."""

    async def test_a_burst_beyond_one_answer_comes_whole_and_in_order(self) -> None:
        """What a limited timeline leaves out is read from the history."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            async with listening(build(server, room), server) as heard:
                said = [f"pesan {number}" for number in range(500)]
                for text in said:
                    server.world.says(room, DEWI, text)
                events = await heard.until(500)
        assert texts(events) == said
        assert ("GET", f"/_matrix/client/v3/rooms/{room.id}/messages") in server.calls

    async def test_a_burst_survives_a_database_and_a_homeserver_that_fail(self) -> None:
        """Reading the history is tried again, and so is handing it over."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            platform = build(server, room)
            async with listening(platform, server) as heard:
                heard.refuse(2)
                server.fail_next("messages", "garbage")
                server.fail_next("messages", "flood")
                said = [f"pesan {number}" for number in range(250)]
                for text in said:
                    server.world.says(room, DEWI, text)
                events = await heard.until(250)
        assert texts(events) == said

    async def test_a_restart_goes_on_where_the_log_ends(self) -> None:
        """What was written meanwhile is read back from the last message that is known, however much it is."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            server.world.says(room, DEWI, "lama")
            known = server.world.says(room, DEWI, "yang terakhir didengar")
            heard_at = now()
            missed = [f"sementara itu {number}" for number in range(230)]
            for text in missed:
                server.world.says(room, BUDI, text)
            platform = build(server, room)
            platform.resume({room.id: Heard(message_id=known, at=heard_at)}, not_before=heard_at.replace(year=2000))
            async with listening(platform, server) as heard:
                events = await heard.until(230)
        assert texts(events) == missed

    async def test_a_first_start_begins_with_the_present(self) -> None:
        """What was said before the bot listened was not said to it."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            server.world.says(room, DEWI, "kemarin")
            async with listening(build(server, room), server) as heard:
                server.world.says(room, DEWI, "hari ini")
                events = await heard.until(1)
        assert texts(events) == ["hari ini"]

    async def test_what_is_too_old_is_not_answered_after_a_long_rest(self) -> None:
        """A bot that was away for a week does not answer last week's questions."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            known = server.world.says(room, DEWI, "yang terakhir didengar")
            server.world.says(room, DEWI, "sementara itu")
            platform = build(server, room)
            platform.resume({room.id: Heard(message_id=known, at=now())}, not_before=now())
            async with listening(platform, server) as heard:
                server.world.says(room, DEWI, "sekarang")
                events = await heard.until(1)
        assert texts(events) == ["sekarang"]

    async def test_it_follows_again_after_the_homeserver_was_away(self) -> None:
        """An outage is waited out."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            async with listening(build(server, room), server) as heard:
                await server.stop()
                server.world.says(room, DEWI, "saat mati")
                await server.start()
                events = await heard.until(1)
        assert texts(events) == ["saat mati"]

    async def test_a_refused_token_ends_it(self) -> None:
        """No waiting cures a wrong token."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            platform = build(server, room, token="syt_wrong_token")
            with pytest.raises(LoginRefused, match="make a new token"):
                async with asyncio.timeout(10):
                    await platform.run(take_nothing)


class TestInvitations:
    """Where the bot goes, and where it does not."""

    async def test_a_room_of_the_configuration_is_joined(self) -> None:
        """And only what is said from then on is heard."""
        async with MatrixServer() as server:
            room = server.world.add_room(bot="leave")
            server.world.joins(room, server.world.user("dewi"))
            server.world.says(room, DEWI, "sebelum bot datang")
            async with listening(build(server, room), server) as heard:
                server.world.invites(room, BOT, by=DEWI)
                await until(lambda: room.membership(BOT) == "join", "the bot to act")
                server.world.says(room, DEWI, "selamat datang")
                events = await heard.until(1)
        assert texts(events) == ["selamat datang"]

    async def test_a_strangers_room_is_not_joined(self) -> None:
        """An invitation waits until somebody names the room in the configuration."""
        async with MatrixServer() as server:
            home, other = _room_with_people(server), server.world.add_room(bot="leave")
            async with listening(build(server, home), server) as heard:
                server.world.invites(other, BOT, by=DEWI)
                server.world.says(home, DEWI, "halo")
                await heard.until(1)
        assert other.membership(BOT) == "invite"

    async def test_a_direct_talk_is_accepted_and_known_as_one(self) -> None:
        """Somebody may ask in private."""
        async with MatrixServer() as server:
            home, talk = _room_with_people(server), server.world.add_room(bot="leave")
            owner = server.world.user("owner")
            async with listening(build(server, home), server) as heard:
                server.world.invites(talk, BOT, by=owner, direct=True)
                await until(lambda: talk.membership(BOT) == "join", "the bot to act")
                server.world.says(talk, owner, "berapa ongkirnya?")
                (message,) = await heard.until(1)
        assert message.channel.direct is True

    async def test_an_encrypted_talk_is_declined_in_clear_words(self) -> None:
        """The bot says why, once, and leaves."""
        async with MatrixServer() as server:
            home, talk = _room_with_people(server), server.world.add_room(bot="leave", encrypted=True)
            async with listening(build(server, home), server) as heard:
                server.world.invites(talk, BOT, by=server.world.user("owner"), direct=True)
                await until(lambda: server.sent and talk.membership(BOT) == "leave", "the bot to act")
                server.world.says(home, DEWI, "halo")
                await heard.until(1)
        assert [(sent.room, sent.content["body"]) for sent in server.sent] == [(talk.id, DECLINED)]

    async def test_a_community_that_becomes_encrypted_is_told_once(self) -> None:
        """The bot stays, since people expect it, and posts nothing there."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            platform = build(server, room)
            async with listening(platform, server):
                server.world.encrypt(room)
                await until(lambda: server.sent, "the bot to act")
                with pytest.raises(ChannelLost, match="make a room without"):
                    await platform.post(post(room))
        assert [sent.content["body"] for sent in server.sent] == [DECLINED]
        assert room.membership(BOT) == "join"

    async def test_nothing_is_posted_in_an_encrypted_room_before_listening_either(self) -> None:
        """Its state is asked for before the first post."""
        async with MatrixServer() as server:
            room = server.world.add_room(encrypted=True)
            platform = build(server, room)
            try:
                with pytest.raises(ChannelLost, match="encrypted"):
                    await platform.post(post(room))
            finally:
                await platform.close()
        assert server.sent == []


class TestSending:
    """What only the wire shows."""

    async def test_a_post_in_a_thread_stays_in_it(self) -> None:
        """And shows what it answers; clients without threads see a reply to the thread's beginning."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            root = server.world.says(room, DEWI, "utas")
            platform = build(server, room)
            try:
                await platform.post(post(room, thread=root))
            finally:
                await platform.close()
        assert server.sent[0].content["m.relates_to"] == {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": root},
        }

    async def test_a_cut_connection_gives_one_message(self) -> None:
        """The HTTP client repeats the request, and the homeserver knows the transaction."""
        async with MatrixServer() as server:
            room = _room_with_people(server)
            platform = build(server, room)
            try:
                await platform.probe((room.id,))
                await platform.post(post(room, "pertama"))
                server.fail_next("send", "drop_after")
                again = post(room, "kedua")
                for _ in range(2):
                    try:
                        await platform.post(replace(again, id="p-2"))
                    except SendUncertain:
                        continue  # the core would repeat it, as here
            finally:
                await platform.close()
        assert [sent.content["body"] for sent in server.sent] == ["pertama", "kedua"]


class TestProbing:
    """What `check --online` says."""

    async def test_it_says_what_is_missing_in_each_room(self) -> None:
        """A room it is in, one it is not in, one that can't be read, and one in which it may not write."""
        async with MatrixServer() as server:
            well, away = _room_with_people(server), server.world.add_room(bot="leave")
            secret, mute = server.world.add_room(encrypted=True), server.world.add_room()
            levels = {"users_default": 0, "events_default": 50}
            server.world.append(mute, server.world.user("owner"), "m.room.power_levels", levels, state_key="")
            platform = build(server, well)
            findings = await platform.probe((well.id, away.id, secret.id, mute.id))
            await platform.close()
        assert [finding.ok for finding in findings] == [True, True, False, False, False]
        assert [
            words in finding.text
            for words, finding in zip(
                ("@tani:matrix.test", "may read and write", "Invite", "end-to-end", "Roles"), findings, strict=True
            )
        ] == [True] * 5

    async def test_it_says_where_an_upgraded_room_goes_on_and_what_waits(self) -> None:
        """An old room keeps its power levels and all; an invitation is there and not taken up."""
        async with MatrixServer() as server:
            old, waiting = _room_with_people(server), server.world.add_room(bot="leave")
            owner = server.world.user("owner")
            moved = {"body": "pindah", "replacement_room": "!baru:matrix.test"}
            server.world.append(old, owner, "m.room.tombstone", moved, state_key="")
            server.world.invites(waiting, "@tani:matrix.test", by=owner)
            platform = build(server, old)
            findings = await platform.probe((old.id, waiting.id))
            await platform.close()
        assert [finding.ok for finding in findings] == [True, False, False]
        assert [
            words in finding.text
            for words, finding in zip(("@tani", "!baru:matrix.test", "invitation waits"), findings, strict=True)
        ] == [True] * 3
