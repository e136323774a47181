"""What the benchmarks of delivery begin with: a brand on Telegram, and a message for each of many groups to send."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.assemble import assembled, load_config
from bot.ids import new_id
from bot.messages import ChannelRef, Span
from bot.ports.records import Body, Queued
from tests.journeys.home import SAMPLE_FAQ
from tests.servers.telegram_server import TOKEN

#: The environment the brand's processes need.
ENVIRONMENT: Mapping[str, str] = {"TELEGRAM_TOKEN": TOKEN}


def write_brand(folder: Path, *, store: str, base: str, chat: int) -> Path:
    """Write a brand on the database `store` and the Bot API at `base`; return its configuration."""
    config = folder / "config.yaml"
    shutil.copyfile(SAMPLE_FAQ, config.with_name("faq.yaml"))
    config.write_text(
        f"""\
brand: {{name: Kopi Tani, bot_name: Tani, languages: [id]}}
store: {{url: "{store}"}}
platforms:
  telegram: {{token: "${{TELEGRAM_TOKEN}}", api_base: "{base}"}}
defaults: {{timezone: Asia/Jakarta, quiet_hours: none}}
communities:
  first:
    platform: telegram
    chat: "{chat}"
sources:
  faq: {{type: faq, path: faq.yaml}}
answers: {{from: [faq], embedder: none}}
""",
        encoding="utf-8",
    )
    return config


async def fill_outbox(config: Path, chats: Sequence[int]) -> None:
    """Put a message for each chat in the outbox."""
    brand = load_config(config, ENVIRONMENT).brand_or_refuse()
    async with assembled(brand) as parts:
        now = parts.clock.now()
        rows = [
            Queued(
                id=new_id(now),
                community=None,
                channel=ChannelRef(platform="telegram", space=str(chat), channel=str(chat)),
                kind="post",
                body=Body(spans=(Span(text="Panen raya di Gayo: ceri merah dipetik sejak subuh."),)),
                created_at=now,
            )
            for chat in chats
        ]
        async with parts.store.work(parts.brand.id) as work:
            for start in range(0, len(rows), 1000):
                await work.outbox.add(rows[start : start + 1000])
            await work.commit()
