"""A person is erased, handed over, or let come back; and what was left for a while about those erased is cleared up.

Nothing here is logged but counts: a log line would bring back what was just removed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.brand import Brand
from bot.clock import Clock
from bot.engagement.pseudonym import forget_digest, forget_digest_of_channel
from bot.messages import CommandGiven, IncomingMessage, MemberEvent, MessageDeleted, PersonRef
from bot.ports.records import KnownBrand, Member
from bot.ports.store import Store, UnitOfWork

#: How long after somebody was erased the files are rewritten once more: the answer to /forgetme itself goes out first.
_CLEARED_FOR = timedelta(hours=3)

log = structlog.get_logger()


async def find_forgotten(people: Collection[PersonRef], known: KnownBrand, *, work: UnitOfWork) -> frozenset[PersonRef]:
    """Return those of `people` who are to stay forgotten."""
    digests = {forget_digest(person, key=known.key): person for person in people}
    if not digests:
        return frozenset()
    return frozenset(digests[digest] for digest in await work.forgetting.listed(list(digests)))


def stranger(person: PersonRef) -> Member:
    """Return what is known of somebody who is to stay forgotten: nothing, and that they do not count."""
    return Member(
        person=person, consent="out", name=None, language=None, introduced_at=None, flood_told_at=None
    )  # fmt: skip


def names_by_id(event: MemberEvent, forgotten: Collection[PersonRef]) -> bool:
    """Whether even a row without a name would name one of the `forgotten`, by its id or its channel."""
    if isinstance(event, MessageDeleted) or event.author.ref not in forgotten:
        return False
    return event.channel.direct or not isinstance(event, IncomingMessage | CommandGiven)


async def forget_member(person: PersonRef, known: KnownBrand, *, work: UnitOfWork, now: datetime) -> Mapping[str, int]:
    """Erase somebody from every table and keep them out; return how many rows went, by what they were."""
    channels = await work.forgetting.direct_channels(person)
    erased = await work.forgetting.erase(person)
    await work.forgetting.list_digest(forget_digest(person, key=known.key), now)
    for channel in channels:
        digest = forget_digest_of_channel(channel.platform, channel.channel, key=known.key)
        await work.forgetting.list_digest(digest, now)
    return erased


async def welcome_back(person: PersonRef, channel: str, known: KnownBrand, *, work: UnitOfWork) -> None:
    """Let somebody be counted again who asked for it; `channel` is where they did."""
    await work.forgetting.unlist(forget_digest(person, key=known.key))
    for place in {channel, person.id}:
        await work.forgetting.unlist(forget_digest_of_channel(person.platform, place, key=known.key))


async def hand_over(person: PersonRef, *, work: UnitOfWork) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """Return everything kept about somebody; what others did toward them without saying who the others are."""
    found = dict(await work.forgetting.everything_about(person))
    found["toward_them"] = tuple(
        {
            "kind": row["kind"],
            "community": row["community"],
            "happened_at": row["happened_at"],
            "how": [how for aimed_at, how in row["toward"] if aimed_at == person.id],
        }
        for row in found["toward_them"]
    )
    return found


async def clear_up(brand: Brand, known: KnownBrand, *, store: Store, clock: Clock) -> int:
    """Erase what had to stay for a while about people who were erased, such as the answer that told them so."""
    removed = 0
    async with store.work(brand.id) as work:
        latest = await work.forgetting.latest()
        if latest is None:
            return 0
        listed = await work.forgetting.digests()
        for channel in await work.forgetting.settled_direct():
            if forget_digest_of_channel(channel.platform, channel.channel, key=known.key) in listed:
                removed += await work.forgetting.erase_settled(channel)
        for person in await work.forgetting.settled_askers():
            if forget_digest(person, key=known.key) in listed:
                removed += sum((await work.forgetting.erase(person)).values())
        await work.commit()
    if removed or clock.now() - latest < _CLEARED_FOR:
        await store.leave_no_trace()
        log.info("cleared up after people who asked to be forgotten", rows=removed)
    return removed
