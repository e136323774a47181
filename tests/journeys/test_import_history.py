"""History from files becomes part of the log, on either database, as if the bot had been there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.assemble import Assembly
from bot.errors import SettingsFault
from bot.flows.rank_members import rank_members
from bot.messages import PersonRef
from tests.journeys.people import CHANNEL, NOW, SERVER, TELEGRAM_CHAT, brand_at, lines, logged, parts_of, take_in
from tests.unit.engagement.history.test_exports import DISCORD, TELEGRAM


@pytest.fixture(params=["sqlite", "postgresql"])
async def parts(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Assembly]:
    """A brand on each of the databases."""
    on_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/k.db" if on_file else str(request.getfixturevalue("postgres_url"))
    async with parts_of(brand_at(url)) as opened:
        yield opened


async def test_a_history_is_taken_in_once(parts: Assembly) -> None:
    """Done again it adds nothing; its basis is kept each time."""
    history = lines(
        {"author": "u1", "author_name": "Dewi"},
        {"author": "u2", "reply_to": "m1", "mentions": ["u3"], "reactions": [{"by": "u1", "emoji": "👍"}]},
        {"author": "robot", "is_bot": True},
    )
    first, told = await take_in(parts, history)
    assert (first.messages, first.known, first.reactions, first.bots, first.unreadable) == (2, 0, 1, 1, 0)
    assert told == []
    before = await logged(parts)
    assert [(e.kind, e.author and e.author.id, [(t.person.id, t.kind) for t in e.toward]) for e in before] == [
        ("message", "u1", []),
        ("message", "u2", [("u1", "reply"), ("u3", "mention")]),
        ("reaction", "u1", [("u2", "reaction")]),
    ]
    again, _ = await take_in(parts, history)
    assert (again.messages, again.known, again.reactions, again.taken_back) == (0, 2, 0, 0)
    assert await logged(parts) == before
    async with parts.store.read(parts.brand.id) as work:
        kept = await work.imports.all()
    assert [(one.file, one.basis, one.messages) for one in kept] == [
        ("h.jsonl", "members agreed", 2),
        ("h.jsonl", "members agreed", 0),
    ]


async def test_a_newer_history_updates_reactions(parts: Assembly) -> None:
    """One that was added comes in, one that is listed no more is taken back, and lists left out change nothing."""
    await take_in(
        parts, lines({"author": "u1", "reactions": [{"by": "u2", "emoji": "👍"}, {"by": "u3", "emoji": "🔥"}]})
    )
    count, _ = await take_in(
        parts, lines({"author": "u1", "reactions": [{"by": "u3", "emoji": "🔥"}, {"by": "u4", "emoji": "👍"}]})
    )
    assert (count.messages, count.known, count.reactions, count.taken_back) == (0, 1, 1, 1)
    async with parts.store.read(parts.brand.id) as work:
        on = await work.events.reactions_on("sandbox", [("warung", "m1")])
    assert sorted((one.author, one.emoji) for one in on) == [("u3", "🔥"), ("u4", "👍")]
    count, _ = await take_in(parts, lines({"author": "u1"}))
    assert (count.reactions, count.taken_back) == (0, 0)


async def test_exports_meet_what_was_heard_live(parts: Assembly) -> None:
    """A message of an export has the id of the live event, so that it is there once."""
    telegram, _ = await take_in(parts, json.dumps(TELEGRAM), name="result.json")
    discord, _ = await take_in(parts, json.dumps(DISCORD), name="general.json")
    assert (telegram.messages, telegram.communities, telegram.unreadable) == (2, {"kedai"}, 3)
    assert (discord.messages, discord.communities, discord.unreadable) == (1, {"roasters"}, 2)
    found = {(e.community, e.kind, e.event_id, e.channel) for e in await logged(parts)}
    assert found == {
        ("kedai", "message", f"m:{TELEGRAM_CHAT}:2", TELEGRAM_CHAT),
        ("kedai", "command", f"m:{TELEGRAM_CHAT}:5", TELEGRAM_CHAT),
        ("kedai", "reaction", f"r:{TELEGRAM_CHAT}:2:9:👍", TELEGRAM_CHAT),
        ("roasters", "message", "m:900000000000000001", CHANNEL),
        ("roasters", "reaction", "r+:900000000000000001:6:42", CHANNEL),
    }


async def test_lines_of_a_platform_carry_its_ids_too(parts: Assembly) -> None:
    """JSON Lines for a community on a platform are named as its adapter names live messages."""
    history = lines(
        {"author": "5", "community": "roasters", "id": "900000000000000001"},
        {"author": "5", "community": "kedai", "id": 7, "channel": "general"},
    )
    await take_in(parts, history)
    assert {(e.event_id, e.channel) for e in await logged(parts)} == {
        ("m:900000000000000001", CHANNEL),
        (f"m:{TELEGRAM_CHAT}:7", TELEGRAM_CHAT),
    }
    assert SERVER not in str(await logged(parts))


async def test_an_unknown_community_stops_the_import_in_words(parts: Assembly) -> None:
    """With the place and what was probably meant; --community puts everything into one."""
    history = lines({"author": "u1", "community": "warnug"})
    with pytest.raises(SettingsFault, match=r'h\.jsonl:1: no community "warnug"; did you mean "warung"\?'):
        await take_in(parts, history)
    count, _ = await take_in(parts, history, community="kedai")
    assert count.communities == {"kedai"}
    with pytest.raises(SettingsFault, match=r'--community: no community "kedia"'):
        await take_in(parts, json.dumps(TELEGRAM), community="kedia")
    elsewhere = {**TELEGRAM, "id": 5}
    with pytest.raises(SettingsFault, match="-1005"):
        await take_in(parts, json.dumps(elsewhere))


async def test_broken_lines_cost_only_themselves(parts: Assembly) -> None:
    """They are told with file and line, and counted; a file of nothing else is refused."""
    count, told = await take_in(parts, lines({"author": "u1"}) + "\nnonsense\n" + lines({}, {"author": "u2"}))
    assert (count.messages, count.unreadable) == (2, 2)
    assert [(name, found.line) for name, found in told] == [("h.jsonl", 2), ("h.jsonl", 3)]
    with pytest.raises(SettingsFault, match="nothing in it could be read"):
        await take_in(parts, b"\x00\x01\n\xff")
    empty, _ = await take_in(parts, "")
    assert empty.messages == 0


async def test_who_opted_out_is_not_named(parts: Assembly) -> None:
    """Their messages stay out of the count, in what they do and in what is done toward them."""
    out = PersonRef(platform="sandbox", id="u1")
    async with parts.store.work(parts.brand.id) as work:
        await work.people.set_consent(out, "out", name=None, at=NOW)
        await work.commit()
    await take_in(parts, lines({"author": "u1"}, {"author": "u2", "reply_to": "m1", "mentions": ["u1"]}))
    assert "'u1'" not in str([(e.author, e.toward) for e in await logged(parts)])


async def test_scores_name_the_given_ids(parts: Assembly) -> None:
    """The leaderboard knows imported people by the ids the file gave them, and counts what they wrote."""
    await take_in(
        parts, lines({"author": "u1"}, {"author": "u2", "reply_to": "m1"}, {"author": "u2", "reply_to": "m1"})
    )
    async with parts.store.read(parts.brand.id) as work:
        ranks = await rank_members(parts.brand, parts.known, work=work, community=None, now=NOW, word="member")
    assert {rank.member.id: rank.messages for rank in ranks} == {"u1": 1, "u2": 2}
    assert all(rank.name.startswith("member ") for rank in ranks)


async def test_names_are_kept_where_all_may_be_named(tmp_path: Path) -> None:
    """Under names: all the file's names are shown, but not of those who opted out; else none is kept."""
    history = lines({"author": "u1", "author_name": "Dewi\u202e"}, {"author": "u2", "author_name": "Sari"})
    for names, kept in (("all", {"Dewi", None}), ("opt_in", {None})):
        async with parts_of(brand_at(f"sqlite:///{tmp_path}/{names}.db", names=names)) as parts:
            async with parts.store.work(parts.brand.id) as work:
                await work.people.set_consent(PersonRef(platform="sandbox", id="u2"), "out", name=None, at=NOW)
                await work.commit()
            await take_in(parts, history)
            async with parts.store.read(parts.brand.id) as work:
                assert {member.name for member in await work.people.all()} == kept


async def test_text_is_kept_only_where_it_may_be(tmp_path: Path) -> None:
    """store_text decides for history as for what is heard."""
    history = lines({"author": "u1", "text": "rahasia negara"})
    for store_text, found in (("none", False), ("full", True)):
        path = tmp_path / f"{store_text}.db"
        async with parts_of(brand_at(f"sqlite:///{path}", store_text=store_text)) as parts:
            await take_in(parts, history)
        assert (b"rahasia negara" in path.read_bytes()) == found
