"""opsdroid with a skill that remembers each message in its SQLite memory: `FILE COUNT`; prints {"seconds": …, …}."""

from __future__ import annotations

import asyncio
import contextlib
import gettext
import json
import logging
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from opsdroid.connector import Connector
from opsdroid.core import OpsDroid
from opsdroid.database.sqlite import DatabaseSqlite
from opsdroid.events import Message
from opsdroid.matchers import match_regex
from opsdroid.skill import Skill


class Remember(Skill):
    """Keeps what was said, by whom and where."""

    @match_regex(r"(?s).*")
    async def remember(self, message: Message) -> None:
        """Remember one message."""
        said = {"author": message.user_id, "channel": message.target, "text": message.text}
        await self.opsdroid.memory.put(f"m:{message.target}:{message.event_id}", said)


def read_messages(path: Path, count: int) -> list[dict[str, Any]]:
    """Return the first `count` messages with text."""
    found = []
    with path.open("rb") as file:
        for line in file:
            found += [update["message"] for update in json.loads(line)["result"] if "text" in update.get("message", {})]
            if len(found) >= count:
                break
    return found[:count]


async def take_in(messages: list[dict[str, Any]], folder: str) -> tuple[float, float]:
    """Return the wall and processor seconds for all of them."""
    config = {"connectors": {}, "skills": {}, "welcome-message": False, "parsers": [{"name": "regex", "enabled": True}]}
    with OpsDroid(config=config) as opsdroid:
        database = DatabaseSqlite({"path": f"{folder}/memory.db", "table": "opsdroid"}, opsdroid=opsdroid)
        await database.connect()
        opsdroid.memory.databases = [database]
        connector = Connector({"name": "none"}, opsdroid=opsdroid)
        opsdroid.connectors = [connector]
        skill = Remember(opsdroid, {"name": "remember"})
        opsdroid.skills = []
        opsdroid.register_skill(skill.remember, {"name": "remember"})
        began, began_cpu = time.perf_counter(), time.process_time()
        for given in messages:
            user = str(given["from"]["id"])
            said = Message(
                text=given["text"],
                user=given["from"]["first_name"],
                user_id=user,
                target=str(given["chat"]["id"]),
                connector=connector,
                event_id=str(given["message_id"]),
            )
            await opsdroid.parse(said)
        seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        await database.disconnect()
        return seconds, cpu


if __name__ == "__main__":
    # as its own command line does: its modules call what this installs
    gettext.install("opsdroid")
    logging.disable(logging.ERROR)
    given = read_messages(Path(sys.argv[1]), int(sys.argv[2]))
    with tempfile.TemporaryDirectory() as place:
        wall, processor = asyncio.run(take_in(given, place))
        with contextlib.closing(sqlite3.connect(Path(place, "memory.db"))) as memory:
            (kept,) = memory.execute("SELECT count(*) FROM opsdroid").fetchone()
    print(json.dumps({"seconds": wall, "cpu": processor, "messages": kept}))
