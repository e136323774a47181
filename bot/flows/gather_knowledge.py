"""The brand's material brought together: files read again, posts from the store, one index over all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.brand import Brand, FaqSource, FeedSource, FolderSource
from bot.knowledge.answering import MaterialKnowledge
from bot.knowledge.language import detect_language
from bot.ports.answering import Knowledge, KnowledgeItem
from bot.ports.records import Post
from bot.ports.store import Transactions

#: Reads a file or a folder the marketer wrote; raises SettingsFault with the place of what does not hold.
ReadFiles = Callable[[FaqSource | FolderSource, Brand], tuple[KnowledgeItem, ...]]


class GatherKnowledge:
    """Keeps the index of all `answers.from` sources; it is built again only when one of them says something else."""

    def __init__(self, brand: Brand, *, store: Transactions, read_files: ReadFiles) -> None:
        self._brand = brand
        self._store = store
        self._read_files = read_files
        self._items: tuple[KnowledgeItem, ...] | None = None
        self._knowledge: Knowledge | None = None

    async def __call__(self) -> Knowledge:
        """Return the knowledge as the sources stand now; raises SettingsFault for a file that does not hold."""
        items = await self._read()
        if self._knowledge is None or items != self._items:
            self._knowledge = await asyncio.to_thread(
                MaterialKnowledge.build,
                items,
                languages=self._brand.languages,
                confidence=self._brand.answers.confidence,
                never_say=self._brand.never_say,
            )
            self._items = items
        return self._knowledge

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
