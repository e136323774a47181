"""Events of every shape: none stops those behind it."""

from __future__ import annotations

import copy

from structlog.testing import capture_logs

from bot.messages import IncomingMessage
from tests.adapters.matrix.driving import BUDI, DEWI, build, listening
from tests.adapters.mutating import UPDATES, VALID_EVERY, check_storable, mutations
from tests.servers.matrix_server import MatrixServer
from tests.servers.matrix_world import BOT, Json, MatrixWorld, Room


def _samples(world: MatrixWorld, room: Room) -> list[Json]:
    """One event of each kind that the bot asks for, as a homeserver makes it."""
    before = len(room.history)
    first = world.says(room, DEWI, "Tani: berapa ongkir?", **{"m.mentions": {"user_ids": [BOT]}})
    pill = {"format": "org.matrix.custom.html", "formatted_body": f'<a href="https://matrix.to/#/{BOT}">Tani</a> halo'}
    world.says(room, DEWI, "Tani halo", **pill)
    thread = {"rel_type": "m.thread", "event_id": first, "is_falling_back": True, "m.in_reply_to": {"event_id": first}}
    world.says(room, BUDI, "> <@dewi:matrix.test> lama\n\nbaru", **{"m.relates_to": thread})
    world.says(room, BUDI, "!top 7")
    world.says(room, BUDI, "kopi.jpg", msgtype="m.image", url="mxc://matrix.test/a", filename="kopi.jpg")
    world.edits(room, DEWI, first, "berapa ongkirnya?")
    liked = world.reacts(room, BUDI, first, "👍")
    world.redact(room, BUDI, liked)
    world.joins(room, world.user("eka"))
    world.leaves(room, world.user("eka"))
    world.append(room, DEWI, "m.room.tombstone", {"body": "", "replacement_room": "!b:matrix.test"}, state_key="")
    return [copy.deepcopy(event) for _, event in room.history[before:]]


async def test_no_event_stops_those_behind_it() -> None:
    """Of 10,000 changed events none ends the listening, and every whole message among them is told, in order."""
    async with MatrixServer() as server:
        world, room, other = server.world, server.world.add_room(), server.world.add_room()
        for each in ("dewi", "budi", "citra"):
            world.joins(room, world.user(each))
        samples = _samples(world, other)
        valid: list[str] = []
        platform = build(server, room)
        with capture_logs():
            async with listening(platform, server) as heard:
                for number, changed in enumerate(mutations(samples, seed=7, count=UPDATES)):
                    world.inject(room, changed)
                    if number % VALID_EVERY == 0:
                        valid.append(f"pesan {number}")
                        world.says(room, "@citra:matrix.test", valid[-1])
                    if number % 1000 == 0:
                        await heard.until(len(heard.events) + 1)
                while _said(heard.events)[-1:] != valid[-1:]:
                    await heard.until(len(heard.events) + 1)
                assert not heard.task.done()
    for each in heard.events:
        check_storable(each)
    assert _said(heard.events) == valid


def _said(events: list[object]) -> list[str]:
    return [each.text for each in events if isinstance(each, IncomingMessage) and each.text.startswith("pesan ")]
