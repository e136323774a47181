"""The brand's material brought together: files read again, posts from the store, one index over all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.brand import Brand, FaqSource, FeedSource, FolderSource
from bot.flows.embed_material import embed_material, read_vectors
from bot.knowledge.answering import MaterialKnowledge
from bot.knowledge.language import detect_language
from bot.ports.answering import Embedder, Knowledge, KnowledgeItem
from bot.ports.records import Post
from bot.ports.store import Transactions

#: Reads a file or a folder the marketer wrote; raises SettingsFault with the place of what does not hold.
ReadFiles = Callable[[FaqSource | FolderSource, Brand], tuple[KnowledgeItem, ...]]


class GatherKnowledge:
    """Keeps the index of all `answers.from` sources; it is built again only when one of them says something else."""

    def __init__(
        self, brand: Brand, *, store: Transactions, read_files: ReadFiles, embedders: Sequence[Embedder] = ()
    ) -> None:
        self._brand = brand
        self._store = store
        self._read_files = read_files
        self._embedders = tuple(embedders)
        self._items: tuple[KnowledgeItem, ...] = ()
        self._knowledge: Knowledge | None = None

    async def __call__(self, *, embed_first: bool = False) -> Knowledge:
        """Return the knowledge as the sources stand now; raises SettingsFault for a file that does not hold.

        It goes by words alone where the material is not embedded yet; `embed_first` waits until it is.
        """
        items = await self._read()
        if embed_first:
            await self._embed(items)
        vectors = await read_vectors(items, embedders=self._embedders, brand_id=self._brand.id, store=self._store)
        known = self._knowledge
        if known is None or items != self._items or known.embedders != vectors.keys():
            self._knowledge = await asyncio.to_thread(
                MaterialKnowledge.build,
                items,
                languages=self._brand.languages,
                confidence=self._brand.answers.confidence,
                never_say=self._brand.never_say,
                vectors=vectors,
            )
            self._items = items
            return self._knowledge
        return known

    async def embed(self) -> bool:
        """Embed what the material last returned has new; return whether there is more to know than before.

        Raises ComputeFault when an embedder does not do its work.
        """
        await self._embed(self._items)
        async with self._store.work(self._brand.id) as work:
            await work.vectors.forget_other_embedders([embedder.name for embedder in self._embedders])
            await work.commit()
        return self._knowledge is not None and self._knowledge.embedders != {each.name for each in self._embedders}

    async def _embed(self, items: tuple[KnowledgeItem, ...]) -> None:
        for embedder in self._embedders:
            await embed_material(items, embedder, brand_id=self._brand.id, store=self._store)

    async def _read(self) -> tuple[KnowledgeItem, ...]:
        items: list[KnowledgeItem] = []
        for key in self._brand.answers.sources:
            source = self._brand.sources[key]
            if isinstance(source, FeedSource):
                async with self._store.read(self._brand.id) as work:
                    posts = await work.feeds.of_source(key)
                items += [_item_of(post, key, self._brand) for post in posts]
            else:
                items += await asyncio.to_thread(self._read_files, source, self._brand)
        return tuple(items)


def _item_of(post: Post, source: str, brand: Brand) -> KnowledgeItem:
    return KnowledgeItem(
        source=source,
        item=post.link or post.id,
        title=post.title,
        url=post.link,
        language=detect_language(f"{post.title}\n{post.text}", brand.languages),
        questions=(),
        text=post.text or post.summary,
    )
