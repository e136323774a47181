"""The adapter's life on the wire: sending, faults, commands, and every way a connection ends."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from adapters.discord.adapter import DiscordPlatform
from adapters.discord.settings import Account, Address
from bot.errors import (
    ChannelLost,
    LoginRefused,
    PlatformDown,
    PlatformFault,
    PostRejected,
    RateLimited,
    SendUncertain,
    SettingsFault,
)
from bot.messages import ChannelRef, CommandGiven, IncomingMessage, LinkCard, OutgoingPost, PersonRef, PostedRef, Span
from bot.ports.platform import Acknowledging, Closing, Heard, LookingBack, Platform, Probing
from tests.adapters.discord.conftest import Ear, Live, Notice, place_in, platform_for
from tests.servers.discord_rest import FaultKind
from tests.servers.discord_server import TOKEN, DiscordServer
from tests.servers.discord_state import EPHEMERAL, FORUM, LOADING


def _post(live: Live, text: str = "halo", *, post_id: str = "a-1", **more: object) -> OutgoingPost:
    fields = {"id": post_id, "channel": live.place.posts, "spans": (Span(text=text),), **more}
    return OutgoingPost(**fields)  # type: ignore[arg-type]  # a test names only what it is about


def test_it_meets_the_ports(live: Live) -> None:
    """The adapter is a Platform and can close, acknowledge and probe."""
    for port in (Platform, Closing, Acknowledging, Probing):
        assert isinstance(live.platform, port)


async def test_a_post_needs_no_gateway(live: Live) -> None:
    """A post is sent before `run`, pings nobody, and shows no preview."""
    posted = await live.platform.post(_post(live, f"@everyone <@{live.ani}> baca https://kopi.example"))
    (accepted,) = live.server.sent
    assert posted == PostedRef(channel=live.place.posts, message_id=accepted.message["id"])
    assert accepted.body == {
        "content": f"\\@everyone \\<@{live.ani}> baca https://kopi.example",
        "embeds": [],
        "flags": 4,
        "allowed_mentions": {"parse": [], "users": [], "replied_user": False},
        "nonce": "a-1",
        "enforce_nonce": True,
        "tts": False,
    }
    assert accepted.pinged is False
    assert live.server.line.identified == 0


async def test_a_post_in_a_thread_with_a_card_answers_quietly(live: Live) -> None:
    """A thread is written to by its own id; the answered author is not pinged; a missing message is no obstacle."""
    thread = live.server.state.add_thread(live.guild, live.channel, "grinders")
    where = ChannelRef(platform="discord", space=live.guild.id, channel=live.channel, thread=thread)
    card = LinkCard(
        url="https://kopi.example/v60", title="V60 *guide*", description="Slow.", image_url="https://kopi.example/a.png"
    )
    await live.platform.post(_post(live, channel=where, reply_to="1574840314013679999", card=card))
    (accepted,) = live.server.sent
    assert accepted.message["channel_id"] == thread
    assert accepted.body["embeds"] == [
        {
            "title": r"V60 \*guide\*",
            "type": "rich",
            "flags": 0,
            "url": "https://kopi.example/v60",
            "description": "Slow.",
            "image": {"url": "https://kopi.example/a.png"},
        }
    ]
    assert accepted.body["flags"] == 0
    assert accepted.pinged is False


async def test_only_who_is_meant_is_notified(live: Live) -> None:
    """A person that a span names on purpose is notified, also when the text outgrows the limit; nobody else is."""
    person = PersonRef(platform="discord", id=live.ani)
    elsewhere = PersonRef(platform="telegram", id="184467")
    for number, more in enumerate(("", "*" * 1500)):
        spans = (
            Span(text="Ani", mention=person),
            Span(text=f" bisa bantu? @here {more}"),
            Span(text="Budi", mention=elsewhere),
        )
        await live.platform.post(_post(live, post_id=f"a-{number}", spans=spans))
    assert [(each.body["allowed_mentions"]["users"], each.pinged) for each in live.server.sent] == [
        ([live.ani], True),
        ([live.ani], True),
    ]
    assert [each.body["content"] for each in live.server.sent] == [
        f"<@{live.ani}> bisa bantu? \\@here Budi",
        f"<@{live.ani}>",
    ]


async def test_a_lost_answer_is_repeated_without_a_second_message(live: Live) -> None:
    """The same post sent again is taken by its nonce for what it is."""
    live.server.fail_next("accept_then_drop")
    with pytest.raises(SendUncertain):
        await live.platform.post(_post(live))
    posted = await live.platform.post(_post(live))
    assert [accepted.message["id"] for accepted in live.server.sent] == [posted.message_id]


@pytest.mark.parametrize(
    ("fault", "expected", "advice"),
    [
        ("drop", SendUncertain, "sent again with its id"),
        ("proxy_page", PlatformDown, "proxy and firewall"),
        ("missing_permissions", ChannelLost, "allow Send Messages"),
        ("missing_access", ChannelLost, "allow View Channel"),
        ("unknown_channel", ChannelLost, "Copy Channel ID"),
        ("rejected", PostRejected, "automatic moderation"),
        ("unauthorised", LoginRefused, "Reset Token"),
    ],
)
async def test_a_fault_says_who_must_act(
    live: Live, fault: FaultKind, expected: type[PlatformFault], advice: str
) -> None:
    """Each refusal has its own error, and its text says what to do."""
    live.server.fail_next(fault)
    with pytest.raises(PlatformFault) as caught:
        await live.platform.post(_post(live))
    assert type(caught.value) is expected
    assert advice in str(caught.value)
    assert live.server.sent == []


@pytest.mark.parametrize(
    ("fault", "scope"),
    [
        ("rate_limited", "channel"),
        # discord.py does not tell for whom a limit is; the next channel meets it by itself
        ("limited_globally", "channel"),
        ("limited_by_edge", "account"),
    ],
)
async def test_a_long_limit_is_left_to_the_core(live: Live, fault: FaultKind, scope: str) -> None:
    """A 429 that asks for more than a few seconds comes back with how long, and nothing was sent."""
    live.server.fail_next(fault, seconds=77)
    with pytest.raises(RateLimited) as caught:
        await live.platform.post(_post(live))
    assert (caught.value.retry_after, caught.value.scope) == (timedelta(seconds=77), scope)
    assert live.server.sent == []


@pytest.mark.parametrize("fault", ["rate_limited", "limited_globally"])
async def test_a_short_limit_is_waited_for(live: Live, fault: FaultKind) -> None:
    """A 429 of a moment, for the channel or for the account, is waited for by itself."""
    live.server.fail_next(fault, seconds=0.01)
    await live.platform.post(_post(live))
    assert len(live.server.sent) == 1


@pytest.mark.parametrize("fault", ["error_500", "accept_then_500"])
async def test_an_error_posts_once(live: Live, fault: FaultKind) -> None:
    """discord.py repeats after a 500 by itself, and the nonce keeps it one message if it had been taken."""
    live.server.fail_next(fault)
    await live.platform.post(_post(live))
    assert len(live.server.sent) == 1


async def test_an_answer_that_cannot_be_read_is_no_refusal(live: Live) -> None:
    """The message was taken; sent again it is known by its nonce."""
    live.server.fail_next("accept_then_garbage")
    with pytest.raises(SendUncertain):
        await live.platform.post(_post(live))
    posted = await live.platform.post(_post(live))
    assert [accepted.message["id"] for accepted in live.server.sent] == [posted.message_id]


async def test_nobody_there_means_not_sent(live: Live) -> None:
    """Where no server listens, nothing was sent, and that is certain."""
    async with DiscordServer() as gone:
        platform = platform_for(gone, live.place)
    with pytest.raises(PlatformDown):
        await platform.post(_post(live))


async def test_all_that_is_shown_fits_together(live: Live) -> None:
    """A text that needs an embed and a long card stay within the 6000 characters Discord gives both."""
    card = LinkCard(url="https://kopi.example", title="t" * 256, description="d" * 4096)
    await live.platform.post(_post(live, "*" * 2000, card=card))
    (accepted,) = live.server.sent
    text, shown = accepted.body["embeds"]
    assert text["description"] == "\\*" * 2000
    assert len(text["description"] + shown["title"] + shown["description"]) == 6000


async def test_a_text_that_outgrows_the_limit_by_escaping_is_sent_whole(live: Live) -> None:
    """2000 characters that all need escaping go into an embed rather than being refused."""
    await live.platform.post(_post(live, "*" * 2000))
    (accepted,) = live.server.sent
    assert (accepted.body["content"], accepted.body["embeds"][0]["description"]) == ("", "\\*" * 2000)


async def test_a_command_is_acknowledged_before_the_core_hears_of_it(live: Live) -> None:
    """A private command shows "thinking" to the person alone, and its first answer takes that place."""
    async with live.running():
        picked = await live.server.pick(live.guild, live.channel, live.ani, "top")
        (given,) = await live.ear.hear(1)
        assert picked.original is not None
        assert picked.original["flags"] == LOADING | EPHEMERAL
        assert isinstance(given, CommandGiven)
        await live.platform.acknowledge(given.ticket or "", private=True)
        first = await live.platform.post(_post(live, "Ani leads", ticket=given.ticket, private=True))
        second = await live.platform.post(_post(live, "then Budi", post_id="a-2", ticket=given.ticket, private=True))
    assert first.message_id == picked.original["id"]
    assert [(each.message["id"], each.message["content"]) for each in live.server.sent] == [
        (first.message_id, "Ani leads"),
        (second.message_id, "then Budi"),
    ]
    assert [each.message["flags"] & EPHEMERAL for each in live.server.sent] == [EPHEMERAL, EPHEMERAL]


async def test_a_ticket_outlives_the_process(live: Live) -> None:
    """After a restart a command is still answered, and an answer already given is not overwritten."""
    async with live.running():
        await live.server.pick(live.guild, live.channel, live.ani, "ask", words="jam buka?")
        (given,) = await live.ear.hear(1)
    assert isinstance(given, CommandGiven)
    for post_id in ("a-1", "a-2"):
        platform = platform_for(live.server, live.place)
        await platform.acknowledge(given.ticket or "", private=False)
        await platform.post(_post(live, post_id, post_id=post_id, ticket=given.ticket))
        await platform.close()
    assert [each.message["content"] for each in live.server.sent] == ["a-1", "a-2"]


async def test_a_lost_answer_to_a_command_is_repeated_in_place(live: Live) -> None:
    """The first answer to a command edits one message, however often it is sent."""
    async with live.running():
        await live.server.pick(live.guild, live.channel, live.ani, "ask", words="jam buka?")
        (given,) = await live.ear.hear(1)
        assert isinstance(given, CommandGiven)
        live.server.fail_next("accept_then_drop")
        with pytest.raises(SendUncertain):
            await live.platform.post(_post(live, ticket=given.ticket))
        await live.platform.post(_post(live, ticket=given.ticket))
    assert len(live.server.sent) == 1


async def test_an_expired_ticket(live: Live) -> None:
    """After 15 minutes a public answer becomes an ordinary message; a private one is kept from the channel."""
    async with live.running():
        picked = await live.server.pick(live.guild, live.channel, live.ani, "ask", words="jam buka?")
        (given,) = await live.ear.hear(1)
    assert isinstance(given, CommandGiven)
    picked.expired = True
    with pytest.raises(PostRejected, match="15 minutes"):
        await live.platform.post(_post(live, "rahasia", ticket=given.ticket, private=True))
    await live.platform.post(_post(live, "jam 8", post_id="a-2", ticket=given.ticket))
    assert [(each.message["content"], each.message["flags"]) for each in live.server.sent] == [("jam 8", 4)]


async def test_events_wait_for_the_database_in_their_order(live: Live) -> None:
    """What `receive` refuses is offered again, and nothing overtakes it."""
    live.ear.refusals = 1
    async with live.running():
        for text in ("satu", "dua", "tiga"):
            await live.server.say(live.guild, live.channel, live.ani, text)
        heard = await live.ear.hear(3)
    assert [each.text for each in heard if isinstance(each, IncomingMessage)] == ["satu", "dua", "tiga"]


async def test_a_torn_connection_resumes_without_loss(live: Live) -> None:
    """What is said while the line is down is heard after it is resumed, once."""
    async with live.running():
        await live.server.say(live.guild, live.channel, live.ani, "before")
        await live.ear.hear(1)
        live.server.line.cut_all()
        await live.server.say(live.guild, live.channel, live.ani, "meanwhile")
        heard = await live.ear.hear(2)
    assert [each.text for each in heard if isinstance(each, IncomingMessage)] == ["before", "meanwhile"]
    assert (live.server.line.identified, live.server.line.resumed, live.ear.deliveries) == (1, 1, 2)


async def test_a_line_without_heartbeats_is_given_up_and_resumed() -> None:
    """A connection that stands and carries nothing is no connection: what was said meanwhile is repeated."""
    async with DiscordServer(heartbeat_seconds=0.1) as server:
        guild = server.add_guild()
        place = place_in(guild)
        account = Account.model_validate({"token": TOKEN, "api_base": server.api_base, "gateway": server.gateway})
        platform = DiscordPlatform(account, commands=(), places=(place,), longest_silence=timedelta(seconds=0.5))
        live = Live(server, guild, platform, place)
        async with live.running():
            await server.say(guild, live.channel, live.ani, "before")
            await live.ear.hear(1)
            server.line.fall_silent()
            await server.say(guild, live.channel, live.ani, "meanwhile")
            heard = await live.ear.hear(2)
    assert [each.text for each in heard if isinstance(each, IncomingMessage)] == ["before", "meanwhile"]
    assert (server.line.identified, server.line.resumed, server.line.heartbeats > 0) == (1, 1, True)


async def test_op_7_and_op_9_are_obeyed(live: Live) -> None:
    """Asked to reconnect it resumes; told that the session is gone it identifies anew."""
    async with live.running():
        await live.server.line.ask_to_reconnect()
        await live.server.say(live.guild, live.channel, live.ani, "one")
        await live.ear.hear(1)
        assert live.server.line.resumed == 1
        live.server.line.ready.clear()
        await live.server.line.invalidate(resumable=False)
        async with asyncio.timeout(20):
            await live.server.line.ready.wait()
        await live.server.say(live.guild, live.channel, live.ani, "two")
        await live.ear.hear(2)
    assert live.server.line.identified == 2


async def test_a_forgotten_session_is_made_up_for(live: Live) -> None:
    """What was said while Discord had forgotten the session is read from the history; nothing from before the start."""
    await live.server.say(live.guild, live.channel, live.ani, "long ago")
    async with live.running():
        await live.server.say(live.guild, live.channel, live.ani, "before")
        await live.ear.hear(1)
        live.server.line.forget_all()
        await live.server.say(live.guild, live.channel, live.ani, "meanwhile")
        await live.ear.hear(2)
        await live.server.say(live.guild, live.channel, live.ani, "after")
        heard = await live.ear.hear(3)
    assert [each.text for each in heard if isinstance(each, IncomingMessage)] == ["before", "meanwhile", "after"]


async def test_a_second_run_follows_a_cancelled_one(live: Live) -> None:
    """A cancelled run leaves no connection, and the adapter can run again."""
    for count in (1, 2):
        async with live.running():
            await live.server.say(live.guild, live.channel, live.ani, "halo")
            await live.ear.hear(count)
        assert live.server.line.connected == 0


async def test_a_gateway_that_is_away_is_waited_for(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    """Where REST answers and the gateway does not, the run goes on trying and posts go out meanwhile."""
    async with DiscordServer() as gone:
        platform = platform_for(live.server, live.place, gateway=gone.gateway)
    running = asyncio.create_task(platform.run(live.ear.receive))
    noticed = Notice("gateway could not be reached")
    caplog.handler.addFilter(noticed)
    async with asyncio.timeout(20):
        await noticed.seen.wait()
    caplog.handler.removeFilter(noticed)
    assert running.done() is False
    await platform.post(_post(live))
    running.cancel()
    await asyncio.wait({running})
    assert len(live.server.sent) == 1


async def test_without_the_intents_it_says_what_to_click() -> None:
    """Close code 4014 becomes the clicks in the Developer Portal."""
    async with DiscordServer(privileged_intents=False) as server:
        place = place_in(server.add_guild())
        platform = platform_for(server, place)
        with pytest.raises(SettingsFault, match="Privileged Gateway Intents → switch on Server Members Intent"):
            await platform.run(Ear().receive)


async def test_a_bad_token_ends_the_run(live: Live) -> None:
    """A refused token is not tried again; the text says where a new one comes from."""
    platform = platform_for(live.server, live.place, token="MTIzNDU2Nzg5MDEyMzQ1Njc4.wrong.token")
    with pytest.raises(LoginRefused, match="Reset Token"):
        await platform.run(live.ear.receive)
    logins = [path for _, path, _ in live.server.rest.requests if path.endswith("/users/@me")]
    assert len(logins) == 1


async def test_a_server_without_commands_still_works(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    """Where the bot was invited without its commands, it listens and posts, and says how to invite it again."""
    live.guild.takes_commands = False
    async with live.running():
        await live.server.say(live.guild, live.channel, live.ani, "halo")
        await live.ear.hear(1)
    assert "tick bot and applications.commands" in caplog.text


async def test_no_secret_reaches_the_log(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    """At the level the product logs at, neither the token nor a ticket's is written, faults included."""
    caplog.set_level(logging.INFO)
    async with live.running():
        picked = await live.server.pick(live.guild, live.channel, live.ani, "ask", words="?")
        (given,) = await live.ear.hear(1)
        assert isinstance(given, CommandGiven)
        picked.expired = True
        with pytest.raises(PostRejected) as caught:
            await live.platform.post(_post(live, ticket=given.ticket, private=True))
    own = "\n".join(record.getMessage() for record in caplog.records if record.name != "aiohttp.access")
    for text in (own, str(caught.value), repr(live.platform), repr(live.platform.__dict__)):
        assert TOKEN not in text
        assert picked.token not in text


async def test_probe_says_what_is_missing(live: Live) -> None:
    """The probe reads rights and intents over REST alone, and names the clicks for what is missing."""
    live.guild.bot_rights &= ~((1 << 11) | (1 << 14))
    findings = await live.platform.probe((live.guild.id, "1574840314013679999"))
    assert [(each.ok, each.text.split(".")[0].split(";")[0]) for each in findings] == [
        (True, "Logged in to Discord as tani"),
        (True, "Message Content Intent is on"),
        (True, "Server Members Intent is on"),
        (True, "The bot is in the server Roasters"),
        (False, "#general: missing Send Messages, Embed Links"),
        (False, "The bot is not in server 1574840314013679999"),
    ]
    assert live.server.line.identified == 0


async def test_probe_sees_intents_and_invitation() -> None:
    """Intents that are off and commands that were not invited are findings, each with its clicks."""
    async with DiscordServer(privileged_intents=False) as server:
        guild = server.add_guild()
        guild.takes_commands = False
        platform = platform_for(server, place_in(guild))
        findings = await platform.probe((guild.id,))
    wrong = [each.text for each in findings if not each.ok]
    assert [text.split(" is off")[0].split(" takes")[0] for text in wrong] == [
        "Message Content Intent",
        "Server Members Intent",
        "Roasters",
    ]


async def test_probe_sees_a_channel_that_cannot_take_posts(live: Live) -> None:
    """A category or an id of nothing is found before the first post is lost; a forum is as good as any other."""
    category = live.server.state.add_channel(live.guild, "ideas", kind=4)
    forum = live.server.state.add_channel(live.guild, "cerita", kind=FORUM)
    place = Address.model_validate({"server": live.guild.id, "channels": {"posts": forum}}).place("roasters")
    findings = await platform_for(live.server, place).probe((live.guild.id,))
    assert [each.text for each in findings if not each.ok] == []
    for posts, said in ((category, "#ideas is a category channel"), ("1574840314013679999", "is not in Roasters")):
        place = Address.model_validate({"server": live.guild.id, "channels": {"posts": posts}}).place("roasters")
        findings = await platform_for(live.server, place).probe((live.guild.id,))
        wrong = [each.text for each in findings if not each.ok]
        assert len(wrong) == 1
        assert said in wrong[0]


async def test_an_acknowledgement_that_fails_is_made_up_for(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    """An acknowledgement never raises; the command is heard all the same, and the next try shows "thinking"."""
    async with live.running():
        live.server.fail_next_acknowledgement()
        picked = await live.server.pick(live.guild, live.channel, live.ani, "top")
        (given,) = await live.ear.hear(1)
        assert picked.original is None
        assert "could not be acknowledged" in caplog.text
        assert isinstance(given, CommandGiven)
        await live.platform.acknowledge(given.ticket or "", private=True)
        assert picked.original is not None
        await live.platform.acknowledge("not a ticket", private=True)


async def test_a_closed_connection_leaves_nothing_running(live: Live) -> None:
    """discord.py announces that it is ready two seconds after the last server came, closed or not."""
    before = asyncio.all_tasks()
    async with live.running():
        await live.server.say(live.guild, live.channel, live.ani, "halo")
        await live.ear.hear(1)
    assert [repr(task) for task in asyncio.all_tasks() - before if "_delay_ready" in repr(task)] == []


async def test_a_new_process_reads_what_was_written_while_none_lived(live: Live) -> None:
    """From the last message the log knows in each channel, threads and forum posts among them, in order."""
    forum = live.server.state.add_channel(live.guild, "tanya-jawab", kind=15)
    quiet = live.server.state.add_channel(live.guild, "sepi")
    old_post = live.server.state.add_thread(live.guild, forum, "Gilingan apa?")
    told_at = discord.utils.utcnow()
    known = await live.server.say(live.guild, live.channel, live.ani, "the last one heard")
    known_in_forum = await live.server.say(live.guild, old_post, live.ani, "heard as well")
    said = [(live.channel, f"meanwhile {number}") for number in range(120)]
    said += [(old_post, "in the forum"), (quiet, "in a quiet channel")]
    said.append((live.server.state.add_thread(live.guild, forum, "Air apa?"), "a new post"))
    for where, text in said:
        await live.server.say(live.guild, where, live.ani, text)
    heard_before = {
        live.channel: Heard(message_id=known, at=told_at),
        forum: Heard(message_id=known_in_forum, at=told_at),
    }
    live.platform.resume(heard_before, not_before=told_at - timedelta(hours=24))
    async with live.running():
        # the last messages before the end may come twice; the core knows them by their ids
        events = await live.ear.hear(len(said) + 2)
    texts = [each.text for each in events if isinstance(each, IncomingMessage)]
    assert texts == ["the last one heard", "heard as well", *(text for _, text in said)]
    last = events[-1]
    assert (last.channel.channel, last.channel.thread is None) == (forum, False)


async def test_what_is_said_now_waits_for_what_was_missed(live: Live) -> None:
    """Were it passed on first and the process killed then, the log would say that all before it was heard."""
    known = await live.server.say(live.guild, live.channel, live.ani, "heard")
    await live.server.say(live.guild, live.channel, live.ani, "missed")
    now = discord.utils.utcnow()
    live.platform.resume({live.channel: Heard(message_id=known, at=now)}, not_before=now - timedelta(hours=24))
    live.server.rest.history_comes.clear()
    async with live.running():
        await live.server.say(live.guild, live.channel, live.ani, "now")
        await live.server.react(live.guild, live.channel, known, live.ani, "☕")
        # what came behind it was heard, so it was too
        assert len(await live.ear.hear(1)) == 1
        live.server.rest.history_comes.set()
        events = await live.ear.hear(4)
    assert [each.text for each in events if isinstance(each, IncomingMessage)] == ["heard", "missed", "now"]


async def test_what_is_too_old_is_not_read_by_a_new_process(live: Live) -> None:
    """Nobody waits for an answer to last week's question."""
    known = await live.server.say(live.guild, live.channel, live.ani, "heard")
    await live.server.say(live.guild, live.channel, live.ani, "long ago")
    now = discord.utils.utcnow()
    live.platform.resume({live.channel: Heard(message_id=known, at=now)}, not_before=now + timedelta(minutes=1))
    async with live.running():
        await live.server.say(live.guild, live.channel, live.ani, "now")
        events = await live.ear.hear(1)
    assert [each.text for each in events if isinstance(each, IncomingMessage)] == ["now"]


async def test_a_post_is_found_in_the_history_after_its_nonce_is_forgotten(live: Live) -> None:
    """By its words and what it answers; the same words of somebody else, or of an earlier day, are another message."""
    assert isinstance(live.platform, LookingBack)
    asked = await live.server.say(live.guild, live.channel, live.ani, "Gratis di atas 200 ribu.")
    begun_at = discord.utils.utcnow()
    wanted = _post(live, "Gratis di atas *200* ribu.", reply_to=asked)
    assert await live.platform.find_posted(wanted, begun_at=begun_at) is None
    posted = await live.platform.post(wanted)
    for number in range(150):
        await live.server.say(live.guild, live.channel, live.ani, f"lalu {number}")
    assert await live.platform.find_posted(wanted, begun_at=begun_at) == posted
    assert await live.platform.find_posted(wanted, begun_at=begun_at + timedelta(hours=1)) is None
    assert await live.platform.find_posted(_post(live, "Lain."), begun_at=begun_at) is None


async def test_a_history_that_can_not_be_read_says_who_must_act(live: Live) -> None:
    """A channel that is gone is lost for looking back as well."""
    gone = ChannelRef(platform="discord", space=live.guild.id, channel="1574840314013679999")
    assert isinstance(live.platform, LookingBack)
    with pytest.raises(ChannelLost):
        await live.platform.find_posted(_post(live, channel=gone), begun_at=discord.utils.utcnow())


async def test_a_post_in_a_forum_is_a_thread_with_a_title(live: Live) -> None:
    """Made once, also when it is sent again; changed and found in its thread like any other post."""
    forum = live.server.state.add_channel(live.guild, "cerita", kind=FORUM)
    channel = ChannelRef(platform="discord", space=live.guild.id, channel=forum)
    begun_at = discord.utils.utcnow()
    card = LinkCard(url="https://kopi.example/gayo", title="Panen raya\ndi Gayo " + "o" * 100)
    wanted = _post(live, "Ada cerita baru.", channel=channel, card=card)
    posted = await live.platform.post(wanted)
    assert await live.platform.post(wanted) == posted
    (thread,) = live.guild.threads.values()
    assert thread["name"] == f"Panen raya di Gayo {'o' * 80}…"
    assert posted == PostedRef(
        channel=ChannelRef(platform="discord", space=live.guild.id, channel=forum, thread=thread["id"]),
        message_id=thread["id"],
    )
    assert [each.body["content"] for each in live.server.sent] == ["Ada cerita baru."]
    assert await live.platform.find_posted(wanted, begun_at=begun_at) == posted
    await live.platform.edit(posted, replace(wanted, spans=(Span(text="Ada kabar baru."),)))
    assert live.server.state.messages[thread["id"]][thread["id"]]["content"] == "Ada kabar baru."
