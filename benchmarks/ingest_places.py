"""What `ingest` runs in: a brand in many Telegram groups, its configuration on disk, and how long its log is made."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

from benchmarks.telegram_updates import FIRST_MEMBER, chat_ids
from bot.assemble import assembled
from bot.cli.running import read_config

_FAQ = "- {id: hi, question: Is anybody there?, answer: We are., language: en}\n"
#: Messages of years before, half of them answers, by members who write again now and in the same groups.
_HELD = """\
INSERT INTO event (brand_id, platform, event_id, kind, community, channel, happened_at, author, message_id, reply_to,
                   toward)
SELECT brand_id, 'telegram', 'm:' || ({chat} - n % {chats}) || ':-' || n, 'message', 'g' || n % {chats},
       '' || ({chat} - n % {chats}), {moment}, '' || ({member} + n % {members}), '-' || n,
       CASE WHEN n % 2 = 0 THEN '-' || (n - 1) END, '[]'
FROM brand, {numbers}
"""
_NUMBERS_SQLITE = "(WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {count}) SELECT n FROM t)"


def write_brand(folder: Path, *, url: str, chats: int) -> Path:
    """Write a configuration with `chats` groups into `folder` and return it; TELEGRAM_TOKEN is read when it is."""
    communities = "".join(
        f'  g{number}: {{platform: telegram, chat: "{chat}"}}\n' for number, chat in enumerate(chat_ids(chats))
    )
    (folder / "faq.yaml").write_text(_FAQ, encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text(
        "version: 1\nbrand: {name: Warung, bot_name: Tani, languages: [id, en]}\n"
        'platforms: {telegram: {token: "${TELEGRAM_TOKEN}"}}\n'
        f"communities:\n{communities}"
        "sources: {faq: {type: faq, path: faq.yaml}}\nanswers: {from: [faq], embedder: none}\n"
        f"store: {{url: '{url}'}}\n",
        encoding="utf-8",
    )
    return config


def open_once(config: Path) -> str:
    """Make the brand's tables and return where they are."""

    async def make() -> str:
        async with assembled(read_config(config)) as parts:
            return parts.brand.store_url

    return asyncio.run(make())


def fill_log(url: str, count: int, *, chats: int, members: int) -> None:
    """Let the log hold `count` events already; the tables are there."""
    sqlite = url.startswith("sqlite")
    numbers = _NUMBERS_SQLITE.format(count=count) if sqlite else f"generate_series(1, {count}) AS given (n)"
    moment = (
        "strftime('%Y-%m-%d %H:%M:%S.000000', 1700000000 + n, 'unixepoch')" if sqlite else "to_timestamp(1.7e9 + n)"
    )
    statement = _HELD.format(
        chat=chat_ids(1)[0], chats=chats, member=FIRST_MEMBER, members=members, moment=moment, numbers=numbers
    )
    _run(url, statement)


def count_events(url: str) -> int:
    """Return how many events the log holds."""
    return _run(url, "SELECT count(*) FROM event")


def _run(url: str, statement: str) -> int:
    """Run a statement of ours and return the first value it gives; 0 when it gives none."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute("PRAGMA cache_size=-262144")
            row = connection.execute(statement).fetchone()
    else:
        with closing(psycopg.connect(url, autocommit=True)) as server:
            cursor = server.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
    return int(row[0]) if row else 0
