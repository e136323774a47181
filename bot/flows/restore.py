"""A backup put back: whole or not at all, and so that nothing is said twice and nobody comes back who asked to go.

A backup knows nothing of what was done after it. So what it still had to say is left unsaid and shown to a person, what
was due since is missed, and everything is paused until somebody says `resume`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

import structlog

from bot.brand import AsPublished, Brand, Campaign
from bot.campaigns.slots import Slot, slots
from bot.clock import Clock
from bot.engagement.pseudonym import forget_digest_of_channel
from bot.errors import ArchiveRefused
from bot.flows.backup_file import ForgetList, Heading, check_backup, name_key, read_rows
from bot.flows.forget_member import find_forgotten, forget_member
from bot.ports.records import KnownBrand, LedgerEntry, Pause
from bot.ports.store import Store, UnitOfWork

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What was put back."""

    taken_at: datetime
    rows: int
    #: Posts that may have been sent after the backup was taken; `outbox` lists them.
    unknown: int
    #: Slots that have passed since.
    missed: int
    #: People who asked to be forgotten and were in the backup.
    forgotten: int


async def restore(
    file: IO[bytes], brand: Brand, known: KnownBrand, *, forgotten: ForgetList | None, store: Store, clock: Clock
) -> Restored:
    """Put a backup in the place of everything there is; raises ArchiveRefused, and then nothing has changed.

    `forgotten` is the list kept beside the backup, to which what the database has is added; None when there is none.
    """
    heading, rows = check_backup(file)
    if heading.brand != known.id:
        raise ArchiveRefused(f'the backup is of the brand "{heading.brand}", and this is "{known.id}"')
    key = _key_of(file)
    now = clock.now()
    async with store.work(known.id) as work:
        if heading.revision != work.archive.revision:
            raise ArchiveRefused(
                f"the backup is of revision {heading.revision} and this version has {work.archive.revision}; "
                f"restore it with version {heading.version}, then start this one"
            )
        digests = await _gather_forgotten(key, known, forgotten, work)
        await work.archive.replace(read_rows(file))
        for digest, at in digests.items():
            await work.forgetting.list_digest(digest, at)
        restored = KnownBrand(id=known.id, key=key)
        gone = await _forget_again(restored, work=work, now=now)
        reason = f"the backup of {heading.taken_at:%Y-%m-%d %H:%M} UTC does not know what was done after it"
        unknown = await work.archive.leave_unsaid(reason, now)
        await _forget_channels(restored, work=work)
        missed = await _miss_slots(brand, heading, reason, work=work, now=now)
        await work.pauses.add(
            Pause(scope="all", key="", since=now, reason=f"restored: {reason}; look at `outbox` first")
        )
        await work.commit()
    await store.leave_no_trace()
    log.info("backup restored", rows=rows, unknown=unknown, missed=missed, forgotten=gone)
    return Restored(taken_at=heading.taken_at, rows=rows, unknown=unknown, missed=missed, forgotten=gone)


def _key_of(file: IO[bytes]) -> bytes:
    """Return the key under which people are hashed in a backup."""
    for row in read_rows(file):
        if row.table == "brand":
            return base64.b64decode(row.values["key"])
    raise ArchiveRefused("the backup holds no brand; take another one")


async def _gather_forgotten(
    key: bytes, known: KnownBrand, given: ForgetList | None, work: UnitOfWork
) -> dict[str, datetime]:
    """Return who is to stay forgotten; raises ArchiveRefused for a list under another key, which would find nobody."""
    digests = dict(given.digests) if given else {}
    if given and given.key != name_key(key):
        raise ArchiveRefused(
            "the list of those who asked to be forgotten belongs to another backup; take the right one"
        )
    kept = await work.forgetting.dated_digests()
    if kept and known.key != key:
        raise ArchiveRefused(
            "this database has people who asked to be forgotten, under another key than the backup's; "
            "restore into the database the backup was taken from, or into an empty one"
        )
    return digests | dict(kept)


async def _forget_again(known: KnownBrand, *, work: UnitOfWork, now: datetime) -> int:
    people = await find_forgotten(await work.forgetting.everybody(), known, work=work)
    for person in people:
        await forget_member(person, known, work=work, now=now)
    return len(people)


async def _forget_channels(known: KnownBrand, *, work: UnitOfWork) -> None:
    """Erase what was said to those people alone; everything in the outbox is settled by now."""
    listed = await work.forgetting.digests()
    for channel in await work.forgetting.settled_direct():
        if forget_digest_of_channel(channel.platform, channel.channel, key=known.key) in listed:
            await work.forgetting.erase_settled(channel)


async def _miss_slots(brand: Brand, heading: Heading, reason: str, *, work: UnitOfWork, now: datetime) -> int:
    missed = 0
    for campaign in brand.campaigns.values():
        for own, slot in _slots_since(campaign, brand, after=heading.taken_at, until=now):
            missed += await work.shares.decide_slot(
                LedgerEntry(
                    campaign=campaign.key,
                    slot=slot.key if own is None else f"{slot.key}@{own}",
                    community=own,
                    outcome="missed",
                    detail=f"missed: {reason}",
                    nominal_at=slot.at,
                    decided_at=now,
                )
            )
    return missed


def _slots_since(
    campaign: Campaign, brand: Brand, *, after: datetime, until: datetime
) -> Iterator[tuple[str | None, Slot]]:
    """Yield the slots of a campaign, each with the community whose own it is, if it has one."""
    if isinstance(campaign.when, AsPublished):
        return
    if not campaign.each_community_time:
        yield from ((None, slot) for slot in slots(campaign.when, zone=campaign.timezone, after=after, until=until))
        return
    for key in campaign.communities:
        zone = brand.communities[key].timezone
        yield from ((key, slot) for slot in slots(campaign.when, zone=zone, after=after, until=until))
