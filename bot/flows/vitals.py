"""What a running service has seen of itself since it started: counts, and how its platforms are.

Kept in memory by those who do the work, read by health and metrics. No member, no name and no text is ever in here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.errors import PlatformDown, PlatformFault, SendUncertain

#: `away`: what was sent last did not get through, and nothing has been heard since. `left`: its last person has gone.
PlatformState: TypeAlias = Literal["starting", "running", "away", "refused", "left"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlatformHealth:
    """How one platform is."""

    state: PlatformState
    #: Why, for a person to read; "" when there is nothing to say.
    reason: str = ""


class Vitals:
    """Counts since the start. Belongs to one event loop."""

    def __init__(self) -> None:
        #: Events committed, by platform and kind.
        self.events: Counter[tuple[str, str]] = Counter()
        #: Questions settled, by how they ended.
        self.questions: Counter[str] = Counter()
        #: Answers rated, by what was said of them ("helpful", "unhelpful").
        self.ratings: Counter[str] = Counter()
        #: Sends, by platform and what the platform said ("sent", or the fault's name).
        self.sends: Counter[tuple[str, str]] = Counter()
        #: Readings of feeds, by source and what came of them ("news", "nothing", "failed").
        self.feed_reads: Counter[tuple[str, str]] = Counter()
        #: Why a changed configuration was not taken up; None while the running one is what the file says.
        self.config_fault: str | None = None
        self._platforms: dict[str, PlatformHealth] = {}

    def platform(self, name: str) -> PlatformHealth:
        """How a platform is."""
        return self._platforms.get(name, PlatformHealth(state="starting"))

    def set_platform(self, name: str, state: PlatformState, reason: str = "") -> None:
        """Remember how a platform is."""
        self._platforms[name] = PlatformHealth(state=state, reason=reason)

    def sent(self, name: str) -> None:
        """Count a post the platform took."""
        self.sends[name, "sent"] += 1
        self._is_there(name)

    def not_sent(self, name: str, fault: PlatformFault | TimeoutError) -> None:
        """Count a post that failed; one that met nobody means the platform is away."""
        self.sends[name, type(fault).__name__] += 1
        if isinstance(fault, PlatformDown | SendUncertain | TimeoutError) and self.platform(name).state == "running":
            self.set_platform(name, "away", str(fault))

    def heard(self, name: str, kinds: list[str]) -> None:
        """Count committed events; whoever is heard is not away."""
        for kind in kinds:
            self.events[name, kind] += 1
        self._is_there(name)

    def _is_there(self, name: str) -> None:
        if self.platform(name).state == "away":
            self.set_platform(name, "running")
