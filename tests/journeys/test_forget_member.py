"""Whoever asks to be forgotten is gone, byte by byte, and stays gone; whoever asks gets everything kept about them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import create_engine, inspect, text

from bot.assemble import Assembly
from bot.clock import ReplayClock
from bot.flows.forget_member import clear_up, forget_member, hand_over
from bot.flows.rank_members import rank_members
from bot.flows.receive_events import ReceiveEvents
from bot.messages import (
    ChannelRef,
    CommandGiven,
    Event,
    IncomingMessage,
    MemberJoined,
    MessageRef,
    Person,
    PersonRef,
    ReactionGiven,
    Span,
)
from bot.ports.platform import PlatformLimits
from bot.ports.records import Body, Queued
from tests.journeys.people import NOW, brand_at, lines, logged, parts_of, take_in

GROUP = ChannelRef(platform="sandbox", space="warung", channel="warung")
#: Long and random, so that finding it anywhere can only mean this one.
WHO = "f3b9c1d27a6e4805b1f2"
NAME = "Zulaikha Wirahadikusuma"
DEWI = Person(ref=PersonRef(platform="sandbox", id=WHO), name=NAME)
#: On some platforms a direct conversation has the person's own id.
DIRECT = ChannelRef(platform="sandbox", space=WHO, channel=WHO, direct=True)


def history(count: int = 400) -> str:
    """Chat among many, one of whom is to be forgotten: writing, answered, named and reacting all over."""
    return lines(
        *(
            {
                "id": f"h{n}",
                "at": f"2026-11-{1 + n % 20:02}T08:00:{n % 60:02}Z",
                "author": WHO if n % 3 == 0 else f"u{n % 7}",
                "author_name": NAME if n % 3 == 0 else "Somebody",
                "reply_to": f"h{max(0, n - 2)}",
                "mentions": [WHO, "u1"] if n % 5 == 0 else [],
                "reactions": [{"by": WHO, "emoji": "👍"}, {"by": "u2", "emoji": "🔥"}] if n % 4 == 0 else [],
            }
            for n in range(count)
        )
    )


def receiver(parts: Assembly) -> ReceiveEvents:
    """What takes live events."""
    return ReceiveEvents(
        parts.brand,
        "sandbox",
        limits=PlatformLimits(text_length=4000),
        store=parts.store,
        clock=parts.clock,
        key=parts.known.key,
    )


def everything_live() -> tuple[Event, ...]:
    """All they can do, in the group and alone with the bot."""
    at = NOW - timedelta(hours=1)
    on = MessageRef(channel=GROUP, id="h1")
    return (
        MemberJoined(event_id=f"j:warung:{WHO}:1", at=at, channel=GROUP, author=DEWI),
        IncomingMessage(event_id="l1", at=at, channel=GROUP, message_id="l1", author=DEWI, text="halo"),
        ReactionGiven(event_id=f"r+:h1:{WHO}:x", at=at, channel=GROUP, message=on, author=DEWI, emoji="👍"),
        CommandGiven(event_id="l2", at=at, channel=GROUP, name="optin", arguments="", author=DEWI, message_id="l2"),
        CommandGiven(event_id="l3", at=at, channel=GROUP, name="ask", arguments="jam buka?", author=DEWI),
        CommandGiven(event_id="l4", at=at, channel=GROUP, name="me", arguments="", author=DEWI),
        IncomingMessage(event_id=f"m:{WHO}:1", at=at, channel=DIRECT, message_id="1", author=DEWI, text="jam buka?"),
        CommandGiven(event_id=f"m:{WHO}:2", at=at, channel=DIRECT, name="help", arguments="", author=DEWI),
        CommandGiven(event_id=f"m:{WHO}:3", at=at, channel=DIRECT, name="language", arguments="en", author=DEWI),
    )


async def fill(parts: Assembly) -> None:
    """Put them into every table."""
    await take_in(parts, history())
    await receiver(parts)(everything_live())
    named = Body(spans=(Span(text="Hi "), Span(text="you", mention=DEWI.ref)))
    async with parts.store.work(parts.brand.id) as work:
        await work.outbox.add(
            [Queued(id="n1", community="warung", channel=GROUP, kind="reply", body=named, created_at=NOW)]
        )
        await work.questions.rate("of-somebody-else", DEWI.ref, "helpful", NOW)
        await work.commit()


async def forget(parts: Assembly) -> dict[str, int]:
    """Erase them as the command does."""
    async with parts.store.work(parts.brand.id) as work:
        erased = await forget_member(DEWI.ref, parts.known, work=work, now=parts.clock.now())
        await work.commit()
    await parts.store.leave_no_trace()
    return dict(erased)


def files_with(folder: Path, *wanted: str) -> list[str]:
    """Return which files of a folder hold any of the words, read byte by byte."""
    return [
        file.name for file in sorted(folder.iterdir()) if any(word.encode() in file.read_bytes() for word in wanted)
    ]


def rows_with(url: str, *wanted: str) -> list[str]:
    """Return which tables hold any of the words in any column of a live row."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = [
            table
            for table in inspect(engine).get_table_names()
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608  # our own tables
            if any(word in str(tuple(row)) for word in wanted)
        ]
    engine.dispose()
    return sorted(set(found))


@pytest.fixture
async def on_file(tmp_path: Path) -> AsyncIterator[Assembly]:
    """A brand on SQLite, where all may be named."""
    async with parts_of(brand_at(f"sqlite:///{tmp_path}/k.db", names="all")) as parts:
        await fill(parts)
        yield parts


async def test_not_a_byte_is_left_in_the_files(on_file: Assembly, tmp_path: Path) -> None:
    """Neither id nor name is in the database, its log or its index, while it is still open."""
    assert files_with(tmp_path, WHO) != []
    erased = await forget(on_file)
    assert all(erased.values())
    assert files_with(tmp_path, WHO, NAME) == []
    assert await forget(on_file) == dict.fromkeys(erased, 0)


async def test_no_live_row_is_left_on_postgresql(postgres_url: str) -> None:
    """No column of any table holds them."""
    async with parts_of(brand_at(postgres_url, names="all")) as parts:
        await fill(parts)
        assert {"event", "member", "question", "outbox", "lane"} <= set(rows_with(postgres_url, WHO))
        await forget(parts)
        assert rows_with(postgres_url, WHO, NAME) == []


async def test_neither_history_nor_presence_brings_them_back(on_file: Assembly, tmp_path: Path) -> None:
    """The same files again, and whatever they do in the group, leave nothing of them."""
    await forget(on_file)
    await take_in(on_file, history())
    group = [event for event in everything_live() if not event.channel.direct]
    await receiver(on_file)(tuple(e for e in group if not isinstance(e, CommandGiven)))
    await on_file.store.leave_no_trace()
    assert files_with(tmp_path, WHO, NAME) == []


async def test_opting_in_brings_them_back(on_file: Assembly) -> None:
    """Only their own word does; from then on they count again."""
    await forget(on_file)
    at = on_file.clock.now()
    await receiver(on_file)(
        (
            CommandGiven(event_id="b1", at=at, channel=GROUP, name="optin", arguments="", author=DEWI),
            IncomingMessage(event_id="b2", at=at, channel=GROUP, message_id="b2", author=DEWI, text="halo"),
        )
    )
    await receiver(on_file)(
        (IncomingMessage(event_id="b3", at=at, channel=GROUP, message_id="b3", author=DEWI, text="halo"),)
    )
    assert DEWI.ref in {event.author for event in await logged(on_file)}


async def test_the_sums_of_the_others_stay_whole(on_file: Assembly) -> None:
    """The others keep every message; only what they did toward the one who went is gone."""
    before = await _messages(on_file)
    await forget(on_file)
    after = await _messages(on_file)
    assert after == {who: count for who, count in before.items() if who != WHO}
    assert WHO not in str(await logged(on_file))


async def _messages(parts: Assembly) -> dict[str, int]:
    async with parts.store.read(parts.brand.id) as work:
        ranks = await rank_members(parts.brand, parts.known, work=work, community="warung", now=NOW, word="member")
    return {rank.member.id: rank.messages for rank in ranks}


async def test_the_command_does_it_and_the_answer_goes_too(on_file: Assembly, tmp_path: Path) -> None:
    """/forgetme in a direct conversation erases at once; what told them so is cleared up once it is sent."""
    logs: list[dict[str, Any]] = []
    structlog.configure(
        processors=[
            lambda _logger, _name, entry: logs.append(dict(entry)) or "",
        ]
    )
    at = on_file.clock.now()
    await receiver(on_file)(
        (CommandGiven(event_id=f"m:{WHO}:9", at=at, channel=DIRECT, name="lupakan", arguments="", author=DEWI),)
    )
    async with on_file.store.work(on_file.brand.id) as work:
        (told,) = await work.outbox.claim(at, kinds=["reply"], rates={}, lease=timedelta(minutes=1), most=9)
        assert told.channel == DIRECT
        assert "erased" in str(told.body) or "dihapus" in str(told.body)
        await work.outbox.sent(told, channel=DIRECT, message_id="10", at=at)
        await work.commit()
    await clear_up(on_file.brand, on_file.known, store=on_file.store, clock=ReplayClock(NOW))
    structlog.reset_defaults()
    assert files_with(tmp_path, WHO, NAME) == []
    assert WHO not in json.dumps(logs, default=str)


async def test_everything_kept_is_handed_over(on_file: Assembly) -> None:
    """All their rows, and what others did toward them without saying who."""
    async with on_file.store.read(on_file.brand.id) as work:
        found = await hand_over(DEWI.ref, work=work)
    assert found["member"][0]["name"] == NAME
    assert {row["kind"] for row in found["events"]} == {"message", "reaction", "join", "command"}
    assert {row["text"] for row in found["questions"]} == {"", "jam buka?"}
    assert found["messages_to_them"]
    assert set(found["toward_them"][0]) == {"kind", "community", "happened_at", "how"}
    async with on_file.store.read(on_file.brand.id) as work:
        nothing = await hand_over(PersonRef(platform="sandbox", id="nobody"), work=work)
    assert not any(nothing.values())
