"""Which level a score reaches. Thresholds are the marketer's; nothing is decided here about what a level gives."""

from __future__ import annotations

from collections.abc import Mapping


def level_of(score: float, levels: Mapping[str, float]) -> str:
    """Return the highest level whose least score is reached; the lowest for less than all; "" where there are none."""
    rising = sorted(levels.items(), key=lambda level: level[1])
    reached = [name for name, least in rising if score >= least]
    return reached[-1] if reached else (rising[0][0] if rising else "")
