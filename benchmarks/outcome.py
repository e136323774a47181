"""What a benchmark reports, and how it is written down. Nothing here measures anything."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field


class CannotRun(Exception):
    """The benchmark lacks something; the text says what and where to get it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One figure beside its peer's."""

    #: The benchmark's name, and what of it was measured.
    name: str
    #: How much was put in, by what it is called.
    sizes: Mapping[str, int]
    #: Our figure.
    ours: float
    #: The figure it is held against, from the same run where one could be made.
    peer: float
    #: The least (or, where smaller is better, the largest) ratio that counts as met.
    target: float
    #: Whether the target is met.
    met: bool
    #: How it was measured, a sentence each.
    protocol: Sequence[str] = ()
    #: Further figures of the same run.
    details: Mapping[str, float] = field(default_factory=dict)
    #: The figures of each part of the run, by the part's name.
    parts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Ours over the peer's."""
        return self.ours / self.peer if self.peer else float("inf")


def write_json(outcome: Outcome) -> str:
    """The outcome as one JSON object; `ratio` is null where the peer's figure is 0, since JSON has no infinity."""
    ratio = round(outcome.ratio, 4) if outcome.peer else None
    return json.dumps({**asdict(outcome), "ratio": ratio}, ensure_ascii=False)


def write_text(outcome: Outcome) -> str:
    """The outcome for a person."""
    sizes = ", ".join(f"{count:,} {what}" for what, count in outcome.sizes.items())
    lines = [f"{outcome.name} ({sizes})", *(f"  {sentence}" for sentence in outcome.protocol)]
    lines += [f"  {what}: {value:.4g}" for what, value in outcome.details.items()]
    for part, figures in outcome.parts.items():
        lines.append(f"  {part}: " + ", ".join(f"{what} {value:.4g}" for what, value in figures.items()))
    verdict = "met" if outcome.met else "NOT met"
    lines.append(
        f"  ours {outcome.ours:.4g} · peer {outcome.peer:.4g} · ratio {outcome.ratio:.3g} · "
        f"target {outcome.target:.3g} · {verdict}"
    )
    return "\n".join(lines)
