"""Vectors of the brand's material: what the store has, and the rest made a few texts at a time.

A text is embedded once for as long as it is part of the material; a restart finds everything in the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import structlog

from bot.knowledge.index import passages_of, ways_of
from bot.knowledge.meaning import MaterialVectors
from bot.ports.answering import Embedder, KnowledgeItem, TextKind, Vectors
from bot.ports.store import Transactions

#: How many texts are embedded in one go: a question waits in the worker for no more than these, about half a second.
AT_ONCE = 16
#: How a vector is kept: half the space, and cosines differ by less than a thousandth.
_KEPT_AS = np.dtype("<f2")

log = structlog.get_logger()


async def read_vectors(
    items: Sequence[KnowledgeItem], *, embedders: Sequence[Embedder], brand_id: str, store: Transactions
) -> Mapping[str, MaterialVectors]:
    """Return what is stored, by embedder; one that has not seen all of the material yet is left out."""
    found: dict[str, MaterialVectors] = {}
    for embedder in embedders:
        async with store.read(brand_id) as work:
            kept = await work.vectors.all(embedder.name)
        if kept.keys() >= dict(_texts_of(items)).keys():
            found[embedder.name] = _arrange(items, kept, embedder.dimension)
    return found


async def embed_material(
    items: Sequence[KnowledgeItem], embedder: Embedder, *, brand_id: str, store: Transactions
) -> int:
    """Embed what the store lacks and let go of what is no part of the material; return how many texts were embedded.

    Each batch is kept as soon as it is made. Raises ComputeFault and StoreFault.
    """
    wanted = dict(_texts_of(items))
    async with store.work(brand_id) as work:
        kept = (await work.vectors.all(embedder.name)).keys()
        await work.vectors.remove(embedder.name, kept - wanted.keys())
        await work.commit()
    missing = [(digest, text) for digest, text in wanted.items() if digest not in kept]
    if missing:
        log.info("embedding begins", embedder=embedder.name, texts=len(missing))
    for kind in ("query", "passage"):
        of_kind = [(digest, text) for digest, (own, text) in missing if own == kind]
        for start in range(0, len(of_kind), AT_ONCE):
            batch = of_kind[start : start + AT_ONCE]
            vectors = await embedder.embed([text for _, text in batch], kind)
            async with store.work(brand_id) as work:
                await work.vectors.add(
                    embedder.name,
                    {digest: row.astype(_KEPT_AS).tobytes() for (digest, _), row in zip(batch, vectors, strict=True)},
                )
                await work.commit()
    if missing:
        log.info("embedding ended", embedder=embedder.name, texts=len(missing))
    return len(missing)


def _texts_of(items: Sequence[KnowledgeItem]) -> Iterator[tuple[str, tuple[TextKind, str]]]:
    """Every text of the material by its digest; ways of asking are embedded like the questions held against them."""
    for item in items:
        for way in ways_of(item):
            yield _digest("query", way), ("query", way)
        for passage in _passages(item):
            yield _digest("passage", passage), ("passage", passage)


def _passages(item: KnowledgeItem) -> tuple[str, ...]:
    """The passages of an item, below its title where that is not a way of asking that says it already."""
    return tuple(passage if item.questions else f"{item.title}\n{passage}" for passage in passages_of(item))


def _digest(kind: TextKind, text: str) -> str:
    return hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()


def _arrange(items: Sequence[KnowledgeItem], kept: Mapping[str, bytes], dimension: int) -> MaterialVectors:
    def rows(kind: TextKind, texts: Sequence[str]) -> Vectors:
        numbers = b"".join(kept[_digest(kind, text)] for text in texts)
        return np.frombuffer(numbers, dtype=_KEPT_AS).astype(np.float32).reshape(len(texts), dimension)

    return MaterialVectors(
        ways=tuple(rows("query", ways_of(item)) for item in items),
        passages=rows("passage", [passage for item in items for passage in _passages(item)]),
    )
