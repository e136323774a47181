"""A dashboard over a real store and a real sandbox, asked without a network."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx

from adapters import catalog
from adapters.sandbox.adapter import SandboxPlatform
from bot.assemble import load_config
from bot.brand import Brand, Web
from bot.clock import ReplayClock
from bot.compute import InlineCompute
from bot.conversation.commands import COMMANDS
from bot.flows.vitals import Vitals
from bot.ports.store import Store
from bot.store.database import SqlStore
from bot.web.app import make_app
from bot.web.site import Checked, Journal, Site

NOW = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)

CONFIG = """
brand: {id: kopi-tani, name: "Kopi <b>Tani</b>", bot_name: Tani, languages: [en, id]}
communities:
  warung: {platform: sandbox, language: id, timezone: Asia/Jakarta}
  roasters: {platform: sandbox, language: en, timezone: Europe/London}
sources:
  blog: {type: feed, url: "https://kopi.example/feed.xml"}
campaigns:
  new-posts: {from: blog, to: [warung, roasters], when: "weekdays 09:00"}
"""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything a test asks of and looks into."""

    site: Site
    brand: Brand
    store: Store
    clock: ReplayClock
    sandbox: SandboxPlatform
    client: httpx.AsyncClient

    async def token(self, path: str = "/") -> str:
        """Return the token that the forms of a page carry."""
        page = await self.client.get(path)
        return re.findall(r'name="token" value="(\w+)"', page.text)[0]

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as the page itself would."""
        return await self.client.post(path, data={"token": await self.token(), **fields})


def read_brand(folder: Path, config: str = CONFIG) -> Brand:
    """Return the brand of a configuration, with its store in `folder`."""
    path = folder / "config.yaml"
    path.write_text(f'{config}\nstore: {{url: "sqlite:///test.db"}}\n', encoding="utf-8")
    return load_config(path, {}).brand_or_refuse()


@asynccontextmanager
async def open_desk(
    folder: Path, *, settings: Web | None = None, host: str = "127.0.0.1", config: str = CONFIG
) -> AsyncIterator[Desk]:
    """Open a site; `host` is the name the browser knows it by."""
    brand = read_brand(folder, config)
    settings = settings or Web(host="127.0.0.1", port=8080)
    brand = replace(brand, web=settings)
    clock, store = ReplayClock(NOW), SqlStore(brand.store_url)
    await store.open()
    known = await store.remember_brand(brand.id, brand.name, given=True, now=clock.now())
    sandbox = catalog.build(
        "sandbox",
        brand.accounts["sandbox"].settings,
        commands=COMMANDS,
        places=tuple(community.place for community in brand.communities.values()),
        now=clock.now,
        bot_name=brand.bot_name,
    )
    assert isinstance(sandbox, SandboxPlatform)
    vitals = Vitals()
    vitals.set_platform("sandbox", "running")
    site = Site(
        brand=brand,
        known=known,
        settings=settings,
        store=store,
        compute=InlineCompute(),
        clock=clock,
        platforms={"sandbox": sandbox},
        vitals=vitals,
        journal=Journal(),
        check=partial(Checked, problems=(), plan=(("campaign", "new-posts", "Mon-Fri 09:00"),)),
        version="1.2.3",
    )
    transport = httpx.ASGITransport(app=make_app(site), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}:8080") as client:
        yield Desk(site=site, brand=brand, store=store, clock=clock, sandbox=sandbox, client=client)
    await store.close()
