"""Keys that the marketer has renamed (`was:`) take their history along."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bot.brand import Brand, Campaign, Community, Source
from bot.ports.records import KeyKind
from bot.ports.store import Transactions

log = logging.getLogger(__name__)  # not structlog, which commands that log nothing need not load


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
                log.warning("key renamed: %s %s is %s now, in %s rows", kind, old, new, moved)
        await work.commit()
