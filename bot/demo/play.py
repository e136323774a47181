"""Playing the sample week: the real service on a sandbox, its clock moved from one act to the next.

Only the clock and the people are played. Feed, store, scheduler, answers and sends are the ones that serve a brand.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol, cast

from bot.assemble import load_config, serving
from bot.brand import Brand
from bot.clock import ReplayClock
from bot.demo.home import SITE, ZONE, read_sample_blog, read_sample_week, sample_home
from bot.demo.results import Results, collect_results
from bot.demo.script import Act, Deletes, Edits, Joins, Leaves, Reacts, Says, Target, Week
from bot.demo.site import serve_feed
from bot.messages import Person, PersonRef, Span
from bot.schedule import replayed_timers

#: The Monday the week is played from: any would do, and a fixed one gives the same story each time.
MONDAY = date(2026, 11, 23)
#: What members ask of a service takes it a moment to do.
MOMENT = timedelta(seconds=2)


class Line(Protocol):
    """A message as the stage shows it."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def author(self) -> Person | None:
        """Who wrote it; None for the bot."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """What it says."""

    @property
    def text(self) -> str:
        """The same as plain text."""

    @property
    def edited_at(self) -> datetime | None:
        """When its text was last changed."""

    @property
    def reply_to(self) -> str | None:
        """The message it answers."""


class Stage(Protocol):
    """What a sandbox lets those do who act as its members."""

    def introduce(self, person: Person) -> None:
        """Say who somebody is."""

    def says(self, space: str, person: str, text: str, *, reply_to: str | None, mentions_bot: bool) -> str:
        """Let somebody write; return the message's id."""

    def reacts(self, space: str, person: str, message_id: str, emoji: str) -> None:
        """Let somebody react."""

    def joins(self, space: str, person: str) -> None:
        """Let somebody enter."""

    def leaves(self, space: str, person: str) -> None:
        """Let somebody leave."""

    def edits(self, space: str, message_id: str, text: str) -> None:
        """Let an author change their text."""

    def deletes(self, space: str, message_id: str) -> None:
        """Take a message away."""

    def transcript(self, space: str) -> tuple[Line, ...]:
        """Return everything that stands in a community."""

    def listen(self, space: str, listener: Callable[[str, Line | None], None]) -> Callable[[], None]:
        """Tell of every change in a community."""

    async def committed(self) -> None:
        """Return when everything done so far is committed."""


#: Told of every message as it appears or its text changes: the community's key and the message.
Onlooker = Callable[[str, Line], None]


@dataclass(kw_only=True)
class _Cast:
    """What the script calls the messages, as they come to stand."""

    stage: Stage
    platform: str
    #: Message ids by community and the script's name for a line.
    lines: dict[tuple[str, str], str] = field(default_factory=dict)

    def perform(self, act: Act) -> None:
        """Let the person do it. What it is about may not be there (a post not shared yet): then nothing happens."""
        stage, where = self.stage, act.community
        match act:
            case Says():
                answered = None if act.reply_to is None else self._find(where, act.reply_to)
                said = stage.says(where, act.person, act.text, reply_to=answered, mentions_bot=act.to_bot)
                if act.id is not None:
                    self.lines[where, act.id] = said
            case Joins():
                stage.joins(where, act.person)
            case Leaves():
                stage.leaves(where, act.person)
            case Reacts() | Edits() | Deletes():
                if (about := self._find(where, act.to)) is not None:
                    self._change(act, about)

    def _change(self, act: Reacts | Edits | Deletes, about: str) -> None:
        match act:
            case Reacts():
                self.stage.reacts(act.community, act.person, about, act.emoji)
            case Edits():
                self.stage.edits(act.community, about, act.text)
            case Deletes():
                self.stage.deletes(act.community, about)

    def _find(self, where: str, target: Target) -> str | None:
        if target.kind == "line":
            return self.lines.get((where, target.name))
        bots_own = [line for line in self.stage.transcript(where) if line.author is None]
        if target.kind == "answer":
            asked = self.lines.get((where, target.name))
            return next((line.id for line in bots_own if asked is not None and line.reply_to == asked), None)
        return next((line.id for line in bots_own if f"{SITE}/blog/{target.name}" in line.text), None)


async def play_week(watch: Callable[[Brand], Onlooker]) -> Results:
    """Play the whole week and return its figures.

    `watch` is given the brand and returns who is shown every message as it appears, and again when its text changes.
    """
    blog, week = read_sample_blog(monday=MONDAY), read_sample_week(monday=MONDAY)
    clock = ReplayClock(datetime.combine(MONDAY, time(5), tzinfo=ZONE))
    async with AsyncExitStack() as closing:
        folder = closing.enter_context(tempfile.TemporaryDirectory(prefix="konektor-demo-"))
        feed = await closing.enter_async_context(serve_feed(blog, clock))
        brand = _sample_brand(week, feed=feed, folder=Path(folder))
        service, parts, platforms = await closing.enter_async_context(
            serving(brand, clock=clock, own_process=False, timers=replayed_timers, glance=None)
        )
        onlooker = watch(parts.brand)
        name = next(iter(platforms))
        stage = cast("Stage", platforms[name])
        for key in week.communities:
            stage.listen(key, _forwarding(key, onlooker))
        for person, shown in week.people.items():
            stage.introduce(Person(ref=PersonRef(platform=name, id=person), name=shown))
        running = asyncio.create_task(service.run())
        await _act_out(week, _Cast(stage=stage, platform=name), clock, workers=service.waiting)
        results = await collect_results(parts)
        service.stop()
        await running
    return results


async def _act_out(week: Week, actors: _Cast, clock: ReplayClock, *, workers: int) -> None:
    for act in week.acts:
        await clock.advance(max(act.at, clock.now()), workers=workers)
        actors.perform(act)
        await actors.stage.committed()
        await clock.advance(clock.now() + MOMENT, workers=workers)
    end = datetime.combine(MONDAY + timedelta(days=7), time(), tzinfo=ZONE)
    await clock.advance(max(end, clock.now()), workers=workers)


def _sample_brand(week: Week, *, feed: str, folder: Path) -> Brand:
    """Read the sample configuration with its feed here and its store in `folder`, for the communities of the week."""
    environment = {"KONEKTOR_DEMO_FEED": feed, "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}"}
    brand = load_config(sample_home() / "config.yaml", environment).brand_or_refuse()
    return replace(
        brand,
        communities={key: brand.communities[key] for key in week.communities},
        # words alone are enough for so little material, and the week is to pass in a minute on any machine
        answers=replace(brand.answers, embedders=()),
    )


def _forwarding(key: str, onlooker: Onlooker) -> Callable[[str, Line | None], None]:
    seen: dict[str, str] = {}

    def forward(message_id: str, line: Line | None) -> None:
        # a reaction changes a message as well, but not what it says
        if line is not None and seen.get(message_id) != line.text:
            seen[message_id] = line.text
            onlooker(key, line)

    return forward
