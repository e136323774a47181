"""The pages about people: who engages, who connects, when a community is awake. Names only as each member allows."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from babel.dates import get_day_names

from bot.flows.rank_members import rank_connectors, rank_members
from bot.web.page import Page, Reader
from bot.web.tables import Column, Table

#: How far back the week of a community is looked at.
WEEKS = timedelta(weeks=4)
#: How many shades an hour can have.
SHADES = 8


async def build_members(reader: Reader) -> Page:
    """Who engages and who bridges, with the reasons in words."""
    site, say = reader.site, reader.say
    word = say("member")
    async with site.store.read(site.brand.id) as work:
        ranks = await rank_members(site.brand, site.known, work=work, community=None, now=reader.now, word=word)
        found = await rank_connectors(
            site.brand, site.known, work=work, compute=site.compute, community=None, now=reader.now, word=word
        )
    return Page(
        title=say("Members"),
        intro=say(
            "Connectors bridge groups of people; they need not be the ones who write most. "
            "Members appear by name only if they said so."
        ),
        tables=(
            Table(
                name="connectors",
                title=say("Connectors"),
                columns=(
                    Column(key="rank", label=say("Place"), kind="number"),
                    Column(key="name", label=say("Name")),
                    Column(key="between", label=say("Surely between")),
                    Column(key="reasons", label=say("Why")),
                ),
                rows=tuple(
                    (one.rank, name, f"{one.interval[0]}–{one.interval[1]}", "; ".join(one.reasons))  # noqa: RUF001  # a range
                    for name, one in found
                ),
                empty=say("Nobody bridges groups yet. It takes people who talk with each other where the bot is."),
            ),
            Table(
                name="members",
                title=say("Most engaged"),
                columns=(
                    Column(key="name", label=say("Name")),
                    Column(key="score", label=say("Score"), kind="number"),
                    Column(key="level", label=say("Level")),
                    Column(key="messages", label=say("Messages"), kind="number"),
                    Column(key="reasons", label=say("Why")),
                ),
                rows=tuple((one.name, one.score, one.level, one.messages, "; ".join(one.reasons)) for one in ranks),
                empty=say("Nobody yet: the list fills as people talk to each other where the bot is."),
            ),
        ),
    )


async def build_activity(reader: Reader) -> Page:
    """When members write, by weekday and hour of each community's own time."""
    site, say = reader.site, reader.say
    async with site.store.read(site.brand.id) as work:
        events = await work.events.since(None, reader.now - WEEKS)
    counts: Counter[tuple[int, int]] = Counter()
    by_day: Counter[tuple[str, str]] = Counter()
    for event in events:
        community = site.brand.communities.get(event.community)
        if event.kind == "message" and community is not None:
            local = event.at.astimezone(community.timezone)
            counts[local.weekday(), local.hour] += 1
            by_day[f"{local:%Y-%m-%d}", community.key] += 1
    names = get_day_names("wide", locale=reader.language)
    most = max(counts.values(), default=0)
    shades = [[-(-counts[day, hour] * SHADES // most) if most else 0 for hour in range(24)] for day in range(7)]
    days = sorted({day for day, _ in by_day})
    return Page(
        title=say("Activity"),
        intro=say("When members write, in each community's own time, over the last 4 weeks."),
        tables=(
            Table(
                name="hours",
                title=say("Messages by weekday and hour"),
                columns=(
                    Column(key="weekday", label=say("Weekday")),
                    *(Column(key=f"{hour:02}", label=f"{hour:02}", kind="number") for hour in range(24)),
                ),
                rows=tuple((names[day], *(counts[day, hour] for hour in range(24))) for day in range(7)),
                empty="",
            ),
            Table(
                name="days",
                title=say("Messages by day"),
                columns=(
                    Column(key="day", label=say("Day")),
                    *(Column(key=key, label=key, kind="number") for key in site.brand.communities),
                ),
                rows=tuple((day, *(by_day[day, key] for key in site.brand.communities)) for day in days),
                empty=say("No message yet."),
            ),
        ),
        template="activity.html",
        more={"shades": shades},
    )
