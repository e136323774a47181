"""Updates of every shape: none stops those behind it."""

from __future__ import annotations

import json

import pytest
from structlog.testing import capture_logs
from telegram import Update

from adapters.telegram.incoming import read_update
from adapters.telegram.reader import UpdateReader
from bot.messages import Event, IncomingMessage
from tests.adapters.mutating import UPDATES, VALID_EVERY, check_storable, mutations
from tests.adapters.telegram.payloads import BUDI, DEWI, FORUM, GROUP, ME, SEEN_AT, Json, entity, message
from tests.adapters.telegram.payloads import DATE as AT


def _member(status: str) -> Json:
    return {"status": status, "user": BUDI}


SAMPLES: list[Json] = [
    {"message": message("berapa ongkir ke luar Jawa?")},
    {"message": message("/top@tani_bot 7", entities=[entity("bot_command", 0, 13)])},
    {"message": message("@tani_bot halo 👩‍🌾", entities=[entity("mention", 0, 9), entity("bold", 10, 4)])},
    {"message": message("halo Budi", entities=[entity("text_mention", 5, 4, user=BUDI)])},
    {"message": message("di topik", chat=FORUM, is_topic_message=True, message_thread_id=12)},
    {"message": message("jawab", reply_to_message=message("tanya", message_id=10, **{"from": BUDI}))},
    {"message": message(photo=[{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}], caption="kopi")},
    {"message": message(new_chat_members=[BUDI])},
    {"message": message(left_chat_member=BUDI)},
    {"edited_message": message("suhu 94", edit_date=AT + 60)},
    {
        "message_reaction": {
            "chat": GROUP, "message_id": 11, "user": DEWI, "date": AT, "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": "👍"}, {"type": "custom_emoji", "custom_emoji_id": "5"}],
        }
    },
    {
        "chat_member": {
            "chat": GROUP, "from": DEWI, "date": AT, "old_chat_member": _member("left"),
            "new_chat_member": _member("member"),
        }
    },
    {
        "my_chat_member": {
            "chat": GROUP, "from": DEWI, "date": AT, "old_chat_member": _member("member"),
            "new_chat_member": _member("left"),
        }
    },
    {
        "callback_query": {
            "id": "4382",
            "from": DEWI,
            "chat_instance": "1",
            "data": "helpful:01a9",
            "message": message("Ongkir Rp32.000.", message_id=12),
        }
    },
]  # fmt: skip


def _read(update: Json) -> tuple[Event, ...]:
    return read_update(update, ME, {}, seen_at=SEEN_AT)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: next(iter(sample)))
def test_the_sdk_knows_every_field_that_is_read(sample: Json) -> None:
    """What the SDK has understood of an update and writes out again reads the same."""
    update = {"update_id": 900, **sample}
    assert _read(Update.de_json(update).to_dict()) == _read(update)


def test_no_update_stops_those_behind_it() -> None:
    """Of 10,000 changed updates none raises, and every whole one among them is told, in order."""
    reader = UpdateReader((), now=lambda: SEEN_AT)
    told: list[Event] = []
    batch: list[Json] = []
    valid: list[str] = []
    with capture_logs():
        for number, changed in enumerate(mutations(SAMPLES, seed=5, count=UPDATES)):
            batch.append({"update_id": 2 * number, **changed})
            if number % VALID_EVERY == 0:
                valid.append(f"pesan {number}")
                batch.append({"update_id": 2 * number + 1, "message": message(valid[-1], message_id=10**6 + number)})
            if len(batch) >= 100:
                told += [event for update in json.loads(json.dumps(batch)) for event in reader.read(update, ME)]
                batch = []
        told += [event for update in json.loads(json.dumps(batch)) for event in reader.read(update, ME)]
    for event in told:
        check_storable(event)
    spoken = [event.text for event in told if isinstance(event, IncomingMessage)]
    assert [text for text in spoken if text.startswith("pesan ")] == valid
