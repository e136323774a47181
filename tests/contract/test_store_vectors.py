"""What the store promises about vectors, and that material is embedded once, on every database."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bot.flows.embed_material import AT_ONCE, embed_material, read_vectors
from bot.ports.answering import KnowledgeItem
from bot.ports.store import Store
from tests.contract.store_sample import BRAND
from tests.unit.knowledge.embedding import WordEmbedder
from tests.unit.knowledge.material import ITEMS


async def embed(store: Store, embedder: WordEmbedder, items: tuple[KnowledgeItem, ...] = ITEMS) -> int:
    """Embed what is missing."""
    return await embed_material(items, embedder, brand_id=BRAND, store=store)


async def test_nothing_is_embedded_twice(store: Store) -> None:
    """A second pass, as after a restart, finds every text and asks the embedder nothing."""
    first, second = WordEmbedder(), WordEmbedder()
    assert await embed(store, first) == len(first.embedded) > AT_ONCE
    assert await embed(store, second) == 0
    assert second.embedded == []


async def test_only_what_changed_is_embedded(store: Store) -> None:
    """A new wording is embedded alone, and the vector of the old one goes."""
    await embed(store, WordEmbedder())
    async with store.read(BRAND) as work:
        before = await work.vectors.all(WordEmbedder().name)
    again = WordEmbedder()
    changed = replace(ITEMS[0], questions=("a wholly new question", *ITEMS[0].questions[1:]))
    assert await embed(store, again, (changed, *ITEMS[1:])) == 1
    assert again.embedded == [("query", "a wholly new question")]
    async with store.read(BRAND) as work:
        after = await work.vectors.all(WordEmbedder().name)
    assert (len(before.keys() - after.keys()), len(after.keys() - before.keys())) == (1, 1)


async def test_another_embedders_vectors_are_not_taken_for_its_own(store: Store) -> None:
    """A new version of a model embeds everything again."""
    await embed(store, WordEmbedder())
    newer = WordEmbedder(name="words-2")
    assert await read_vectors(ITEMS, embedders=[newer], brand_id=BRAND, store=store) == {}
    assert await embed(store, newer) == len(newer.embedded) > 0


async def test_vectors_come_back_as_they_went(store: Store) -> None:
    """By item and in order, to half precision; an embedder that has not seen everything is left out."""
    embedder = WordEmbedder()
    await embed(store, embedder, ITEMS[:-1])
    assert await read_vectors(ITEMS, embedders=[embedder], brand_id=BRAND, store=store) == {}
    await embed(store, embedder)
    found = await read_vectors(ITEMS, embedders=[embedder], brand_id=BRAND, store=store)
    ways = found[embedder.name].ways
    assert [len(own) for own in ways] == [len(item.questions) or 1 for item in ITEMS]
    np.testing.assert_allclose(ways[0], await embedder.embed(ITEMS[0].questions, "query"), atol=1e-3)
