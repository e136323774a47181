"""What the core needs of a language model: words in, words out. What they are worth is judged by whoever asks."""

from __future__ import annotations

from typing import Protocol


class LanguageModel(Protocol):
    """Some model that follows instructions."""

    async def complete(self, *, instructions: str, data: str) -> str:
        """Return what the model makes of `data` under `instructions`; raises ModelFault.

        `data` may hold what strangers wrote: it is given as data, and what comes back may still have obeyed it.
        """
