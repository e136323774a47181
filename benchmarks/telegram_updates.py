"""Made-up updates of Telegram groups, in the JSON of the Bot API (https://core.telegram.org/bots/api#update).

They come as a bot fetches them: answers of getUpdates, a hundred updates each. The same number and seed give the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

Json: TypeAlias = dict[str, Any]

BOT_ID = 7_000_000_001
USERNAME = "tani_bot"
#: The number of the first member; the others follow.
FIRST_MEMBER = 100_000_000
#: As many updates as one answer of getUpdates holds.
ANSWER = 100
#: 2026-11-24 02:00:00 UTC.
_START = 1_795_485_600
#: What of a thousand updates each kind has; a message is plain where nothing else is said.
_SHARES = {
    "plain": 560, "reply": 170, "names a member": 30, "names the bot": 10, "command": 20, "edit": 40,
    "reaction": 90, "join": 15, "leave": 10, "photo": 55,
}  # fmt: skip
_SPOKEN = """\
kopi gayo enak sekali hari ini where do you buy your beans ongkir ke luar jawa berapa mas the new roast is lovely pagi
semua siapa yang sudah coba seduh dingin how long do they stay fresh terima kasih banyak ya mantap
"""
_WORDS = _SPOKEN.split()


def write_answers(path: Path, count: int, *, chats: int, members: int, seed: int = 1, first_chat: int = 0) -> None:
    """Write `count` updates of `members` people in `chats` groups, one answer of getUpdates a line.

    The groups are those of `chat_ids` from number `first_chat` on.
    """
    with path.open("w", encoding="utf-8") as file:
        updates = make_updates(count, chats=range(first_chat, first_chat + chats), members=members, seed=seed)
        for result in _portions(updates):
            file.write(json.dumps({"ok": True, "result": result}, ensure_ascii=False, separators=(",", ":")) + "\n")


def chat_ids(chats: int) -> list[int]:
    """Return the numbers of the groups."""
    return [-1_001_000_000_000 - number for number in range(chats)]


def make_updates(count: int, *, chats: range, members: int, seed: int) -> Iterator[Json]:
    """Give updates in the order they happen; who writes has a heavy tail, and answers and reactions are to the last."""
    random = np.random.default_rng(seed)
    kinds = np.repeat(list(_SHARES), list(_SHARES.values()))
    groups = [_Group(chat_ids(number + 1)[number], number) for number in chats]
    for first in range(0, count, 10_000):
        most = min(10_000, count - first)
        chosen = random.choice(kinds, most).tolist()
        who = (members * random.random((most, 2)) ** 3).astype(int).tolist()
        where = random.integers(0, len(groups), most).tolist()
        numbers = random.integers(0, 1 << 30, most).tolist()
        for offset in range(most):
            number = first + offset
            group = groups[where[offset]]
            kind, content = group.happen(chosen[offset], *who[offset], number=number, dice=numbers[offset])
            yield {"update_id": 500_000_000 + number, kind: content}


class _Group:
    """One supergroup: its next message's number, and the last messages for others to turn to."""

    def __init__(self, chat: int, number: int) -> None:
        self._chat: Json = {
            "id": chat, "title": f"Warung Kopi {number}", "username": f"warung_{number}", "type": "supergroup"
        }  # fmt: skip
        self._next = 1
        self._last: list[Json] = []

    def happen(self, kind: str, member: int, other: int, *, number: int, dice: int) -> tuple[str, Json]:
        """Return the kind of update and its content."""
        date = _START + number // 50
        user = _user(member)
        if kind in ("edit", "reaction", "reply") and not self._last:
            kind = "plain"
        earlier = self._last[dice % len(self._last)] if self._last else {}
        match kind:
            case "edit":
                return "edited_message", {**earlier, "edit_date": date, "text": _text(dice)}
            case "reaction":
                return "message_reaction", {
                    "chat": self._chat, "message_id": earlier["message_id"], "user": user, "date": date,
                    "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍❤🔥👏"[dice % 4]}],
                }  # fmt: skip
            case "join" | "leave":
                before, after = ("left", "member") if kind == "join" else ("member", "left")
                return "chat_member", {
                    # nobody comes and goes twice within a second: that would be one event
                    "chat": self._chat, "from": user, "date": _START + number,
                    "old_chat_member": {"user": user, "status": before},
                    "new_chat_member": {"user": user, "status": after},
                }  # fmt: skip
        message = {"message_id": self._next, "from": user, "chat": self._chat, "date": date}
        self._next += 1
        message |= _content(kind, dice, _user(other))
        if kind == "reply":
            message["reply_to_message"] = earlier
        else:
            self._last = [*self._last[-49:], message]
        return "message", message


def _content(kind: str, dice: int, other: Json) -> Json:
    text = _text(dice)
    match kind:
        case "photo":
            sizes = [(90, 67), (320, 240), (800, 600), (1280, 960)]
            photo = [
                {
                    "file_id": f"AgACAgUAAxkBAAI{dice}{width}", "file_unique_id": f"AQAD{dice}{width}",
                    "file_size": width * height // 8, "width": width, "height": height,
                }
                for width, height in sizes
            ]  # fmt: skip
            return {"photo": photo, "caption": text}
        case "command":
            name = ("/top", "/me", "/help", "/about")[dice % 4]
            return {"text": name, "entities": [{"type": "bot_command", "offset": 0, "length": len(name)}]}
        case "names the bot":
            asked = f"@{USERNAME} {text}?"
            return {"text": asked, "entities": [{"type": "mention", "offset": 0, "length": len(USERNAME) + 1}]}
        case "names a member":
            name = other["first_name"]
            entity = {"type": "text_mention", "offset": 0, "length": len(name), "user": other}
            return {"text": f"{name} {text}", "entities": [entity]}
    return {"text": text}


def _text(dice: int) -> str:
    start, length = dice % len(_WORDS), 3 + (dice >> 8) % 14
    return " ".join((_WORDS * 2)[start : start + length])


def _user(member: int) -> Json:
    user: Json = {"id": FIRST_MEMBER + member, "is_bot": False, "first_name": f"Anggota {member}"}
    if member % 3:
        user["username"] = f"anggota_{member}"
    if member % 2:
        user["last_name"] = "Lestari"
    return user | {"language_code": "id" if member % 4 else "en"}


def _portions(updates: Iterator[Json]) -> Iterator[list[Json]]:
    portion: list[Json] = []
    for update in updates:
        portion.append(update)
        if len(portion) == ANSWER:
            yield portion
            portion = []
    if portion:
        yield portion
