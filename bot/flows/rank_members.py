"""Who engages and who connects: the log read, scored, and shown under the names each member allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.brand import Brand
from bot.engagement.connectors import Connector, rank_ties
from bot.engagement.graph import Ties
from bot.engagement.levels import level_of
from bot.engagement.pseudonym import pseudonyms, shown_name
from bot.engagement.score import scores
from bot.engagement.tie_log import TieGatherer
from bot.messages import PersonRef
from bot.ports.compute import Compute
from bot.ports.records import KnownBrand, Member
from bot.ports.store import UnitOfWork

#: After so many half-lives an activity is worth less than a thousandth: reading further back changes nothing shown.
HALF_LIVES_READ = 10
#: How long finding connectors may take.
FINDING = timedelta(seconds=60)
#: How many messages are looked up in one query.
LOOKED_UP = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberRank:
    """One line of the leaderboard, as others may see it."""

    member: PersonRef
    #: The name others may see.
    name: str
    score: float
    level: str
    messages: int
    reasons: tuple[str, ...]


async def rank_members(
    brand: Brand, known: KnownBrand, *, work: UnitOfWork, community: str | None, now: datetime, word: str
) -> tuple[MemberRank, ...]:
    """Return everybody who engages, best first, in one community or (None) over all of them.

    `word` is "member" in the reader's language, for those who have not said that they may be named.
    """
    members = {member.person: member for member in await work.people.all()}
    start = now - brand.engagement.half_life * HALF_LIVES_READ
    events = await work.events.since(community, start)
    ranked = scores(
        events,
        engagement=brand.engagement,
        zone=_zone_of(brand, community),
        now=now,
        uncounted=_opted_out(members),
    )
    names = _names(brand, known, [score.member for score in ranked], members, word)
    return tuple(
        MemberRank(
            member=score.member,
            name=names[score.member],
            score=score.score,
            level=level_of(score.score, brand.engagement.levels),
            messages=score.messages,
            reasons=score.reasons,
        )
        for score in ranked
    )


async def rank_connectors(
    brand: Brand,
    known: KnownBrand,
    *,
    work: UnitOfWork,
    compute: Compute,
    community: str | None,
    now: datetime,
    word: str,
) -> tuple[tuple[str, Connector], ...]:
    """Return the connectors, best first, each with the name others may see."""
    members = {member.person: member for member in await work.people.all()}
    ties = await _gather_ties(brand, work, community=community, now=now, uncounted=_opted_out(members))
    names = _names(brand, known, ties.people, members, word)
    find = partial(rank_ties, min_people=brand.engagement.connectors_min_people, names=names)
    found = await compute.call(find, ties, deadline=FINDING)
    return tuple((names[connector.member], connector) for connector in found)


async def _gather_ties(
    brand: Brand, work: UnitOfWork, *, community: str | None, now: datetime, uncounted: frozenset[PersonRef]
) -> Ties:
    start = now - brand.engagement.connectors_window
    gathered = TieGatherer(
        uncounted=uncounted | brand.engagement.ignored, deleted=await work.events.deleted_since(community, start)
    )
    async for rows in work.events.ties_since(community, start, now):
        gathered.add(rows)
    authors: dict[tuple[str, str, str], str] = {}
    asked = sorted(gathered.unnamed())
    for platform in dict.fromkeys(platform for platform, _, _ in asked):
        mine = [(channel, message) for of, channel, message in asked if of == platform]
        for first in range(0, len(mine), LOOKED_UP):
            found = await work.events.authors(platform, mine[first : first + LOOKED_UP])
            authors |= {(platform, *message): author.id for message, author in found.items()}
    return gathered.ties(authors)


async def pseudonym_of(person: PersonRef, known: KnownBrand, *, word: str, work: UnitOfWork) -> str:
    """Return what others see of a member who has not said that they may be named."""
    everybody = {member.person for member in await work.people.all()} | {person}
    return pseudonyms(everybody, key=known.key, word=word)[person]


def _names(
    brand: Brand, known: KnownBrand, people: Sequence[PersonRef], members: Mapping[PersonRef, Member], word: str
) -> dict[PersonRef, str]:
    # over all members met, so that a pseudonym is the same in every list
    aliases = pseudonyms({*members, *people}, key=known.key, word=word)
    return {person: _name(brand, members.get(person), aliases[person]) for person in people}


def _name(brand: Brand, member: Member | None, pseudonym: str) -> str:
    if member is None:
        return pseudonym
    return shown_name(name=member.name, pseudonym=pseudonym, names=brand.privacy.names, consent=member.consent)


def _opted_out(members: Mapping[PersonRef, Member]) -> frozenset[PersonRef]:
    return frozenset(person for person, member in members.items() if member.consent == "out")


def _zone_of(brand: Brand, community: str | None) -> ZoneInfo:
    """Return the zone whose days count: the community's own, or over all of them the one most live in."""
    if community is not None and community in brand.communities:
        return brand.communities[community].timezone
    zones = [community.timezone for community in brand.communities.values()]
    return max(zones, key=zones.count, default=ZoneInfo("UTC"))
