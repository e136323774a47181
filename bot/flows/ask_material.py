"""One question put to the material: embedded where that helps, and answered off the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import structlog

from bot.errors import ComputeFault
from bot.ports.answering import Answer, Embedder, Knowledge, Vectors

log = structlog.get_logger()


class AskMaterial:
    """Answers from the knowledge as it stands when asked."""

    def __init__(self, knowledge: Callable[[], Knowledge], *, embedders: Sequence[Embedder] = ()) -> None:
        self._knowledge = knowledge
        self._embedders = tuple(embedders)

    async def __call__(self, question: str, *, language: str | None = None) -> Answer:
        """Answer as `Knowledge.answer` does; by words alone for as long as there is nothing to embed with."""
        knowledge = self._knowledge()
        vectors = await self._embed(question, language, knowledge)
        return await asyncio.to_thread(partial(knowledge.answer, question, language=language, vectors=vectors))

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
