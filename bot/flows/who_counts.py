"""Who of the people in a history may be counted: what they said, and who asked to be forgotten."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from bot.brand import Brand
from bot.engagement.pseudonym import forget_digest
from bot.messages import PersonRef
from bot.ports.records import KnownBrand
from bot.ports.store import UnitOfWork


class WhoCounts:
    """Answers about people by platform and id, remembering each answer."""

    def __init__(
        self,
        *,
        opted_in: Collection[PersonRef] = (),
        opted_out: Collection[PersonRef] = (),
        met: Collection[PersonRef] = (),
        forgotten: Collection[str] = (),
        key: bytes = b"",
        unknown_counts: bool = True,
    ) -> None:
        """`forgotten` are digests under `key`; `unknown_counts` is for those who have said nothing."""
        self._opted = {(who.platform, who.id): True for who in opted_in} | {
            (who.platform, who.id): False for who in opted_out
        }
        self._met = {(who.platform, who.id) for who in met}
        self._forgotten = frozenset(forgotten)
        self._key = key
        self._unknown_counts = unknown_counts
        self._answers: dict[tuple[str, str], bool] = {}

    def on(self, platform: str) -> Callable[[str], bool]:
        """Return the question whether a person of a platform counts."""
        return partial(self.counts, platform)

    def counts(self, platform: str, person: str) -> bool:
        """Whether somebody is counted."""
        asked = (platform, person)
        answer = self._answers.get(asked)
        if answer is None:
            answer = self._opted.get(asked, self._unknown_counts) and not self.is_forgotten(platform, person)
            self._answers[asked] = answer
        return answer

    def is_forgotten(self, platform: str, person: str) -> bool:
        """Whether somebody asked to be forgotten and has not come back by opting in."""
        if not self._forgotten:
            return False
        return forget_digest(PersonRef(platform=platform, id=person), key=self._key) in self._forgotten

    def is_new(self, platform: str, person: str) -> bool:
        """Whether somebody was never met."""
        return (platform, person) not in self._met

    def met(self, platform: str, people: Collection[str]) -> None:
        """Remember people as met."""
        self._met.update((platform, person) for person in people)


async def load_who_counts(brand: Brand, known: KnownBrand, work: UnitOfWork) -> WhoCounts:
    """Read what members have said."""
    members = await work.people.all()
    return WhoCounts(
        opted_in=[member.person for member in members if member.consent == "in"],
        opted_out=[member.person for member in members if member.consent == "out"],
        met=[member.person for member in members],
        forgotten=await work.forgetting.digests(),
        key=known.key,
        unknown_counts=brand.privacy.consent == "pseudonymous",
    )
