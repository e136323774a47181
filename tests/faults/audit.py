"""After the night: what the database believes, held against what the server has taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    #: Replies, posts and edits.
    sent: tuple[Queued, ...]
    unsettled: tuple[Queued, ...]
    #: Whether a post was corrected and what was shared of it was not.
    is_outdated: bool = False

    @property
    def taken(self) -> tuple[Queued, ...]:
        """The replies and posts sent."""
        return tuple(message for message in self.sent if message.kind in ("reply", "post"))

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
        waiting = any(question.due_at is not None for question, _ in self.questions)
        held = any(share.state in ("draft", "held") for share in self.shares)
        open_still = any(message.state not in ("unknown", "failed") for message in self.unsettled)
        return not (waiting or held or open_still or self.is_outdated)


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
            is_outdated=await work.shares.any_outdated(),
        )


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a night came to. All but the first are counts of what must not be, `unknown` excepted."""

    #: Messages the server has taken.
    sent: int
    #: What was committed and did not come about: asked and not answered, shared and not posted, recorded and not there.
    lost: int
    #: What arrived more than once.
    duplicates: int
    #: Messages of a lane that arrived after one that was to go behind them.
    reordered: int
    #: Sends nobody can know about, shown to a person.
    unknown: int
    #: Those of them that nothing had happened to: shown to a person without a reason.
    unknown_unfounded: int
    #: Sends that arrived, of which the database knows neither that nor that they may have.
    unknown_undeclared: int
    #: Each of these that must not be, for a person to read.
    breaches: tuple[str, ...]


def judge_sends(
    books: Books,
    arrived: list[Arrived],
    *,
    reads: Callable[[str, str], str] | None = None,
    killed_at: Sequence[datetime] | None = None,
    within: timedelta = timedelta(0),
) -> Verdict:
    """Hold every row against what arrived.

    `reads` tells what a message of the bot says by now, by channel and id, where posts are corrected. With `killed_at`,
    the moments at which a process died, each unknown send must have begun `within` so long before one of them.
    """
    unknown = [message for message in books.unsettled if message.state == "unknown"]
    waiting = [f"{m.state} for ever: {m.id} ({m.reason})" for m in books.unsettled if m.state != "unknown"]
    # what was recorded as sent arrived, under that very id
    taken = {(each.channel, each.id): each for each in arrived}
    recorded = [(message.channel.channel, message.message_id) for message in books.taken]
    missing = [f"recorded, never arrived: {key}" for key in recorded if key not in taken]
    # nothing arrived twice, whatever the database believes
    twice = [f"arrived {n} times: {key}" for key, n in Counter(map(_key, arrived)).items() if n > 1]
    twice += [f"recorded {n} times: {key}" for key, n in Counter(recorded).items() if n > 1]
    # what arrived and was not recorded is among the unknown, each at most once
    unrecorded = Counter(_key(each) for key, each in taken.items() if key not in set(recorded))
    believed = Counter((m.channel.channel, m.body.reply_to, _text(m)) for m in unknown)
    undeclared = [f"arrived, neither recorded nor unknown: {key}" for key in (unrecorded - believed).elements()]
    astray = _find_reordered(books, arrived)
    stale = [] if reads is None else _find_uncorrected(books, reads)
    unfounded = [] if killed_at is None else _find_unfounded(unknown, killed_at, within)
    return Verdict(
        sent=len(arrived),
        lost=len(waiting) + len(missing) + len(stale),
        duplicates=len(twice),
        reordered=len(astray),
        unknown=len(unknown),
        unknown_unfounded=len(unfounded),
        unknown_undeclared=len(undeclared),
        breaches=(*waiting, *missing, *stale, *twice, *unfounded, *undeclared, *astray),
    )


def _find_reordered(books: Books, arrived: list[Arrived]) -> list[str]:
    """In every channel replies arrive in the order of their rows, and so do posts."""
    rows = {(message.channel.channel, message.message_id): message for message in books.taken}
    last: dict[tuple[str, str], str] = {}
    astray = []
    for each in arrived:
        row = rows.get((each.channel, each.id))
        if row is None:
            continue
        lane = (each.channel, row.kind)
        if row.id < last.get(lane, ""):
            astray.append(f"{row.id} arrived after {last[lane]} in {lane}")
        last[lane] = max(row.id, last.get(lane, ""))
    return astray


def _find_uncorrected(books: Books, reads: Callable[[str, str], str]) -> list[str]:
    """Every corrected message says what its last correction made of it."""
    edits = sorted((message for message in books.sent if message.kind == "edit"), key=lambda message: message.id)
    last = {(edit.channel.channel, edit.target or ""): _text(edit) for edit in edits}
    return [f"corrected, and still reads as before: {key}" for key, text in last.items() if reads(*key) != text]


def _find_unfounded(unknown: list[Queued], killed_at: Sequence[datetime], within: timedelta) -> list[str]:
    """No send is doubtful but one that was under way when its process died, or whose answer never came."""
    return [
        f"unknown without a reason: {message.id} ({message.reason})"
        for message in unknown
        if message.begun_at is None
        or not (
            message.reason.startswith("no answer within")
            or any(message.begun_at <= at <= message.begun_at + within for at in killed_at)
        )
    ]


def _key(each: Arrived) -> tuple[str, str | None, str]:
    return each.channel, each.reply_to, each.text


def _text(message: Queued) -> str:
    return "".join(span.text for span in message.body.spans)
