"""After the night: what the database believes, held against what the server has taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.assemble import assembled, load_config
from bot.ports.records import LoggedEvent, Outcome, Post, Question, Queued, Share
from tests.faults.far_side import Arrived


@dataclass(frozen=True, kw_only=True)
class Books:
    """Everything the database holds, for comparing."""

    events: tuple[LoggedEvent, ...]
    questions: tuple[tuple[Question, Outcome], ...]
    posts: tuple[Post, ...]
    shares: tuple[Share, ...]
    sent: tuple[Queued, ...]
    unsettled: tuple[Queued, ...]

    @property
    def posted(self) -> tuple[Queued, ...]:
        """The posts sent."""
        return tuple(message for message in self.sent if message.kind == "post")

    @property
    def replied(self) -> tuple[Queued, ...]:
        """The replies sent."""
        return tuple(message for message in self.sent if message.kind == "reply")

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do."""
        waiting = any(question.state in ("waiting", "working") for question, _ in self.questions)
        held = any(share.state in ("draft", "held") for share in self.shares)
        return not waiting and not held and all(message.state in ("unknown", "failed") for message in self.unsettled)


async def read_books(config: Path, environment: Mapping[str, str]) -> Books:
    """Read the database of a configuration; it may be in use."""
    brand = load_config(config, environment).brand_or_refuse()
    async with assembled(brand) as parts, parts.store.read(parts.brand.id) as work:
        start = parts.clock.now() - timedelta(days=1)
        return Books(
            events=await work.events.since(None, start),
            questions=await work.questions.recent(start),
            posts=await work.feeds.posts(),
            shares=await work.shares.recent(start),
            sent=await work.outbox.sent_since(start),
            unsettled=await work.outbox.unsettled(),
        )


def check_sends(books: Books, arrived: list[Arrived], *, may_be_unknown: bool = True) -> None:
    """Hold every row against what arrived: nothing twice, nothing lost, `unknown` only what nobody can know.

    Raises AssertionError.
    """
    assert [message for message in books.unsettled if message.state != "unknown" or not may_be_unknown] == []
    unknown = [message for message in books.unsettled if message.state == "unknown"]
    # what was recorded as sent arrived, under that very id
    taken = {(each.channel, each.id): each for each in arrived}
    recorded = [(message.channel.channel, message.message_id) for message in books.sent]
    assert [key for key in recorded if key not in taken] == []
    assert [key for key, times in Counter(recorded).items() if times > 1] == []
    # what arrived and was not recorded is among the unknown, each at most once
    unrecorded = Counter(_key(each) for key, each in taken.items() if key not in set(recorded))
    believed = Counter((m.channel.channel, m.body.reply_to, _text(m)) for m in unknown)
    assert unrecorded - believed == Counter()
    # nothing arrived twice, whatever the database believes
    assert [key for key, times in Counter(_key(each) for each in arrived).items() if times > 1] == []


def check_order(books: Books, arrived: list[Arrived]) -> None:
    """In every channel replies arrived in the order of their rows, and so did posts. Raises AssertionError."""
    rows = {(message.channel.channel, message.message_id): message for message in books.sent}
    lanes: dict[tuple[str, str], list[str]] = {}
    for each in arrived:
        row = rows.get((each.channel, each.id))
        if row is not None:
            lanes.setdefault((each.channel, row.kind), []).append(row.id)
    assert lanes == {lane: sorted(ids) for lane, ids in lanes.items()}


def _key(each: Arrived) -> tuple[str, str | None, str]:
    return each.channel, each.reply_to, each.text


def _text(message: Queued) -> str:
    return "".join(span.text for span in message.body.spans)
