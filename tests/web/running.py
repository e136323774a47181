"""The whole service in this process, with its dashboard on a free port of this machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.assemble import Assembly, load_config, serving

CONFIG = """
brand: {{id: kopi-tani, name: Kopi Tani, bot_name: Tani, languages: [en, id]}}
store: {{url: "sqlite:///test.db"}}
web: {{bind: "127.0.0.1:{port}", password: "${{WEB_PASSWORD:-}}"}}
communities:
  warung: {{platform: sandbox, language: id, timezone: Asia/Jakarta}}
  roasters: {{platform: sandbox, language: en, timezone: Europe/London}}
sources:
  faq: {{type: faq, path: faq.yaml}}
answers: {{confidence: balanced}}
"""
FAQ = """
- id: halal
  language: id
  question: Apakah kopi Tani halal?
  also: [kopinya halal ga, sudah ada label halal]
  answer: Ya, semua kopi kami bersertifikat halal.
"""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A service that runs."""

    #: Where its dashboard is.
    url: str
    parts: Assembly


def find_free_port() -> int:
    """Return a port of loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_config(folder: Path, port: int) -> Path:
    """Write a small brand with a sandbox of two communities."""
    (folder / "faq.yaml").write_text(FAQ, encoding="utf-8")
    path = folder / "config.yaml"
    path.write_text(CONFIG.format(port=port), encoding="utf-8")
    return path


@asynccontextmanager
async def run_service(folder: Path, environment: Mapping[str, str] | None = None) -> AsyncIterator[Running]:
    """Run it until the block is left."""
    path = write_config(folder, find_free_port())
    recheck = partial(load_config, path, environment or {})
    brand = recheck().brand_or_refuse()
    assert brand.web is not None
    async with serving(brand, own_process=False, recheck=recheck) as (service, parts, _):
        running = asyncio.create_task(service.run())
        try:
            yield Running(url=brand.web.local_url, parts=parts)
        finally:
            service.stop()
            await running
