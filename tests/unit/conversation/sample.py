"""A small brand and the events its members send; every test says only what is different."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.brand import Answers, Brand, Community, Engagement, Handoff, Privacy
from bot.conversation.hear import MemberState
from bot.messages import ChannelRef, CommandGiven, IncomingMessage, Person, PersonRef, Place

GROUP = ChannelRef(platform="sandbox", space="warung", channel="warung")
DIRECT = ChannelRef(platform="sandbox", space="dm-sari", channel="dm-sari", direct=True)
SARI = Person(ref=PersonRef(platform="sandbox", id="sari"), name="Sari")
MEMBER = MemberState(introduced=True, consent="unknown", language=None, questions_last_hour=0, flood_notified=False)
WARUNG = Community(
    key="warung",
    platform="sandbox",
    place=Place(posts=GROUP),
    language="id",
    timezone=ZoneInfo("Asia/Jakarta"),
    quiet_hours=None,
    max_posts=None,
)
BRAND = Brand(
    id="kopi-tani",
    id_is_given=True,
    name="Kopi Tani",
    bot_name="Tani",
    never_say=(),
    languages=("id", "en"),
    privacy_policy="https://kopitani.example/privacy",
    store_url="sqlite:////tmp/konektor.db",
    path=Path("config.yaml"),
    accounts={},
    people={},
    communities={"warung": WARUNG},
    sources={},
    campaigns={},
    answers=Answers(
        sources=(),
        speak_when=frozenset({"mention", "reply_to_bot", "command"}),
        confidence="careful",
        cite_sources=True,
        handoff=Handoff(to="dewi", after=timedelta(minutes=15)),
    ),
    engagement=Engagement(
        points={"message": 1.0},
        daily_cap=40.0,
        half_life=timedelta(days=30),
        levels={},
        connectors_window=timedelta(days=90),
        connectors_min_people=5,
        ignored=frozenset(),
    ),
    privacy=Privacy(
        introduce_as_bot="first_message",
        store_text="none",
        consent="pseudonymous",
        names="opt_in",
        keep_events=timedelta(days=180),
        keep_questions=timedelta(days=90),
    ),
)


def brand_with(**answers: object) -> Brand:
    """The brand with some of its `answers` changed."""
    return replace(BRAND, answers=replace(BRAND.answers, **answers))  # type: ignore[arg-type] # any field of Answers


def message(
    text: str,
    *,
    channel: ChannelRef = GROUP,
    mentions_bot: bool = False,
    replies_to_bot: bool = False,
    author: Person = SARI,
) -> IncomingMessage:
    """Something Sari wrote."""
    return IncomingMessage(
        event_id="e1",
        at=datetime(2026, 11, 24, 8, tzinfo=UTC),
        channel=channel,
        message_id="m1",
        author=author,
        text=text,
        mentions_bot=mentions_bot,
        replies_to_bot=replies_to_bot,
    )


def command(name: str, arguments: str = "", *, channel: ChannelRef = GROUP) -> CommandGiven:
    """A command Sari gave."""
    return CommandGiven(
        event_id="e1",
        at=datetime(2026, 11, 24, 8, tzinfo=UTC),
        channel=channel,
        name=name,
        arguments=arguments,
        author=SARI,
    )
