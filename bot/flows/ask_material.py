"""One question put to the material: embedded where that helps, and answered off the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeAlias

import structlog

from bot.errors import ComputeFault
from bot.ports.answering import Answer, Embedder, Knowledge, Vectors

#: Puts an answer to a question into other words, or leaves it as it is; it never raises.
Write: TypeAlias = Callable[[str, Answer], Awaitable[Answer]]

log = structlog.get_logger()


class AskMaterial:
    """Answers from the knowledge as it stands when asked."""

    def __init__(
        self, knowledge: Callable[[], Knowledge], *, embedders: Sequence[Embedder] = (), write: Write | None = None
    ) -> None:
        """`write` puts what is known into other words; without it the material is quoted."""
        self._knowledge = knowledge
        self._embedders = tuple(embedders)
        self._write = write

    async def __call__(self, question: str, *, language: str | None = None) -> Answer:
        """Answer as `Knowledge.answer` does; by words alone for as long as there is nothing to embed with."""
        knowledge = self._knowledge()
        vectors = await self._embed(question, language, knowledge)
        answer = await asyncio.to_thread(partial(knowledge.answer, question, language=language, vectors=vectors))
        return answer if self._write is None else await self._write(question, answer)

    async def _embed(self, question: str, language: str | None, knowledge: Knowledge) -> dict[str, Vectors]:
        helping = [embedder for embedder in self._embedders if embedder.name in knowledge.embedders]
        wording = await asyncio.to_thread(partial(knowledge.wording, question, language=language)) if helping else ""
        vectors: dict[str, Vectors] = {}
        for embedder in helping if wording else ():
            try:
                vectors[embedder.name] = (await embedder.embed([wording], "query"))[0]
            except ComputeFault as fault:
                # words alone still answer, and the worker is back with the next call
                log.warning("a question was not embedded", embedder=embedder.name, reason=str(fault))
        return vectors
