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


async def gather_knowledge(brand: Brand, *, store: Transactions, read_files: ReadFiles) -> Knowledge:
    """Return the knowledge of all `answers.from` sources as they stand now."""
    items: list[KnowledgeItem] = []
    for key in brand.answers.sources:
        source = brand.sources[key]
        if isinstance(source, FeedSource):
            async with store.read(brand.id) as work:
                posts = await work.feeds.of_source(key)
            items += [_item_of(post, key, brand) for post in posts]
        else:
            items += await asyncio.to_thread(read_files, source, brand)
    return await asyncio.to_thread(
        MaterialKnowledge.build, items, languages=brand.languages, confidence=brand.answers.confidence
    )


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
