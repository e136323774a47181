"""A file of chat history becomes events of the log, batch by batch, as if the bot had been there.

What is known already stays as it is, so that an import can be broken off and done again, and meets what was heard live.
Only messages and reactions come in; nothing is answered, and nobody is written to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO

from bot.brand import Brand, Community
from bot.clock import Clock
from bot.engagement.history.exports import is_document, open_export
from bot.engagement.history.found import Unreadable
from bot.engagement.history.lines import read_lines
from bot.errors import SettingsFault
from bot.flows.history_rows import (
    Authors,
    Home,
    message_row,
    people_of,
    person_on,
    reaction_row,
    taken_back_row,
    text_to_keep,
)
from bot.flows.who_counts import WhoCounts, load_who_counts
from bot.ids import new_id
from bot.messages import ChannelRef
from bot.ports.history import ExportForm, Naming, PastMessage
from bot.ports.records import Imported, KnownBrand, PastEvent
from bot.ports.store import Transactions, UnitOfWork

#: How many messages are taken in one transaction.
BATCH = 2_000
#: How many authors are remembered, so that what answers a recent message need not ask the database.
_REMEMBERED = 200_000
#: How many messages are looked up in one query.
_LOOKED_UP = 1_000


@dataclass(kw_only=True)
class ImportCount:
    """What came of one file so far."""

    #: Messages logged now, and those known before.
    messages: int = 0
    known: int = 0
    #: Reactions logged now, and those found to have been taken back.
    reactions: int = 0
    taken_back: int = 0
    #: Messages of bots, which count nothing.
    bots: int = 0
    unreadable: int = 0
    #: The communities they belong to, by key.
    communities: set[str] = field(default_factory=set)

    def __add__(self, other: ImportCount) -> ImportCount:
        return ImportCount(
            messages=self.messages + other.messages,
            known=self.known + other.known,
            reactions=self.reactions + other.reactions,
            taken_back=self.taken_back + other.taken_back,
            bots=self.bots + other.bots,
            unreadable=self.unreadable + other.unreadable,
            communities=self.communities | other.communities,
        )


@dataclass(frozen=True, kw_only=True)
class Forms:
    """What the adapters know of history."""

    exports: Sequence[ExportForm]
    #: By platform.
    namings: Mapping[str, Naming]
    #: Says what was probably meant by an unknown word; "" when nothing is near.
    did_you_mean: Callable[[str, Iterable[str]], str] = field(default=lambda _word, _known: "")


class ImportHistory:
    """Takes in the files of one import for one brand."""

    def __init__(
        self,
        brand: Brand,
        known: KnownBrand,
        *,
        store: Transactions,
        clock: Clock,
        forms: Forms,
        complain: Callable[[str, Unreadable], None],
        moved: Callable[[int], None],
    ) -> None:
        """`complain` is told of each unreadable message with the file's name, `moved` how many bytes were read."""
        self._brand = brand
        self._known = known
        self._store = store
        self._clock = clock
        self._forms = forms
        self._complain = complain
        self._moved = moved

    async def __call__(self, file: IO[bytes], *, name: str, basis: str, community: str | None) -> ImportCount:
        """Take in one file. Raises SettingsFault for a community that is not configured, and for no history at all."""
        messages, place = self._open(file, name, community)
        run = _Run(self._brand, self._forms, name=name, community=community, place=place)
        done = Imported(id=new_id(self._clock.now()), file=name, basis=basis, began_at=self._clock.now())
        async with self._store.work(self._brand.id) as work:
            await work.imports.save(done)
            run.who = await load_who_counts(self._brand, self._known, work)
            await work.commit()
        # one after the other: a thread that reads and one that writes would only hold each other up
        while found := await asyncio.to_thread(_take, messages):
            self._moved(file.tell())
            await self._write(self._sort_out(found, run, name), run)
        counted = run.count
        if counted.unreadable and not counted.messages + counted.known + counted.bots:
            raise SettingsFault(
                f"{name}: nothing in it could be read; give a {' or a '.join(f.title for f in self._forms.exports)} "
                "in JSON, or JSON Lines as docs/engagement.md shows"
            )
        async with self._store.work(self._brand.id) as work:
            await work.imports.save(
                replace(
                    done, messages=counted.messages, reactions=counted.reactions, unreadable=counted.unreadable
                )
            )  # fmt: skip
            await work.commit()
        return counted

    def _open(
        self, file: IO[bytes], name: str, community: str | None
    ) -> tuple[Iterator[tuple[int, PastMessage] | Unreadable], ChannelRef | None]:
        if not is_document(file):
            return read_lines(file, community=community), None
        try:
            export = open_export(file, self._forms.exports)
        except ValueError as reason:
            raise SettingsFault(f"{name}: {reason}") from reason
        return export.messages, export.place

    def _sort_out(
        self, found: Iterable[tuple[int, PastMessage] | Unreadable], run: _Run, name: str
    ) -> list[tuple[PastMessage, Home]]:
        """Return the messages of people with their homes, and count the others."""
        readable = []
        for one in found:
            if isinstance(one, Unreadable):
                run.count.unreadable += 1
                self._complain(name, one)
                continue
            line, message = one
            home = run.home_of(message, line)
            channel = home.channel.channel
            run.authors[channel, message.id] = None if message.is_bot else message.author
            if message.is_bot:
                run.count.bots += 1
            else:
                readable.append((message, home))
        return readable

    async def _write(self, readable: list[tuple[PastMessage, Home]], run: _Run) -> None:
        async with self._store.work(self._brand.id) as work:
            for platform in dict.fromkeys(home.channel.platform for _, home in readable):
                mine = [(message, home) for message, home in readable if home.channel.platform == platform]
                await self._write_platform(mine, platform, run, work)
            await work.commit()

    async def _write_platform(
        self, mine: list[tuple[PastMessage, Home]], platform: str, run: _Run, work: UnitOfWork
    ) -> None:
        await self._meet([message for message, _ in mine], platform, run, work)
        await run.look_up_authors(mine, platform, work)
        counts = run.who.on(platform)
        rows = [
            message_row(message, home, authors=run.authors, counts=counts, text=text_to_keep(message, self._brand))
            for message, home in mine
        ]
        fresh = await work.events.add_past(platform, rows)
        run.count.messages += fresh
        run.count.known += len(rows) - fresh
        reactions = [
            reaction_row(message, given, home, counts=counts)
            for message, home in mine
            for given in message.reactions
            # the id of a reaction is made of who gave it
            if not run.who.is_forgotten(platform, given.by)
        ]
        if fresh < len(rows):
            reactions += await self._taken_back(mine, platform, work)
        given = [row for row in reactions if row.kind == "reaction"]
        run.count.reactions += await work.events.add_past(platform, given)
        run.count.taken_back += await work.events.add_past(platform, [r for r in reactions if r.kind != "reaction"])
        run.forget_oldest()

    async def _meet(self, messages: Sequence[PastMessage], platform: str, run: _Run, work: UnitOfWork) -> None:
        new = {person for person in people_of(messages) if run.who.is_new(platform, person)}
        remembered = [person for person in new if not run.who.is_forgotten(platform, person)]
        await work.people.met([person_on(platform, person) for person in remembered], self._clock.now())
        if self._brand.privacy.names == "all":
            names = {message.author: message.author_name for message in messages if message.author_name}
            await work.people.named(
                {person_on(platform, person): names[person] for person in remembered if person in names}
            )
        run.who.met(platform, new)

    async def _taken_back(
        self, mine: Sequence[tuple[PastMessage, Home]], platform: str, work: UnitOfWork
    ) -> list[PastEvent]:
        """Return what is on messages in the log and no more in a history that lists all their reactions."""
        complete = {(home.channel.channel, m.id): (m, home) for m, home in mine if m.all_reactions}
        gone = []
        for some in _portions(list(complete)):
            for standing in await work.events.reactions_on(platform, some):
                message, home = complete[standing.channel, standing.message_id]
                listed = {(given.by, given.emoji) for given in message.reactions}
                if (standing.author, standing.emoji) not in listed:
                    gone.append(taken_back_row(standing, home, now=self._clock.now()))
        return gone


class _Run:
    """What is remembered from batch to batch of one file."""

    def __init__(
        self, brand: Brand, forms: Forms, *, name: str, community: str | None, place: ChannelRef | None
    ) -> None:  # fmt: skip
        self.count = ImportCount()
        self.who = WhoCounts()
        #: Who wrote recent messages.
        self.authors: Authors = {}
        self._brand = brand
        self._forms = forms
        self._name = name
        self._homes: dict[tuple[str | None, str | None], Home] = {}
        self._place = place
        self._given = community

    def home_of(self, message: PastMessage, line: int) -> Home:
        """Return where a message belongs. Raises SettingsFault when no community is configured for it."""
        asked = (message.community, message.channel)
        home = self._homes.get(asked)
        if home is None:
            home = self._homes[asked] = self._find_home(message, line)
            self.count.communities.add(home.community)
        return home

    def _find_home(self, message: PastMessage, line: int) -> Home:
        place = self._place
        if place is None:
            community = self._community(message.community or "", f"{self._name}:{line}")
            naming = self._forms.namings[community.platform]
            channel = naming.locate(community.place.posts, message.channel)
        else:
            community = self._community_of_export(place)
            naming = self._forms.namings.get(place.platform, self._forms.namings[community.platform])
            # an export may be taken into a community that lives elsewhere: its people are then known there
            channel = replace(place, platform=community.platform)
        return Home(
            community=community.key, channel=channel, naming=naming, prefix=naming.message_prefix(channel)
        )  # fmt: skip

    def _community_of_export(self, place: ChannelRef) -> Community:
        if self._given is not None:
            return self._community(self._given, "--community")
        found = self._brand.community_at(place)
        if found is None:
            raise SettingsFault(
                f"{self._name} is the export of {place.platform} channel {place.channel} in {place.space}, where no "
                f"community of the configuration is; add one, or say with --community which it belongs to: "
                f"{', '.join(self._brand.communities)}"
            )
        return found

    def _community(self, key: str, where: str) -> Community:
        found = self._brand.communities.get(key)
        if found is None:
            hint = self._forms.did_you_mean(key, self._brand.communities)
            known = ", ".join(self._brand.communities)
            raise SettingsFault(f'{where}: no community "{key}"; {hint or f"there are: {known}"}')
        return found

    async def look_up_authors(
        self, mine: Sequence[tuple[PastMessage, Home]], platform: str, work: UnitOfWork
    ) -> None:  # fmt: skip
        """Learn from the log who wrote what is answered, where this file has not said it."""
        missing = {
            (home.channel.channel, message.reply_to)
            for message, home in mine
            if message.reply_to is not None and (home.channel.channel, message.reply_to) not in self.authors
        }
        for some in _portions(sorted(missing)):
            found = await work.events.authors(platform, some)
            self.authors.update({message: author.id for message, author in found.items()})

    def forget_oldest(self) -> None:
        """Keep the memory of authors within its bounds."""
        if len(self.authors) > 2 * _REMEMBERED:
            self.authors = dict(islice(self.authors.items(), len(self.authors) - _REMEMBERED, None))


def _take(messages: Iterator[tuple[int, PastMessage] | Unreadable]) -> list[tuple[int, PastMessage] | Unreadable]:
    return list(islice(messages, BATCH))


def _portions(whole: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    for start in range(0, len(whole), _LOOKED_UP):
        yield whole[start : start + _LOOKED_UP]
