"""Keys that the marketer has renamed (`was:`) take their history along."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.brand import Brand, Campaign, Community, Source
from bot.ports.records import KeyKind
from bot.ports.store import Transactions

log = structlog.get_logger()


async def rename_keys(brand: Brand, *, store: Transactions) -> None:
    """Move the history of every key that says what it `was`; done once, it finds nothing to move."""
    parts: Mapping[KeyKind, Mapping[str, Community | Source | Campaign]] = {
        "community": brand.communities,
        "source": brand.sources,
        "campaign": brand.campaigns,
    }
    renamed = [(kind, part.was, key) for kind, of_kind in parts.items() for key, part in of_kind.items() if part.was]
    if not renamed:
        return
    async with store.work(brand.id) as work:
        for kind, old, new in renamed:
            if moved := await work.keys.rename(kind, old, new):
                log.info("key renamed", kind=kind, old=old, new=new, rows=moved)
        await work.commit()
