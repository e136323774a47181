"""Errbot with a plugin that remembers each message in its shelf: `FILE COUNT`; prints {"seconds": …, "cpu": …, …}."""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import threading
import time
from pathlib import Path

from errbot.backends.test import TestBot

PLUGIN = '''\
from errbot import BotPlugin


class Remember(BotPlugin):
    """Keeps what was said and by whom."""

    heard = 0

    def callback_message(self, message):
        """Remember one message."""
        self[f"m:{Remember.heard}"] = {"author": str(message.frm), "text": message.body}
        Remember.heard += 1
'''
ABOUT = "[Core]\nName = Remember\nModule = remember\n[Python]\nVersion = 3\n"


def read_texts(path: Path, count: int) -> list[str]:
    """Return the texts of the first `count` messages that have one."""
    found: list[str] = []
    with path.open("rb") as file:
        for line in file:
            result = json.loads(line)["result"]
            found += [update["message"]["text"] for update in result if "text" in update.get("message", {})]
            if len(found) >= count:
                break
    return found[:count]


def take_in(texts: list[str], folder: Path) -> tuple[float, float, int]:
    """Return the wall and processor seconds until all are remembered, and how many then are."""
    (folder / "remember.py").write_text(PLUGIN, encoding="utf-8")
    (folder / "remember.plug").write_text(ABOUT, encoding="utf-8")
    bot = TestBot(extra_plugin_dir=str(folder), loglevel=logging.CRITICAL, extra_config={"STORAGE": "Shelf"})
    bot.start()
    plugin = bot.bot.plugin_manager.get_plugin_obj_by_name("Remember")
    kind, pause = type(plugin), threading.Event()
    try:
        began, began_cpu, before = time.perf_counter(), time.process_time(), kind.heard
        for text in texts:
            bot.push_message(text)
        while kind.heard - before < len(texts):
            pause.wait(0.005)
        kept = sum(key.startswith("m:") for key in plugin)
        return time.perf_counter() - began, time.process_time() - began_cpu, kept
    finally:
        bot.stop()


if __name__ == "__main__":
    given = read_texts(Path(sys.argv[1]), int(sys.argv[2]))
    with tempfile.TemporaryDirectory() as place:
        wall, cpu, kept = take_in(given, Path(place))
    print(json.dumps({"seconds": wall, "cpu": cpu, "messages": kept}))
