"""The pages to read: each is built from the store, through the flows where there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.conversation.choices import is_gap
from bot.flows.foresee_posts import foresee_posts
from bot.ports.records import WAITING_SHARES, Outcome, Question, Queued, Ratings, Share
from bot.web.page import Page, Reader, Tile
from bot.web.tables import Column, Table

#: How far back pages look.
DAY = timedelta(days=1)
MONTH = timedelta(days=30)
#: How far the calendar looks ahead, in days.
AHEAD = 14


async def build_today(reader: Reader) -> Page:
    """What the last day brought, and what waits."""
    site, say = reader.site, reader.say
    start = reader.now - DAY
    async with site.store.read(site.brand.id) as work:
        sent = [message for message in await work.outbox.sent_since(start) if message.share_id is not None]
        moved = {share.id: share for share in await work.shares.recent(start)}
        waiting = await work.shares.waiting()
        asked = await work.questions.recent(start)
        ratings = await work.questions.ratings(start)
        unsettled = await work.outbox.count_unsettled()
        pauses = await work.pauses.all(site.clock.now())
        ids = {share.post_id for share in (*moved.values(), *waiting)}
        titles = {post.id: post.title for post in await work.feeds.posts(ids)}
    ends = Counter(outcome.state for _, outcome in asked)
    shared = tuple(
        (
            message.sent_at,
            message.community,
            _title_of(moved.get(message.share_id or ""), titles) or text_of(message),
            message.state,
        )
        for message in reversed(sent)
    )
    return Page(
        title=say("Today"),
        intro=say("What happened in the last 24 hours, and what waits."),
        tiles=(
            Tile(label=say("Posts shared"), value=len({message.share_id for message in sent})),
            Tile(label=say("Questions asked"), value=len(asked)),
            Tile(label=say("Answered"), value=ends["answered"]),
            Tile(label=say("Not known"), value=ends["unsure"] + ends["handed_over"]),
            Tile(label=say("Posts waiting"), value=len(waiting)),
            Tile(label=say("Sends uncertain"), value=unsettled.get("unknown", 0), is_alarming="unknown" in unsettled),
        ),
        tables=(
            Table(
                name="shared",
                title=say("Shared"),
                columns=(
                    Column(key="sent_at", label=say("Time"), kind="time"),
                    Column(key="community", label=say("Community")),
                    Column(key="post", label=say("Post")),
                    Column(key="state", label=say("State"), kind="state"),
                ),
                rows=shared,
                empty=say("Nothing was shared. The calendar shows what comes next."),
            ),
            _waiting_table(reader, waiting, titles),
            _question_table(
                reader, "questions", say("Questions"), asked[::-1], say("Nobody asked anything."), ratings=ratings
            ),
        ),
        template="today.html",
        more={
            "pauses": pauses,
            "platforms": [(name, site.vitals.platform(name)) for name in site.platforms],
        },
    )


async def build_calendar(reader: Reader) -> Page:
    """Every post to come."""
    site, say = reader.site, reader.say
    lines = await foresee_posts(site.brand, store=site.store, now=reader.now, days=AHEAD)
    return Page(
        title=say("Calendar"),
        intro=say("Every post of the next 14 days: when, where, and why not sooner."),
        tables=(
            Table(
                name="plan",
                title=say("Planned"),
                columns=(
                    Column(key="at", label=say("Time"), kind="time"),
                    Column(key="local", label=say("There")),
                    Column(key="community", label=say("Community")),
                    Column(key="campaign", label=say("Campaign")),
                    Column(key="post", label=say("Post")),
                    Column(key="verdict", label=say("Plan"), kind="state"),
                    Column(key="reason", label=say("Why")),
                ),
                rows=tuple(
                    (
                        line.at,
                        f"{line.at.astimezone(site.brand.communities[line.community].timezone):%H:%M}",
                        line.community,
                        line.campaign,
                        line.post,
                        line.verdict,
                        line.reason,
                    )
                    for line in lines
                ),
                empty=say("Nothing is planned: no campaign is enabled, or none has a slot."),
            ),
        ),
    )


async def build_campaigns(reader: Reader) -> Page:
    """What each campaign did in a month."""
    site, say = reader.site, reader.say
    async with site.store.read(site.brand.id) as work:
        shares = await work.shares.recent(reader.now - MONTH)
        ledger = await work.shares.ledger(reader.now - MONTH)
        pauses = await work.pauses.all(site.clock.now())
    paused = {pause.key for pause in pauses if pause.scope == "campaign"}
    counts = Counter((share.campaign, share.state) for share in shares)
    return Page(
        title=say("Campaigns"),
        intro=say("What each campaign did in the last 30 days."),
        tables=(
            Table(
                name="campaigns",
                title=say("Campaigns"),
                columns=(
                    Column(key="campaign", label=say("Campaign")),
                    Column(key="state", label=say("State"), kind="state"),
                    Column(key="communities", label=say("Communities")),
                    Column(key="let_out", label=say("Let out"), kind="number"),
                    Column(key="waiting", label=say("Waiting"), kind="number"),
                    Column(key="skipped", label=say("Skipped"), kind="number"),
                ),
                rows=tuple(
                    (
                        campaign.key,
                        "paused" if campaign.key in paused else "enabled" if campaign.enabled else "resting",
                        ", ".join(campaign.communities),
                        counts[campaign.key, "queued"],
                        sum(counts[campaign.key, state] for state in WAITING_SHARES),
                        counts[campaign.key, "skipped"],
                    )
                    for campaign in site.brand.campaigns.values()
                ),
                empty=say("No campaign is configured."),
            ),
            Table(
                name="slots",
                title=say("Slots"),
                columns=(
                    Column(key="nominal_at", label=say("Time"), kind="time"),
                    Column(key="campaign", label=say("Campaign")),
                    Column(key="community", label=say("Community")),
                    Column(key="outcome", label=say("State"), kind="state"),
                    Column(key="detail", label=say("What came of it")),
                ),
                rows=tuple(
                    (entry.nominal_at, entry.campaign, entry.community, entry.outcome, entry.detail)
                    for entry in reversed(ledger)
                ),
                empty=say("No slot has come yet."),
            ),
        ),
        template="campaigns.html",
        more={"pauses": pauses},
    )


async def build_questions(reader: Reader) -> Page:
    """What members asked, and what the material lacks."""
    site, say = reader.site, reader.say
    async with site.store.read(site.brand.id) as work:
        asked = [pair for pair in await work.questions.recent(reader.now - MONTH) if pair[0].command == "ask"]
        ratings = await work.questions.ratings(reader.now - MONTH)
    asked.reverse()
    gaps = [pair for pair in asked if is_gap(pair[1], ratings.get(pair[0].id, Ratings()))]
    return Page(
        title=say("Questions"),
        intro=say(
            "What members asked in the last 30 days. Gaps are what your material did not answer, or not helpfully: "
            "write it down."
        ),
        tables=(
            _question_table(
                reader, "gaps", say("Gaps"), gaps, say("No gap: every question found its answer."), ratings=ratings
            ),
            _question_table(
                reader, "questions", say("All questions"), asked, say("Nobody asked anything."), ratings=ratings
            ),
        ),
    )


async def build_outbox(reader: Reader) -> Page:
    """What waits, failed or is uncertain."""
    site, say = reader.site, reader.say
    async with site.store.read(site.brand.id) as work:
        messages = await work.outbox.unsettled()
    for_person = [message for message in messages if message.state in ("unknown", "failed")]
    waiting = [message for message in messages if message.state not in ("unknown", "failed")]
    return Page(
        title=say("Outbox"),
        intro=say("A send is uncertain when the platform's answer was lost. Look there: has it arrived? Then drop it."),
        tables=(
            _outbox_table(
                reader, "unknown", say("To decide"), for_person, say("Nothing failed, nothing is uncertain.")
            ),
            _outbox_table(reader, "waiting", say("Waiting"), waiting, say("Nothing waits.")),
        ),
    )


async def build_config(reader: Reader) -> Page:
    """What `konektor check` says of the file now."""
    say = reader.say
    checked = reader.site.check()
    return Page(
        title=say("Configuration"),
        intro=say(
            "What the file says now, in plain words. "
            "A change is taken up while the service runs; one that does not hold is not."
        ),
        tables=(
            Table(
                name="problems",
                title=say("Problems"),
                columns=(
                    Column(key="line", label=say("Line"), kind="number"),
                    Column(key="severity", label=say("State"), kind="state"),
                    Column(key="message", label=say("What is wrong, and what to do")),
                ),
                rows=checked.problems,
                empty=say("No problem: the configuration holds."),
            ),
            Table(
                name="plan",
                title=say("In plain words"),
                columns=(
                    Column(key="part", label=say("Part")),
                    Column(key="key", label=say("Key")),
                    Column(key="text", label=say("What happens")),
                ),
                rows=checked.plan,
                empty=say("Correct the errors first."),
            ),
        ),
    )


def text_of(message: Queued) -> str:
    """Return what a message says, as far as it is anybody's business: neither who is named nor what is private."""
    if message.body.private:
        return "…"
    return "".join("@…" if span.mention else span.text for span in message.body.spans)


def _title_of(share: Share | None, titles: dict[str, str]) -> str | None:
    return titles.get(share.post_id) if share is not None else None


def _waiting_table(reader: Reader, waiting: Sequence[Share], titles: dict[str, str]) -> Table:
    say = reader.say
    return Table(
        name="waiting",
        title=say("Waiting"),
        columns=(
            Column(key="post", label=say("Post")),
            Column(key="community", label=say("Community")),
            Column(key="campaign", label=say("Campaign")),
            Column(key="state", label=say("State"), kind="state"),
            Column(key="reason", label=say("Why")),
            Column(key="until", label=say("Until"), kind="time"),
        ),
        rows=tuple(
            (
                titles.get(share.post_id, share.post_id),
                share.community,
                share.campaign,
                share.state,
                share.reason,
                share.until,
            )
            for share in waiting
        ),
        empty=say("No post waits."),
    )


def _question_table(
    reader: Reader,
    name: str,
    title: str,
    asked: Sequence[tuple[Question, Outcome]],
    empty: str,
    *,
    ratings: Mapping[str, Ratings],
) -> Table:
    """Questions without their askers: what is asked is the brand's business, who asks is not."""
    say = reader.say
    return Table(
        name=name,
        title=title,
        columns=(
            Column(key="asked_at", label=say("Time"), kind="time"),
            Column(key="community", label=say("Community")),
            Column(key="question", label=say("Question")),
            Column(key="state", label=say("State"), kind="state"),
            Column(key="reason", label=say("Why")),
            Column(key="sources", label=say("Sources")),
            Column(key="helpful", label=say("Helpful"), kind="number"),
            Column(key="unhelpful", label=say("Not helpful"), kind="number"),
        ),
        rows=tuple(
            (
                question.asked_at,
                question.community,
                question.text or f"/{question.command}",
                outcome.state,
                outcome.reason,
                ", ".join(dict.fromkeys(citation.title for citation in outcome.citations)),
                ratings.get(question.id, Ratings()).helpful,
                ratings.get(question.id, Ratings()).unhelpful,
            )
            for question, outcome in asked
            # a direct conversation is between the bot and one person
            if question.community is not None
        ),
        empty=empty,
    )


def _outbox_table(reader: Reader, name: str, title: str, messages: Sequence[Queued], empty: str) -> Table:
    say = reader.say
    return Table(
        name=name,
        title=title,
        columns=(
            Column(key="created_at", label=say("Time"), kind="time"),
            Column(key="community", label=say("Community")),
            Column(key="kind", label=say("Kind"), kind="state"),
            Column(key="state", label=say("State"), kind="state"),
            Column(key="reason", label=say("Why")),
            Column(key="text", label=say("Text")),
            Column(key="id", label=say("Decision"), kind="actions"),
        ),
        rows=tuple(
            (
                message.created_at,
                message.community,
                message.kind,
                message.state,
                message.reason,
                text_of(message),
                message.id if message.state in ("unknown", "failed") else None,
            )
            for message in messages
        ),
        empty=empty,
    )
