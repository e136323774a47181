"""The best moment of a day in a community, read from the event log once a day and remembered."""

from __future__ import annotations

from datetime import date

from bot.brand import BestTime, Community
from bot.campaigns.best_time import BestMoment, choose_moment, span_before
from bot.ports.store import UnitOfWork


class BestTimes:
    """Works out best moments. What it was asked last about a community it remembers: planning asks every minute."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, BestTime], tuple[date, BestMoment]] = {}

    async def find(self, when: BestTime, community: Community, day: date, *, work: UnitOfWork) -> BestMoment:
        """Return when on a local day of the community it is best told something."""
        known = self._known.get((community.key, when))
        if known is not None and known[0] == day:
            return known[1]
        start, end = span_before(day, community.timezone)
        writers = await work.events.writers_by_hour(community.key, start, end)
        moment = choose_moment(when, community, day, writers)
        self._known[community.key, when] = day, moment
        return moment
