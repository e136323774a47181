"""The one file that knows every concrete class: it builds them in order and closes them in reverse.

Commands, the demo and tests ask here for a brand's parts; whoever needs another part (a clock that is moved, a platform
that is at hand already) passes it in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import structlog

from adapters import catalog
from bot.brand import Brand, FaqSource, FeedSource, FolderSource, Web
from bot.clock import Clock, ReplayClock, SystemClock
from bot.compute import InlineCompute, ProcessCompute
from bot.config.explain import explain
from bot.config.faq_file import read_faq_file
from bot.config.load import Loaded, load
from bot.config.problem import Problem
from bot.conversation.commands import COMMANDS
from bot.errors import ConfigRefused, PlatformFault, SettingsFault
from bot.flows.deliver_posts import DeliverPosts
from bot.flows.notice import Notice, ignore
from bot.flows.poll_feed import poll_feed
from bot.flows.rename_keys import rename_keys
from bot.flows.share_once import Passed
from bot.flows.share_once import share_once as share_once_in
from bot.flows.vitals import Vitals
from bot.knowledge.folder import read_folder
from bot.messages import ChannelRef, Place
from bot.ports.answering import KnowledgeItem
from bot.ports.compute import Compute
from bot.ports.platform import Closing, Finding, Platform, PlatformKind, Probing
from bot.ports.reading import Fetcher
from bot.ports.records import KnownBrand
from bot.ports.store import Store
from bot.service import Parts, Service, Timers

log = structlog.get_logger()

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
    compute: Compute
    clock: Clock


def platform_kinds() -> Mapping[str, PlatformKind]:
    """Return every platform the configuration may name."""
    return catalog.kinds()


def load_config(path: Path | str, environment: Mapping[str, str]) -> Loaded:
    """Read a configuration for the platforms there are."""
    return load(path, kinds=catalog.kinds(), environment=environment)


def konektor_version() -> str:
    """Return the version installed; "0" when it runs without being installed."""
    try:
        return version("konektor")
    except PackageNotFoundError:
        return "0"


def read_files(source: FaqSource | FolderSource, brand: Brand) -> tuple[KnowledgeItem, ...]:
    """Read what a marketer has written; raises SettingsFault with the place of what does not hold."""
    if isinstance(source, FaqSource):
        return read_faq_file(source.path, source=source.key, languages=brand.languages)
    read = read_folder(source.path, source=source.key, glob=source.glob, languages=brand.languages)
    for problem in read.problems:
        log.warning("document left out", source=source.key, reason=problem)
    return read.items


def read_material(brand: Brand) -> tuple[Problem, ...]:
    """Read every file a source names, and return what does not hold in them."""
    problems: list[Problem] = []
    for source in brand.sources.values():
        if isinstance(source, FaqSource | FolderSource):
            try:
                read_files(source, brand)
            except ConfigRefused as refused:
                problems += [problem for problem in refused.problems if isinstance(problem, Problem)]
            except SettingsFault as fault:
                problems.append(Problem(file=str(brand.path), line=1, column=1, severity="error", message=str(fault)))
    return tuple(problems)


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
async def assembled(brand: Brand, *, clock: Clock | None = None, own_process: bool = False) -> AsyncIterator[Assembly]:
    """Open a brand's store, fetcher and compute, and close them at the end.

    Heavy work goes to a process of its own where it must not hold up a service; commands that run once use a thread.
    """
    from bot.feeds.fetch import HttpFetcher  # noqa: PLC0415  # an HTTP client is slow to load, and not all need one
    from bot.store.database import SqlStore  # noqa: PLC0415  # so is SQLAlchemy

    clock = clock or SystemClock()
    async with AsyncExitStack() as closing:
        store = SqlStore(brand.store_url)
        closing.push_async_callback(store.close)
        await store.open()
        known = await store.remember_brand(brand.id, brand.name, given=brand.id_is_given, now=clock.now())
        brand = replace(brand, id=known.id)
        await rename_keys(brand, store=store)
        fetcher = HttpFetcher(clock=clock, version=konektor_version(), allow_private=brand.allow_private_feeds)
        closing.push_async_callback(fetcher.close)
        compute: Compute = ProcessCompute() if own_process else InlineCompute()
        closing.push_async_callback(compute.close)
        yield Assembly(
            brand=brand,
            known=known,
            store=store,
            fetcher=fetcher,
            compute=compute,
            clock=clock,
        )


def build_platforms(brand: Brand, clock: Clock) -> dict[str, Platform]:
    """Build the platforms that the brand's communities live on, by name."""
    names = dict.fromkeys(community.platform for community in brand.communities.values())
    return {
        name: catalog.build(
            name,
            brand.accounts[name].settings,
            commands=COMMANDS,
            places=tuple(c.place for c in brand.communities.values() if c.platform == name),
            now=clock.now,
            bot_name=brand.bot_name,
        )
        for name in names
    }


def console_place(key: str) -> Place:
    """Return where a community is when it is talked to in the terminal."""
    place: Place = catalog.kinds()[catalog.TERMINAL].address().place(key)
    return place


def build_console(key: str, brand: Brand, *, clock: Clock, speaker: str) -> Platform:
    """Build the terminal as the home of one community, with `speaker` typing."""
    return catalog.build_terminal(
        places=(console_place(key),), commands=COMMANDS, now=clock.now, bot_name=brand.bot_name, speaker=speaker
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
    stop_when_left: bool = False,
    notice: Notice = ignore,
    recheck: Callable[[], Loaded] | None = None,
) -> AsyncIterator[tuple[Service, Assembly, Mapping[str, Platform]]]:
    """Assemble a service with everything open; the caller runs it.

    With `recheck`, which reads the configuration anew, the dashboard is served too, if the brand has one.
    """
    from bot.schedule import live_timers  # noqa: PLC0415  # APScheduler is slow to load, and only the service needs it

    async with AsyncExitStack() as closing:
        parts = await closing.enter_async_context(assembled(brand, clock=clock, own_process=own_process))
        built = platforms if platforms is not None else build_platforms(parts.brand, parts.clock)
        for platform in built.values():
            if isinstance(platform, Closing):
                closing.push_async_callback(platform.close)
        vitals = Vitals()
        web = None
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
                compute=parts.compute,
                clock=parts.clock,
                read_files=read_files,
                timers=(timers or live_timers)(parts.brand, parts.clock),
                glance=glance,
                stop_when_left=stop_when_left,
                notice=notice,
                vitals=vitals,
                web=web,
            ),
        )
        yield service, parts, built


def _open_web(
    settings: Web,
    parts: Assembly,
    recheck: Callable[[], Loaded],
    *,
    platforms: Mapping[str, Platform],
    vitals: Vitals,
    notice: Notice,
    closing: AsyncExitStack,
) -> tuple[Timers, Notice]:
    """Take the dashboard's address; return what serves it, and a notice that it hears as well."""
    from bot.web.serve import serve_site, take_address  # noqa: PLC0415  # a web server is slow to load
    from bot.web.site import Checked, Journal, Site  # noqa: PLC0415  # same

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


async def share_once(brand: Brand, *, at: datetime | None, send: bool) -> tuple[Passed, ...]:
    """Read the feeds and make one pass at the moment `at` (None: now); without `send` nothing of the pass is kept."""
    async with AsyncExitStack() as closing:
        parts = await closing.enter_async_context(assembled(brand, clock=None if at is None else ReplayClock(at)))
        for source in brand.sources.values():
            if isinstance(source, FeedSource):
                await poll_feed(
                    source,
                    brand_id=parts.brand.id,
                    store=parts.store,
                    fetcher=parts.fetcher,
                    compute=parts.compute,
                    clock=parts.clock,
                )
        kinds = catalog.kinds()
        limits = {c.platform: kinds[c.platform].limits for c in brand.communities.values()}
        if not send:
            async with parts.store.rehearse() as rehearsal:
                return await share_once_in(parts.brand, store=rehearsal, limits=limits, clock=parts.clock)
        passed = await share_once_in(parts.brand, store=parts.store, limits=limits, clock=parts.clock)
        platforms = build_platforms(parts.brand, parts.clock)
        for platform in platforms.values():
            if isinstance(platform, Closing):
                closing.push_async_callback(platform.close)
        deliver = DeliverPosts(parts.brand, store=parts.store, platforms=platforms, clock=parts.clock)
        while await deliver():
            pass
        return passed
