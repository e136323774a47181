"""Updates of every shape: none stops those behind it."""

from __future__ import annotations

import json

from structlog.testing import capture_logs
from telegram import Update

from adapters.telegram.adapter import TelegramPlatform
from adapters.telegram.settings import Account
from adapters.telegram.wire import UpdatesRequest
from bot.messages import Event, IncomingMessage
from tests.adapters.mutating import UPDATES, VALID_EVERY, check_storable, mutations
from tests.adapters.telegram.payloads import BUDI, DEWI, FORUM, GROUP, ME, Json, entity, message
from tests.adapters.telegram.payloads import DATE as AT
from tests.servers.telegram_server import TOKEN


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
]  # fmt: skip


def test_no_update_stops_those_behind_it() -> None:
    """Of 10,000 changed updates none raises, and every whole one among them is told, in order."""
    platform = TelegramPlatform(
        Account.model_validate({"token": TOKEN, "api_base": "http://127.0.0.1:9"}), commands=(), places=()
    )
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
                told += _read(platform, batch)
                batch = []
        told += _read(platform, batch)
    for event in told:
        check_storable(event)
    spoken = [event.text for event in told if isinstance(event, IncomingMessage)]
    assert [text for text in spoken if text.startswith("pesan ")] == valid


def _read(platform: TelegramPlatform, batch: list[Json]) -> list[Event]:
    """Read an answer of getUpdates as the adapter does."""
    answer = UpdatesRequest.parse_json_payload(json.dumps({"ok": True, "result": batch}).encode())
    updates = [Update.de_json(update) for update in answer["result"]]
    return [event for update in updates for event in platform._reader.read(update, ME)]
