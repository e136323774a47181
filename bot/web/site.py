"""What the pages are made of, handed over by `bot.assemble`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.brand import Brand, Web
from bot.clock import Clock
from bot.flows.vitals import Vitals
from bot.messages import ChannelRef
from bot.ports.compute import Compute
from bot.ports.platform import Platform, Receive
from bot.ports.records import KnownBrand
from bot.ports.store import Store

#: How many messages the journal can look back on.
MESSAGES_KEPT = 500


class Journal:
    """Why the bot spoke or stayed silent, message by message, as `bot.flows.notice` tells it; gone with the process."""

    def __init__(self) -> None:
        self._whys: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def __call__(self, why: str, channel: ChannelRef, message_id: str | None) -> None:
        """Take notice."""
        if message_id is not None:
            key = (channel.platform, channel.channel, message_id)
            self._whys[key] = (*self._whys.pop(key, ()), why)
            if len(self._whys) > MESSAGES_KEPT:
                del self._whys[next(iter(self._whys))]

    def whys(self, channel: ChannelRef, message_id: str) -> tuple[str, ...]:
        """Return what was decided about a message, in order."""
        return self._whys.get((channel.platform, channel.channel, message_id), ())


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What `konektor check` says of the configuration file as it is on disk now."""

    #: Line, severity and what is wrong, sorted by place.
    problems: tuple[tuple[int, str, str], ...]
    #: Part, key and what will happen, in plain words; empty when there are errors.
    plan: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything the pages read from, and what they may wake."""

    brand: Brand
    known: KnownBrand
    settings: Web
    store: Store
    compute: Compute
    clock: Clock
    #: By name.
    platforms: Mapping[str, Platform]
    vitals: Vitals
    journal: Journal
    check: Callable[[], Checked]
    version: str
    #: Wakes a worker of the service by name; set when the service runs.
    wakes: list[Callable[[str], None]] = field(default_factory=list)
    #: What takes a platform's events, by its name; set when the service runs.
    receivers: dict[str, Receive] = field(default_factory=dict)

    def wake(self, worker: str) -> None:
        """Let a worker look for what is due, if the service runs."""
        for wake in self.wakes:
            wake(worker)

    @property
    def zone(self) -> ZoneInfo:
        """The zone times are shown in: the one most communities live in."""
        zones = [community.timezone for community in self.brand.communities.values()]
        return max(zones, key=zones.count, default=ZoneInfo("UTC"))
