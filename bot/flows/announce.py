"""A one-off post, word for word: it waits for each community's welcome like every other share."""

from __future__ import annotations

from collections.abc import Sequence

from bot.brand import Brand
from bot.campaigns.etiquette import Hold, may_post
from bot.campaigns.render import refuse_text
from bot.clock import Clock
from bot.errors import SettingsFault
from bot.flows.release_shares import standing_of
from bot.ids import new_id
from bot.ports.records import Share
from bot.ports.store import Transactions


async def announce(
    brand: Brand, text: str, communities: Sequence[str], *, store: Transactions, clock: Clock
) -> dict[str, Hold | None]:
    """Draft an announcement for each of the communities; return what holds it there now, None when nothing does.

    Raises SettingsFault for a community that is not in the configuration and for a text that may not be said.
    """
    now = clock.now()
    if unknown := [key for key in communities if key not in brand.communities]:
        raise SettingsFault(f"no community {unknown[0]}; there are {', '.join(brand.communities)}")
    if refused := refuse_text(text.strip(), brand, what="the announcement is empty; write what to say"):
        raise SettingsFault(refused.reason)
    holds: dict[str, Hold | None] = {}
    async with store.work(brand.id) as work:
        pauses = await work.pauses.all(now)
        for key in dict.fromkeys(communities):
            community = brand.communities[key]
            standing = await standing_of(community, work=work, now=now)
            holds[key] = may_post(community, now, standing=standing, campaign="", pauses=pauses)
            share_id = new_id(now)
            share = Share(
                id=share_id,
                community=key,
                post_id="",
                revision=1,
                campaign="",
                slot="announcement",
                state="draft",
                reason="",
                until=None,
                created_at=now,
                text=text.strip(),
            )
            await work.shares.add(share)
        await work.commit()
    return holds
