"""Import of chat history: messages a second of one core, beside SQLite alone taking the same rows."""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.outcome import Outcome
from bot.assemble import assembled, importer
from bot.cli.running import read_config

#: Messages a second of one core.
_TARGET = 50_000.0
_PROTOCOL = (
    "A JSON Lines file: half of the messages answer one of the last fifty, one in ten names somebody, one in five has",
    "one reaction; authors have a heavy tail. It is taken into a new SQLite database by the code behind the command.",
    "ours: messages per processor second from the opened file to the last commit, all threads counted.",
    "peer: the standard library alone: json.loads of each line, and its rows given to sqlite3 for the same table and",
    "indexes with the same durability, in transactions of the same length: what is left when nothing is understood.",
    f"met is: ours at least {_TARGET:,.0f}.",
)
_CONFIG = (
    "version: 1\nbrand: {name: Past, languages: [en]}\ncommunities: {room: {platform: sandbox}}\n"
    "sources: {faq: {type: faq, path: faq.yaml}}\nstore: {url: 'sqlite:///past.db'}\n"
)
_FAQ = "- {id: hi, question: Is anybody there?, answer: We are., language: en}\n"
_START = datetime(2026, 1, 1, tzinfo=UTC)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own options."""
    parser.add_argument("--messages", type=int, default=200_000, help="messages in the file")


def measure(options: argparse.Namespace) -> Outcome:
    """Write the file and take it in twice, by the product and by the standard library alone."""
    with tempfile.TemporaryDirectory(prefix="konektor-import-") as place:
        folder = Path(place)
        (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
        (folder / "faq.yaml").write_text(_FAQ, encoding="utf-8")
        history = folder / "history.jsonl"
        _write_history(history, options.messages)
        seconds, wall, taken = asyncio.run(_take_in(folder / "config.yaml", history))
        bare = _insert_alone(folder / "past.db", history)
    return Outcome(
        name="import_history",
        sizes={"messages": options.messages},
        ours=taken / seconds,
        peer=options.messages / bare,
        target=_TARGET * bare / options.messages,
        met=taken / seconds >= _TARGET,
        protocol=_PROTOCOL,
        details={"messages taken in": float(taken), "CPU s": seconds, "wall s": wall, "standard library, CPU s": bare},
    )


def _write_history(path: Path, count: int) -> None:
    random = np.random.default_rng(1)
    authors = np.minimum(random.zipf(1.4, count), 5_000).tolist()
    back = random.integers(1, 50, count).tolist()
    dice = random.random((count, 3)).tolist()
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            answers, names, reacts = dice[number]
            message: dict[str, object] = {
                "id": f"m{number}",
                "community": "room",
                "at": (_START + timedelta(seconds=number * 30)).isoformat(),
                "author": f"u{authors[number]}",
                "author_name": f"Member {authors[number]}",
                "text": "where do you buy your beans, and how long do they stay fresh?",
            }
            if answers < 1 / 2 and number > back[number]:
                message["reply_to"] = f"m{number - back[number]}"
            if names < 1 / 10:
                message["mentions"] = [f"u{authors[number - 1]}"]
            if reacts < 1 / 5:
                message["reactions"] = [{"by": f"u{authors[number - 2]}", "emoji": "👍"}]
            file.write(json.dumps(message, ensure_ascii=False) + "\n")


async def _take_in(config: Path, history: Path) -> tuple[float, float, int]:
    """Return the processor and wall seconds of the import, and how many messages it logged."""
    async with assembled(read_config(config)) as parts:
        take_file = importer(parts, complain=lambda _file, _what: None, moved=lambda _read: None)
        with history.open("rb") as file:
            began, began_wall = time.process_time(), time.perf_counter()
            count = await take_file(file, name=history.name, basis="a benchmark", community=None)
            return time.process_time() - began, time.perf_counter() - began_wall, count.messages


def _insert_alone(database: Path, history: Path, batch: int = 2_000) -> float:
    """Return the processor seconds the standard library takes for the same rows in a copy of the same table."""
    bare = database.with_name("bare.db")
    with sqlite3.connect(database) as ours, sqlite3.connect(bare) as theirs:
        theirs.execute("PRAGMA journal_mode=WAL")
        for pragma in ("synchronous=FULL", "cache_size=-32768", "secure_delete=ON"):
            theirs.execute(f"PRAGMA {pragma}")
        for (made,) in ours.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'event' AND sql IS NOT NULL"):
            theirs.execute(made)
        rows = ours.execute("SELECT * FROM event ORDER BY rowid").fetchall()
    insert = f"INSERT INTO event VALUES ({', '.join('?' * len(rows[0]))})"  # noqa: S608  # marks only
    began = time.process_time()
    with history.open("rb") as file:
        for line in file:
            json.loads(line)
    connection = sqlite3.connect(bare)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-32768")
    for first in range(0, len(rows), batch):
        connection.executemany(insert, rows[first : first + batch])
        connection.commit()
    seconds = time.process_time() - began
    connection.close()
    return seconds
