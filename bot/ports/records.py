"""What the store remembers, as frozen data: the rows that flows read, decide over and write back.

States are words, the same in the tables, the logs and on the pages. No SQL here, and no decisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias

from bot.messages import Button, ChannelRef, LinkCard, PersonRef, PostKind, Span, aware_utc
from bot.ports.answering import Citation

EventKind: TypeAlias = Literal[
    "message", "command", "press", "reaction", "reaction_removed", "join", "leave", "edit", "delete"
]
TowardKind: TypeAlias = Literal["reply", "mention", "reaction"]
#: Parts of the configuration that history hangs on by their key.
KeyKind: TypeAlias = Literal["community", "source", "campaign"]
Consent: TypeAlias = Literal["unknown", "in", "out"]
QuestionState: TypeAlias = Literal["waiting", "working", "answered", "unsure", "handed_over", "expired"]
#: What a member says of an answer.
Rating: TypeAlias = Literal["helpful", "unhelpful"]
#: What somebody says to one of the bot's messages.
RemarkKind: TypeAlias = Literal["thanks", "stop"]
ShareState: TypeAlias = Literal["draft", "awaiting_approval", "held", "queued", "skipped"]
#: The states in which a share is still to be sent.
WAITING_SHARES: tuple[ShareState, ...] = ("draft", "awaiting_approval", "held")
#: `replaced`: by a later version.
DraftState: TypeAlias = Literal["waiting", "approved", "rejected", "replaced", "expired"]
#: What is asked of the platform: to take a new message (reply, post), or to change or take back one that it took.
SendKind: TypeAlias = PostKind | Literal["edit", "delete"]
#: `held` waits for an earlier part of the same text that is unknown.
SendState: TypeAlias = Literal["pending", "sending", "retry", "held", "sent", "failed", "unknown", "dropped"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Toward:
    """Somebody an event was aimed at. One message may answer one person and name others."""

    #: Whom: the author of the message answered or reacted to, or the person named.
    person: PersonRef
    #: How.
    kind: TowardKind


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggedEvent:
    """Something that happened in a community, without what was said."""

    #: The platform's id of the event, unique for ever on the account that heard it.
    event_id: str
    #: What happened.
    kind: EventKind
    #: The community's key in the YAML; "" for a direct conversation, which counts for nobody.
    community: str
    #: The channel's id on its platform, without its thread: message ids are unique within it.
    channel: str
    #: When, aware UTC.
    at: datetime
    #: Who did it; for `delete`, whose message it was, and None when even that is unknown.
    author: PersonRef | None
    #: Whom it was aimed at, each person once per kind; empty when nobody, or when the event could not tell.
    toward: tuple[Toward, ...] = ()
    #: The message written, edited, deleted or reacted to; None for joins, leaves and menu commands.
    message_id: str | None = None
    #: The message this one answers, if any; in the same channel.
    reply_to: str | None = None
    #: Which reaction was put on or taken back; None for every other kind.
    emoji: str | None = None
    #: The album a message is a part of, unique within the channel; None for a message that is whole.
    part_of: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", aware_utc(self.at, "at"))


class ArchivedRow(NamedTuple):
    """A row of a brand as a backup holds it: a tuple, since there are millions of them."""

    table: str
    #: Column by column, in what JSON has: moments in ISO 8601, bytes in base64; without the brand.
    values: Mapping[str, Any]


class PastEvent(NamedTuple):
    """A logged event on its way from a history into the log: a tuple, since histories have millions of them."""

    event_id: str
    kind: EventKind
    community: str
    channel: str
    #: Aware.
    at: datetime
    #: The ids of who did it and of whom it was aimed at, all on one platform.
    author: str | None
    toward: tuple[tuple[str, TowardKind], ...] = ()
    message_id: str | None = None
    reply_to: str | None = None
    emoji: str | None = None
    #: What was written, where it may be kept.
    text: str | None = None


class TieRow(NamedTuple):
    """An event by which somebody may have turned to somebody, as the database gives it."""

    platform: str
    channel: str
    #: "message", "reaction" or "reaction_removed".
    kind: str
    author: str
    #: When, in UTC: "2026-11-24 08:00:00.000000", which sorts as time does.
    at: str
    event_id: str
    message_id: str | None
    reply_to: str | None
    #: As JSON: [[person id, kind], …].
    toward: str
    emoji: str | None


#: The fields of a `TieRow` in its order, for reading a million of them without naming each.
TieFields: TypeAlias = tuple[str, str, str, str, str, str, str | None, str | None, str, str | None]

#: A message that was deleted: platform, channel id and message id.
DeletedMessage: TypeAlias = tuple[str, str, str]


class StandingReaction(NamedTuple):
    """A reaction that is on a message, as far as the log knows."""

    channel: str
    message_id: str
    author: str
    emoji: str
    event_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """That a history was taken in, and why that was allowed."""

    id: str
    #: The file's name, without its folder.
    file: str
    #: Why this history may be used, in the words of whoever imported it.
    basis: str
    began_at: datetime
    #: What came in; None while it is under way.
    messages: int | None = None
    reactions: int | None = None
    unreadable: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownBrand:
    """A brand as the database has kept it since its first run."""

    #: What its history hangs on.
    id: str
    #: A secret of its own, which keeps pseudonyms from being guessed.
    key: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A person the brand has met on a platform."""

    #: Who.
    person: PersonRef
    #: What they said about being counted by name.
    consent: Consent
    #: Their display name; kept only where consent or the brand's `names` setting allows it.
    name: str | None
    #: The language they chose with /language, if any.
    language: str | None
    #: When the bot told them what it is; None while it has not.
    introduced_at: datetime | None
    #: When they were last told that they ask too much; None if never.
    flood_told_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SentMessage:
    """One of the bot's own messages, found again by what the platform called it."""

    #: The outbox row.
    outbox_id: str
    #: Reply or post.
    kind: PostKind
    #: The question it answers, if it does.
    question_id: str | None
    #: The share it carries, if it does.
    share_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """That somebody answered one of the bot's messages with thanks or with a "stop"; who it was is not kept."""

    community: str
    #: The bot's message.
    channel: ChannelRef
    message_id: str
    kind: RemarkKind
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """What members did with one of the bot's messages: a part of a shared post, or an answer to a question."""

    kind: Literal["post", "answer"]
    #: The share or the question: parts of one text have it in common.
    about: str
    #: The share's campaign; "" for an answer and for an announcement.
    campaign: str
    sent_at: datetime
    #: The reactions that are on it, each with who put it on ("" where that may not be known).
    reactions: tuple[tuple[str, str], ...] = ()
    #: Who has answered it ("" for all who may not be known).
    repliers: frozenset[str] = frozenset()
    remarks: frozenset[RemarkKind] = frozenset()
    #: When somebody took it away; None while it stands, and when the brand took it back itself.
    removed_at: datetime | None = None
    #: How often links of the share were followed, all its messages together.
    clicks: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Something a member asked that needs more than a fixed reply."""

    id: str
    #: The community's key; None in a direct conversation.
    community: str | None
    channel: ChannelRef
    person: PersonRef
    #: The message asked in; None for a menu command.
    message_id: str | None
    #: The handle to answer through, if the platform gave one.
    ticket: str | None
    #: "ask" for the knowledge; else the command whose answer must be worked out ("top", "me", "person").
    command: str
    #: What was asked.
    text: str
    #: The language of the reply.
    language: str
    #: Whether nothing is said when the answer is not known: it may have been a remark.
    only_if_known: bool
    state: QuestionState
    #: When it is to be looked at next; None when it is settled.
    due_at: datetime | None
    asked_at: datetime
    #: Whether it was put to nobody. When it is settled without an answer its text is not kept.
    unasked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """One time the bot answered a question that was put to nobody."""

    #: Whom.
    person: PersonRef
    #: When.
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a question ended, for a person to read."""

    state: QuestionState
    reason: str
    confidence: float | None = None
    citations: tuple[Citation, ...] = ()
    #: When to look again (a hand-over to come); None when it is settled.
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratings:
    """How many members found an answer helpful, and how many did not; each has one vote."""

    helpful: int = 0
    unhelpful: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """Where the reading of one feed stands."""

    source: str
    #: The address the configuration gave when this was begun.
    asked_url: str
    #: The address to ask, after permanent redirects.
    url: str
    etag: str | None = None
    last_modified: str | None = None
    next_check_at: datetime | None = None
    #: Failures in a row.
    failures: int = 0
    last_error: str | None = None
    #: When it was first read with success; None before that.
    first_read_at: datetime | None = None
    last_read_at: datetime | None = None
    #: Whether the server said it is gone for good (410).
    gone: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """A feed's hub, and what it has agreed to."""

    source: str
    #: The hub's address, and that of the feed as the hub knows it.
    hub: str
    topic: str
    #: When the hub is asked next.
    next_at: datetime
    #: Until when it pushes; None where it has not agreed.
    until: datetime | None = None
    #: When it had news that are not read yet; None when there are none.
    pushed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A blog post the brand has published, known once whatever feed it came in by."""

    id: str
    link: str | None
    title: str
    summary: str
    text: str
    author: str | None
    tags: tuple[str, ...]
    image_url: str | None
    published_at: datetime | None
    #: When it was first read.
    first_seen_at: datetime
    #: Whether it stood in the feed the first time the feed was read at all, or is older than what did.
    in_first_reading: bool
    content_hash: str
    #: Counts its corrections from 1.
    revision: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """What was decided about an item of a feed, and by what evidence."""

    source: str
    post_id: str
    verdict: Literal["new", "same", "changed"]
    #: "guid:…", "link:…", "content:…": what matched.
    evidence: tuple[str, ...]
    reason: str
    seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerEntry:
    """A slot of a campaign, decided once for ever."""

    campaign: str
    #: Nominal local wall time (or UTC with Z), and the community where each has its own.
    slot: str
    #: The community whose own time the slot is in; None for the campaign's.
    community: str | None
    outcome: Literal["ran", "missed"]
    #: What came of it, in words.
    detail: str
    nominal_at: datetime
    decided_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """One blog post on its way to one community."""

    id: str
    community: str
    #: "" for what is not one blog post: a digest, an announcement.
    post_id: str
    #: Which version of the post is shared: raised when it is let out, and when what was posted is corrected.
    revision: int
    #: "" for an announcement.
    campaign: str
    slot: str
    state: ShareState
    #: Why it is held or skipped, for a person to read.
    reason: str
    #: When a held one is looked at again.
    until: datetime | None
    created_at: datetime
    #: The posts of a digest, in the order in which they are told.
    items: tuple[str, ...] = ()
    #: Which variant of the campaign it was given; "" where there are none.
    variant: str = ""
    #: What an announcement says, word for word; None where a template says it.
    text: str | None = None
    #: Since when it has waited for a lull in the talk; None while it waits for something else.
    lull_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What a queued message says."""

    spans: tuple[Span, ...]
    reply_to: str | None = None
    ticket: str | None = None
    private: bool = False
    card: LinkCard | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """One version of what a share says, as editors see it: when it is approved, this and nothing else is posted."""

    share_id: str
    #: From 1.
    version: int
    #: The whole text and the card below it.
    body: Body
    #: Which version of the post it was made of.
    revision: int
    state: DraftState
    asked_at: datetime
    #: After this nobody can decide on it any more.
    expires_at: datetime
    #: The message of the outbox that shows it in the editors' channel; None where there is no such channel.
    announced_as: str | None = None
    decided_at: datetime | None = None
    #: Who decided, for a person to read; "" while nobody has.
    decided_by: str = ""
    #: Why, for a person to read.
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued:
    """One message in the outbox, or about to be."""

    id: str
    #: The community's key; None in a direct conversation.
    community: str | None
    channel: ChannelRef
    kind: SendKind
    body: Body
    created_at: datetime
    #: Not to be sent before; None for at once.
    not_before: datetime | None = None
    #: After this it is dropped, openly; None for never.
    useful_until: datetime | None = None
    #: Parts of one long text carry the id of their first part; an unsent part holds the ones after it.
    text_id: str | None = None
    share_id: str | None = None
    question_id: str | None = None
    #: For an edit or a deletion: the platform's id of the message it is about.
    target: str | None = None
    state: SendState = "pending"
    #: How often a send was begun.
    attempt: int = 0
    reason: str = ""
    #: When the last send was begun.
    begun_at: datetime | None = None
    #: Until when the worker that sends it owns it.
    lease_until: datetime | None = None
    #: Since when it may have been sent without our knowing; None while it certainly was not.
    uncertain_since: datetime | None = None
    #: The platform's message id once sent.
    message_id: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A message that the platform has taken."""

    #: As it was claimed.
    message: Queued
    #: Where it stands.
    channel: ChannelRef
    #: What the platform calls it.
    message_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """The emergency stop, for all, one community or one campaign; `posts` lets answers to a community go on.

    So do `admins` and `quiet`, which the admins of a community asked for; in a quiet one the bot does not join in.
    """

    scope: Literal["all", "community", "posts", "admins", "quiet", "campaign"]
    #: The key; "" for all.
    key: str
    since: datetime
    reason: str
    #: When it ends by itself; None when somebody has to end it.
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StrangePlace:
    """A place of no community of the configuration, in which the bot was spoken to."""

    #: Where that was last answered, without a thread.
    where: ChannelRef
    #: When the bot was first spoken to there, aware UTC.
    met_at: datetime
    #: When it last said that it is not set up there, aware UTC.
    told_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A channel that has a new address."""

    #: Without threads, which stay behind.
    old: ChannelRef
    new: ChannelRef
    #: When that was heard of.
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RateKey:
    """One documented limit as the shared limiter keeps it."""

    #: What it counts: the account, or one of its channels.
    key: str
    #: The time one send takes from the allowance.
    interval: timedelta
    #: How far ahead of an even rhythm a burst may run.
    tolerance: timedelta
