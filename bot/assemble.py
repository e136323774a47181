"""The one file that knows every concrete class: it builds them in order and closes them in reverse.

Commands, the demo and tests ask here for a brand's parts; whoever needs another part (a clock that is moved, a platform
that is at hand already) passes it in. What a command needs is imported when it asks: `check` shall answer at once, and
a store, a scheduler or an index is slow to load.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from adapters import catalog
from bot.brand import Brand, FaqSource, FeedSource, FolderSource, Web
from bot.clock import Clock, ReplayClock, SystemClock
from bot.config.load import Loaded, load
from bot.config.problem import Problem
from bot.errors import ConfigRefused, PlatformFault, SettingsFault
from bot.flows.notice import Notice, ignore
from bot.messages import ChannelRef, Place
from bot.ports.platform import Closing, Deleting, Editing, Finding, Platform, PlatformKind, PlatformLimits, Probing

if TYPE_CHECKING:
    from bot.engagement.history.found import Unreadable
    from bot.flows.ask_material import AskMaterial
    from bot.flows.import_history import ImportHistory
    from bot.flows.poll_feed import Poll
    from bot.flows.share_once import Passed
    from bot.flows.vitals import Vitals
    from bot.flows.write_answer import WriteAnswer
    from bot.ports.answering import Embedder, KnowledgeItem
    from bot.ports.compute import Compute
    from bot.ports.expecting import Tried
    from bot.ports.reading import Fetcher, Hubs
    from bot.ports.records import KnownBrand
    from bot.ports.store import Store, Transactions
    from bot.service import Pages, Service, Timers

#: How often a service looks for rows that another process may have written.
GLANCE = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """A brand with its parts, open."""

    #: With the id its history hangs on.
    brand: Brand
    known: KnownBrand
    store: Store
    fetcher: Fetcher
    hubs: Hubs
    compute: Compute
    #: Those the configuration asks for, the quickest to load first.
    embedders: tuple[Embedder, ...]
    clock: Clock


def platform_kinds() -> Mapping[str, PlatformKind]:
    """Return every platform the configuration may name."""
    return catalog.kinds()


def terminal_name() -> str:
    """Return the platform that is the terminal a command is started in: it needs no account."""
    return catalog.TERMINAL


def load_config(path: Path | str, environment: Mapping[str, str]) -> Loaded:
    """Read a configuration for the platforms there are."""
    return load(path, kinds=catalog.kinds(), environment=environment)


def konektor_version() -> str:
    """Return the version installed; "0" when it runs without being installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("konektor")
    except PackageNotFoundError:
        return "0"


def schema_text() -> str:
    """Return the JSON Schema of the configuration as the file an editor reads."""
    from bot.config.json_schema import json_schema

    return json.dumps(json_schema(catalog.kinds()), ensure_ascii=False, indent=2) + "\n"


def read_files(source: FaqSource | FolderSource, brand: Brand) -> tuple[KnowledgeItem, ...]:
    """Read what a marketer has written; raises SettingsFault with the place of what does not hold."""
    items, left_out = _read_source(source, brand)
    if left_out:
        import structlog

        for reason in left_out:
            structlog.get_logger(__name__).warning("document left out", source=source.key, reason=reason)
    return items


def _read_source(source: FaqSource | FolderSource, brand: Brand) -> tuple[tuple[KnowledgeItem, ...], tuple[str, ...]]:
    """Return a source's items, and of each document that can't be read why."""
    if isinstance(source, FaqSource):
        from bot.config.faq_file import read_faq_file

        return read_faq_file(source.path, source=source.key, languages=brand.languages), ()
    from bot.knowledge.folder import read_folder

    read = read_folder(source.path, source=source.key, glob=source.glob, languages=brand.languages)
    return read.items, read.problems


def read_material(brand: Brand) -> tuple[Problem, ...]:
    """Read every file a source names, and return what does not hold in them; a document left out is a warning."""
    return tuple(
        replace(problem, file=_name_from_here(Path(problem.file)))
        for source in brand.sources.values()
        if isinstance(source, FaqSource | FolderSource)
        for problem in _find_problems(source, brand)
    )


def _find_problems(source: FaqSource | FolderSource, brand: Brand) -> Iterator[Problem]:
    try:
        _, left_out = _read_source(source, brand)
    except ConfigRefused as refused:
        yield from (problem for problem in refused.problems if isinstance(problem, Problem))
    except SettingsFault as fault:
        yield Problem(file=str(brand.path), line=1, column=1, severity="error", message=str(fault))
    else:
        for reason in left_out:
            yield Problem(file=str(source.path), line=1, column=1, severity="warning", message=f"left out: {reason}")


def _name_from_here(path: Path) -> str:
    """Return a file's name as somebody in the working directory would write it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


async def probe(brand: Brand) -> dict[str, tuple[Finding, ...]]:
    """Log in to every platform that can be looked at, and return what was seen, by name."""
    seen: dict[str, tuple[Finding, ...]] = {}
    for name, platform in build_platforms(brand, SystemClock()).items():
        if isinstance(platform, Probing):
            spaces = dict.fromkeys(c.place.posts.space for c in brand.communities.values() if c.platform == name)
            try:
                seen[name] = await platform.probe(tuple(spaces))
            except PlatformFault as fault:
                seen[name] = (Finding(ok=False, text=str(fault)),)
            finally:
                if isinstance(platform, Closing):
                    await platform.close()
    return seen


@asynccontextmanager
async def _opened_store(brand: Brand, clock: Clock) -> AsyncIterator[tuple[Store, KnownBrand, Brand]]:
    """Open a brand's store; the brand comes back with the id its history hangs on, and its renamed keys renamed."""
    from bot.campaigns.click_link import derive_link_key
    from bot.flows.rename_keys import rename_keys
    from bot.store.database import SqlStore

    store = SqlStore(brand.store_url)
    try:
        await store.open()
        known = await store.remember_brand(brand.id, brand.name, given=brand.id_is_given, now=clock.now())
        brand = replace(brand, id=known.id, link_key=derive_link_key(known.key))
        await rename_keys(brand, store=store)
        yield store, known, brand
    finally:
        await store.close()


@asynccontextmanager
async def assembled(brand: Brand, *, clock: Clock | None = None, own_process: bool = False) -> AsyncIterator[Assembly]:
    """Open a brand's store, fetcher and compute, and close them at the end.

    Heavy work goes to a process of its own where it must not hold up a service; commands that run once use a thread.
    """
    from bot.compute import InlineCompute, ProcessCompute
    from bot.embedding.local import build_embedders
    from bot.feeds.fetch import HttpFetcher

    clock = clock or SystemClock()
    async with AsyncExitStack() as closing:
        store, known, brand = await closing.enter_async_context(_opened_store(brand, clock))
        fetcher = HttpFetcher(clock=clock, version=konektor_version(), allow_private=brand.allow_private_feeds)
        closing.push_async_callback(fetcher.close)
        compute: Compute = ProcessCompute() if own_process else InlineCompute()
        closing.push_async_callback(compute.close)
        yield Assembly(
            brand=brand,
            known=known,
            store=store,
            fetcher=fetcher,
            hubs=fetcher,
            compute=compute,
            embedders=build_embedders(brand.answers.embedders, compute),
            clock=clock,
        )


def importer(
    parts: Assembly, *, complain: Callable[[str, Unreadable], None], moved: Callable[[int], None]
) -> ImportHistory:
    """Return what takes files of history into a brand's log."""
    from bot.config.suggest import did_you_mean
    from bot.flows.import_history import Forms, ImportHistory

    forms = Forms(exports=catalog.export_forms(), namings=catalog.namings(), did_you_mean=did_you_mean)
    return ImportHistory(
        parts.brand, parts.known, store=parts.store, clock=parts.clock, forms=forms, complain=complain, moved=moved
    )


def build_platforms(brand: Brand, clock: Clock) -> dict[str, Platform]:
    """Build the platforms that the brand's communities live on, by name."""
    from bot.conversation.commands import commands_for

    names = dict.fromkeys(community.platform for community in brand.communities.values())
    return {
        name: catalog.build(
            name,
            brand.accounts[name].settings,
            commands=commands_for(brand),
            places=places_on(brand, name),
            now=clock.now,
            bot_name=brand.bot_name,
        )
        for name in names
    }


def places_on(brand: Brand, platform: str) -> tuple[Place, ...]:
    """Return where the bot lives on a platform: in its communities first, and where their editors are shown drafts."""
    here = [community for community in brand.communities.values() if community.platform == platform]
    editors = dict.fromkeys(community.editors for community in here if community.editors is not None)
    return (
        *(community.place for community in here),
        *(Place(posts=channel, heard=frozenset({channel.channel})) for channel in editors),
    )


def deleting_platforms(brand: Brand, clock: Clock) -> frozenset[str]:
    """Return the platforms of the brand on which the bot can take back what it has posted; nothing is opened."""
    built = build_platforms(brand, clock)
    return frozenset(name for name, platform in built.items() if isinstance(platform, Deleting))


def limits_of(brand: Brand, community: str) -> PlatformLimits:
    """Return what fits in a community; raises SettingsFault when there is none of that key."""
    if community not in brand.communities:
        raise SettingsFault(f"no community {community}; there are {', '.join(brand.communities)}")
    return catalog.kinds()[brand.communities[community].platform].limits


def console_place(key: str) -> Place:
    """Return where a community is when it is talked to in the terminal."""
    place: Place = catalog.kinds()[catalog.TERMINAL].address().place(key)
    return place


def build_console(key: str, brand: Brand, *, clock: Clock, speaker: str) -> Platform:
    """Build the terminal as the home of one community, with `speaker` typing."""
    from bot.conversation.commands import commands_for

    return catalog.build_terminal(
        places=(console_place(key),),
        commands=commands_for(brand),
        now=clock.now,
        bot_name=brand.bot_name,
        speaker=speaker,
    )


@asynccontextmanager
async def serving(
    brand: Brand,
    *,
    clock: Clock | None = None,
    own_process: bool = True,
    platforms: Mapping[str, Platform] | None = None,
    timers: Callable[[Brand, Clock], Timers] | None = None,
    glance: timedelta | None = GLANCE,
    takeover: timedelta | None = None,
    stop_when_left: bool = False,
    notice: Notice = ignore,
    recheck: Callable[[], Loaded] | None = None,
    vitals: Vitals | None = None,
) -> AsyncIterator[tuple[Service, Assembly, Mapping[str, Platform]]]:
    """Assemble a service with everything open; the caller runs it.

    With `recheck`, which reads the configuration anew, the dashboard is served too, if the brand has one. `vitals` goes
    on with what an earlier service of this process has counted.
    """
    from bot.flows.hold_lease import LEASE
    from bot.flows.vitals import Vitals
    from bot.schedule import live_timers
    from bot.service import Parts, Service

    async with AsyncExitStack() as closing:
        parts = await closing.enter_async_context(assembled(brand, clock=clock, own_process=own_process))
        built = platforms if platforms is not None else build_platforms(parts.brand, parts.clock)
        for platform in built.values():
            if isinstance(platform, Closing):
                closing.push_async_callback(platform.close)
        vitals = vitals or Vitals()
        web = None
        if recheck is not None and parts.brand.web is None:
            _refuse_calls(built)
        if recheck is not None and parts.brand.web is not None:
            web, notice = _open_web(
                parts.brand.web, parts, recheck, platforms=built, vitals=vitals, notice=notice, closing=closing
            )
        service = Service(
            parts.brand,
            parts.known,
            Parts(
                store=parts.store,
                platforms=built,
                fetcher=parts.fetcher,
                hubs=parts.hubs if web is not None else None,
                compute=parts.compute,
                embedders=parts.embedders,
                clock=parts.clock,
                read_files=read_files,
                write=_open_model(parts.brand, parts.store, parts.clock, closing),
                timers=(timers or live_timers)(parts.brand, parts.clock),
                glance=glance,
                takeover=takeover or LEASE,
                stop_when_left=stop_when_left,
                notice=notice,
                vitals=vitals,
                web=web,
            ),
        )
        yield service, parts, built


def _refuse_calls(platforms: Mapping[str, Platform]) -> None:
    """Refuse to begin where a platform would call a service that has no web address."""
    from bot.ports.inbound import HearingHttp

    for name, platform in platforms.items():
        if isinstance(platform, HearingHttp) and platform.hook_key is not None:
            raise SettingsFault(
                f"platforms.{name} is to call this service, which has no web address; add web: {{bind: …}} to the file"
            )


def _open_web(
    settings: Web,
    parts: Assembly,
    recheck: Callable[[], Loaded],
    *,
    platforms: Mapping[str, Platform],
    vitals: Vitals,
    notice: Notice,
    closing: AsyncExitStack,
) -> tuple[Pages, Notice]:
    """Take the dashboard's address; return what serves it, and a notice that it hears as well."""
    from bot.config.explain import explain
    from bot.web.serve import serve_site, take_address
    from bot.web.site import Checked, Journal, Site

    taken = take_address(settings)
    closing.callback(taken.close)
    journal = Journal()

    def check() -> Checked:
        loaded = recheck()
        errors = loaded.errors if loaded.brand is None else read_material(loaded.brand)
        plan = () if loaded.brand is None or errors else explain(loaded.brand, now=parts.clock.now())
        return Checked(
            problems=tuple(
                (problem.line, problem.severity, "; ".join(filter(None, (problem.message, problem.hint))))
                for problem in (*errors, *loaded.warnings)
            ),
            plan=tuple((line.part, line.key, line.text) for line in plan),
        )

    site = Site(
        brand=parts.brand,
        known=parts.known,
        settings=settings,
        store=parts.store,
        compute=parts.compute,
        clock=parts.clock,
        platforms=platforms,
        vitals=vitals,
        journal=journal,
        check=check,
        version=konektor_version(),
    )

    def tell_both(why: str, channel: ChannelRef, message_id: str | None) -> None:
        notice(why, channel, message_id)
        journal(why, channel, message_id)

    return partial(serve_site, site, taken), tell_both


async def poll_feeds(parts: Assembly, feeds: Sequence[FeedSource]) -> tuple[Poll, ...]:
    """Read feeds once, one after the other, and remember their items."""
    from bot.flows.poll_feed import poll_feed

    return tuple(
        [
            await poll_feed(
                feed,
                brand_id=parts.brand.id,
                store=parts.store,
                fetcher=parts.fetcher,
                compute=parts.compute,
                clock=parts.clock,
            )
            for feed in feeds
        ]
    )


@asynccontextmanager
async def asking(brand: Brand, *, most_embedders: int | None) -> AsyncIterator[AskMaterial]:
    """Open what answers from the brand's material and the posts its store remembers, and nothing else.

    Material that no service has embedded before is embedded now, once; `most_embedders` takes the quickest to load.
    """
    from bot.compute import InlineCompute
    from bot.embedding.local import build_embedders
    from bot.flows.ask_material import AskMaterial
    from bot.flows.gather_knowledge import GatherKnowledge

    async with AsyncExitStack() as closing:
        store, _, brand = await closing.enter_async_context(_opened_store(brand, SystemClock()))
        compute = InlineCompute()
        closing.push_async_callback(compute.close)
        embedders = build_embedders(brand.answers.embedders, compute)[:most_embedders]
        gather = GatherKnowledge(brand, store=store, read_files=read_files, embedders=embedders)
        knowledge = await gather(embed_first=True)
        write = _open_model(brand, store, SystemClock(), closing)
        yield AskMaterial(lambda: knowledge, embedders=embedders, write=write)


def _open_model(brand: Brand, store: Store, clock: Clock, closing: AsyncExitStack) -> WriteAnswer | None:
    """Return what words answers with the brand's language model; None where it has none."""
    model = brand.answers.model
    if model is None:
        return None
    from bot.completion.openai_compatible import OpenAICompatible
    from bot.flows.write_answer import WriteAnswer

    service = OpenAICompatible(base_url=model.base_url, model=model.name, key=model.key, timeout=model.timeout)
    closing.push_async_callback(service.close)
    return WriteAnswer(brand, service, store=store, per_day=model.per_day, clock=clock)


async def try_expectations(brand: Brand, paths: Sequence[Path]) -> tuple[Tried, ...]:
    """Try every case of the files, on a store that is thrown away; nothing is fetched, sent or asked of a model."""
    from tempfile import TemporaryDirectory

    from bot.compute import InlineCompute
    from bot.config.expectations import read_expectations
    from bot.embedding.local import build_embedders
    from bot.flows.ask_material import AskMaterial
    from bot.flows.gather_knowledge import GatherKnowledge
    from bot.flows.try_expectations import try_case

    cases = [case for path in paths for case in read_expectations(path, brand)]
    kinds = catalog.kinds()
    limits = {community.platform: kinds[community.platform].limits for community in brand.communities.values()}
    async with AsyncExitStack() as closing:
        folder = closing.enter_context(TemporaryDirectory(prefix="konektor-test-"))
        thrown_away = replace(brand, store_url=f"sqlite:///{folder}/konektor.db")
        store, known, brand = await closing.enter_async_context(_opened_store(thrown_away, SystemClock()))
        # what is expected of a text names the post's own link: one that counts clicks is another in every database
        brand = replace(brand, link_key=None)
        compute = InlineCompute()
        closing.push_async_callback(compute.close)
        embedders = build_embedders(brand.answers.embedders, compute)
        if any(case.message for case in cases):
            # once for all cases: what each embeds after this are its own posts
            await GatherKnowledge(brand, store=store, read_files=read_files, embedders=embedders)(embed_first=True)

        async def learn(rehearsal: Transactions) -> AskMaterial:
            gather = GatherKnowledge(brand, store=rehearsal, read_files=read_files, embedders=embedders)
            knowledge = await gather(embed_first=True)
            return AskMaterial(lambda: knowledge, embedders=embedders)

        return tuple([await try_case(case, brand, known, store=store, limits=limits, learn=learn) for case in cases])


@dataclass(frozen=True, kw_only=True)
class SharePass:
    """What one pass came to."""

    #: What became of every share it touched, oldest first.
    lines: tuple[Passed, ...]
    #: The feeds that could not be read, each with the reason.
    faults: tuple[str, ...]


async def share_once(brand: Brand, *, at: datetime | None, send: bool) -> SharePass:
    """Read the feeds now and make one pass at the moment `at` (None: now); without `send` nothing of it is kept."""
    from bot.flows.deliver_posts import DeliverPosts
    from bot.flows.share_once import share_once as share_once_in
    from bot.flows.update_shares import update_shares

    async with AsyncExitStack() as closing:
        parts = await closing.enter_async_context(assembled(brand))
        # by the real clock, whatever `at` is: when a feed is read again hangs on it
        polls = await poll_feeds(parts, [one for one in brand.sources.values() if isinstance(one, FeedSource)])
        faults = tuple(f"{poll.source}: {poll.fault}" for poll in polls if poll.fault)
        clock = parts.clock if at is None else ReplayClock(at)
        kinds = catalog.kinds()
        limits = {c.platform: kinds[c.platform].limits for c in brand.communities.values()}
        if not send:
            async with parts.store.rehearse() as rehearsal:
                passed = await share_once_in(parts.brand, store=rehearsal, limits=limits, clock=clock)
            return SharePass(lines=passed, faults=faults)
        passed = await share_once_in(parts.brand, store=parts.store, limits=limits, clock=clock)
        platforms = build_platforms(parts.brand, clock)
        for platform in platforms.values():
            if isinstance(platform, Closing):
                closing.push_async_callback(platform.close)
        editing = {name for name, platform in platforms.items() if isinstance(platform, Editing)}
        await update_shares(parts.brand, store=parts.store, limits=limits, editing=editing, clock=clock)
        deliver = DeliverPosts(parts.brand, store=parts.store, platforms=platforms, clock=clock)
        while await deliver():
            pass
        return SharePass(lines=passed, faults=faults)


def reference_text() -> str:
    """Return docs/configuration.md as the schema has it."""
    from bot.config.json_schema import json_schema
    from bot.config.reference import write_reference

    return write_reference(json_schema(catalog.kinds()))
