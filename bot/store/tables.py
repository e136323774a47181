"""The tables. Every one leads with `brand_id`, which is also the key a distributed PostgreSQL would spread them by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write UTC: without a zone where the database knows none."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a time to be stored must carry a zone, got the naive {value.isoformat()}"
            raise ValueError(msg)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str, *, key: bool = False, null: bool = False) -> Column[str]:
    return Column(name, String(255), primary_key=key, nullable=null)


def _brand() -> Column[str]:
    return _id("brand_id", key=True)


def _at(name: str, *, null: bool = True) -> Column[datetime]:
    return Column(name, UtcDateTime, nullable=null)


def _place() -> tuple[Column[Any], ...]:
    return (
        _id("platform"),
        _id("space"),
        _id("channel"),
        _id("thread", null=True),
        Column("direct", Boolean, nullable=False),
    )


def _index(*columns: str, where: str) -> Index:
    """Return an index of the rows that `where` holds for."""
    return Index(None, *columns, sqlite_where=text(where), postgresql_where=text(where))


brand = Table(
    "brand",
    metadata,
    _brand(),
    Column("name", Text, nullable=False),
    # keeps pseudonyms from being guessed
    Column("key", LargeBinary, nullable=False),
    _at("first_run_at", null=False),
)

event = Table(
    "event",
    metadata,
    _brand(),
    _id("platform", key=True),
    _id("event_id", key=True),
    Column("kind", String(20), nullable=False),
    _id("community"),
    _id("channel"),
    _at("happened_at", null=False),
    _id("author", null=True),
    _id("message_id", null=True),
    _id("reply_to", null=True),
    # [[person id, "reply" | "mention" | "reaction"], …]
    Column("toward", JSON, nullable=False),
    Column("emoji", String(100), nullable=True),
    Column("text", Text, nullable=True),
    _id("part_of", null=True),
    Index(None, "brand_id", "community", "happened_at"),
    Index(None, "brand_id", "platform", "channel", "message_id"),
    # most messages answer nothing: an index without them is half as long, and half as slow to fill
    Index(
        "ix_event_brand_id_platform_channel_reply_to",
        "brand_id",
        "platform",
        "channel",
        "reply_to",
        sqlite_where=text("reply_to IS NOT NULL"),
        postgresql_where=text("reply_to IS NOT NULL"),
    ),
)

member = Table(
    "member",
    metadata,
    _brand(),
    _id("platform", key=True),
    _id("person", key=True),
    Column("consent", String(10), nullable=False),
    Column("name", Text, nullable=True),
    Column("language", String(20), nullable=True),
    _at("introduced_at"),
    _at("flood_told_at"),
    _at("met_at", null=False),
    _at("consent_at"),
)

question = Table(
    "question",
    metadata,
    _brand(),
    _id("id", key=True),
    _id("community", null=True),
    *_place(),
    _id("person"),
    _id("message_id", null=True),
    Column("ticket", Text, nullable=True),
    Column("command", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(20), nullable=False),
    Column("only_if_known", Boolean, nullable=False),
    Column("unasked", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    # while a worker has it in hand: the end of the lease
    _at("due_at"),
    # what `due_at` was before; NULL while no worker has it in hand
    _at("was_due_at"),
    _at("asked_at", null=False),
    _at("settled_at"),
    Column("reason", Text, nullable=False, default=""),
    Column("confidence", Float, nullable=True),
    Column("citations", JSON, nullable=False, default=list),
    # when a member asked for a person below the answer
    _at("person_called_at"),
    Index(None, "brand_id", "due_at"),
    Index(None, "brand_id", "platform", "person", "asked_at"),
    Index(None, "brand_id", "asked_at"),
)

rating = Table(
    "rating",
    metadata,
    _brand(),
    _id("question_id", key=True),
    _id("platform", key=True),
    _id("person", key=True),
    Column("verdict", String(10), nullable=False),
    _at("rated_at", null=False),
    Index(None, "brand_id", "platform", "person"),
)

source = Table(
    "source",
    metadata,
    _brand(),
    _id("source", key=True),
    Column("asked_url", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("etag", Text, nullable=True),
    Column("last_modified", Text, nullable=True),
    _at("next_check_at"),
    Column("failures", Integer, nullable=False),
    Column("last_error", Text, nullable=True),
    _at("first_read_at"),
    _at("last_read_at"),
    Column("gone", Boolean, nullable=False),
)

# what the hub of a feed has agreed to
subscription = Table(
    "subscription",
    metadata,
    _brand(),
    _id("source", key=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    _at("next_at", null=False),
    _at("until"),
    _at("pushed_at"),
)

post = Table(
    "post",
    metadata,
    _brand(),
    _id("id", key=True),
    Column("link", Text, nullable=True),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=True),
    Column("tags", JSON, nullable=False),
    Column("image_url", Text, nullable=True),
    _at("published_at"),
    _at("first_seen_at", null=False),
    Column("in_first_reading", Boolean, nullable=False),
    _id("content_hash"),
    Column("revision", Integer, nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    _brand(),
    Column("kind", String(20), primary_key=True),
    _id("digest", key=True),
    _id("post_id"),
    Index(None, "brand_id", "post_id"),
)

sighting = Table(
    "sighting",
    metadata,
    _brand(),
    _id("source", key=True),
    _id("post_id", key=True),
    Column("verdict", String(20), nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    _at("seen_at", null=False),
)

campaign_start = Table(
    "campaign_start",
    metadata,
    _brand(),
    _id("campaign", key=True),
    _id("community", key=True),
    _at("started_at", null=False),
)

run_ledger = Table(
    "run_ledger",
    metadata,
    _brand(),
    _id("campaign", key=True),
    _id("slot", key=True),
    _id("community", null=True),
    Column("outcome", String(20), nullable=False),
    Column("detail", Text, nullable=False),
    _at("nominal_at", null=False),
    _at("decided_at", null=False),
    Index(None, "brand_id", "decided_at"),
)

share = Table(
    "share",
    metadata,
    _brand(),
    _id("id", key=True),
    _id("community"),
    _id("post_id"),
    Column("revision", Integer, nullable=False),
    # "" for the one share a post has in a community; the campaign's key where it may share again
    _id("again"),
    _id("campaign"),
    _id("slot"),
    # [post id, …] of a digest
    Column("items", JSON, nullable=False, default=list),
    _id("variant"),
    # what an announcement says
    Column("text", Text, nullable=True),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    _at("until"),
    _at("lull_since"),
    _at("created_at", null=False),
    _at("moved_at", null=False),
    _at("queued_at"),
    Column("clicks", Integer, nullable=False, default=0),
    UniqueConstraint("brand_id", "community", "post_id", "revision", "again"),
    Index(None, "brand_id", "state", "until"),
    Index(None, "brand_id", "community", "queued_at"),
    Index(None, "brand_id", "moved_at"),
)

# what people say to the bot's messages, without who said it
remark = Table(
    "remark",
    metadata,
    _brand(),
    _id("platform", key=True),
    _id("channel", key=True),
    _id("message_id", key=True),
    Column("kind", String(10), primary_key=True),
    _id("community"),
    _at("made_at", null=False),
    Index(None, "brand_id", "community", "made_at"),
)

# what editors were shown of a share; each version is decided on its own
draft = Table(
    "draft",
    metadata,
    _brand(),
    _id("share_id", key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", JSON, nullable=False),
    # of the post it was made of
    Column("revision", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    _at("asked_at", null=False),
    _at("expires_at", null=False),
    _id("announced_as", null=True),
    _at("decided_at"),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "brand_id", "decided_at"),
    _index("brand_id", "asked_at", where="state = 'waiting'"),
    _index("brand_id", "announced_as", where="announced_as IS NOT NULL"),
)

outbox = Table(
    "outbox",
    metadata,
    _brand(),
    # time-ordered: the order within a lane is the order of ids
    _id("id", key=True),
    _id("lane"),
    _id("community", null=True),
    *_place(),
    Column("kind", String(10), nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    _at("created_at", null=False),
    _at("not_before"),
    _at("useful_until"),
    _at("begun_at"),
    _at("lease_until"),
    _at("uncertain_since"),
    _at("sent_at"),
    _id("text_id", null=True),
    _id("share_id", null=True),
    _id("question_id", null=True),
    # the message that an edit or a deletion is about
    _id("target", null=True),
    _id("sent_channel", null=True),
    _id("message_id", null=True),
    # each holds only the rows it is for: what was sent long ago costs the next claim nothing
    _index("brand_id", "lane", "id", where="state IN ('pending', 'retry', 'sending')"),
    _index("brand_id", "lane", "lease_until", where="state = 'sending'"),
    _index("brand_id", "state", "id", where="state IN ('held', 'failed', 'unknown')"),
    _index("brand_id", "text_id", "id", where="text_id IS NOT NULL"),
    _index("brand_id", "platform", "sent_channel", "message_id", where="message_id IS NOT NULL"),
    _index("brand_id", "sent_at", where="sent_at IS NOT NULL"),
    _index("brand_id", "share_id", where="share_id IS NOT NULL"),
)

lane = Table(
    "lane",
    metadata,
    _brand(),
    _id("lane", key=True),
    _id("platform"),
    Column("kind", String(10), nullable=False),
    # when its head is to be looked at; NULL while it is empty
    _at("due_at"),
    _index("brand_id", "platform", "kind", "due_at", where="due_at IS NOT NULL"),
)

allowance = Table(
    "allowance",
    metadata,
    _brand(),
    _id("key", key=True),
    # the theoretical arrival time of GCRA
    _at("next_at", null=False),
    # moved with every send: with room on its page PostgreSQL writes the row anew beside itself and touches no index
    postgresql_with={"fillfactor": 50},
)

lease = Table(
    "lease",
    metadata,
    _brand(),
    _id("name", key=True),
    _id("owner"),
    _at("until", null=False),
)

# what a channel was called, and what it is called now
move = Table(
    "move",
    metadata,
    _brand(),
    _id("platform", key=True),
    _id("channel", key=True),
    _id("space"),
    _id("to_space"),
    _id("to_channel"),
    _at("moved_at", null=False),
)

pause = Table(
    "pause",
    metadata,
    _brand(),
    Column("scope", String(20), primary_key=True),
    _id("key", key=True),
    _at("since", null=False),
    _at("until"),
    Column("reason", Text, nullable=False),
)

strange_place = Table(
    "strange_place",
    metadata,
    _brand(),
    _id("platform", key=True),
    _id("space", key=True),
    _id("channel"),
    _at("met_at", null=False),
    _at("told_at", null=False),
)

imported = Table(
    "imported",
    metadata,
    _brand(),
    _id("id", key=True),
    Column("file", Text, nullable=False),
    Column("basis", Text, nullable=False),
    _at("began_at", null=False),
    Column("messages", Integer, nullable=True),
    Column("reactions", Integer, nullable=True),
    Column("unreadable", Integer, nullable=True),
)

forgotten = Table(
    "forgotten",
    metadata,
    _brand(),
    # a keyed hash: says no more than that somebody who is named again asked to be forgotten
    _id("digest", key=True),
    _at("forgotten_at", null=False),
)

# what an embedder made of a text of the brand's material: it can always be made again
vector = Table(
    "vector",
    metadata,
    _brand(),
    _id("embedder", key=True),
    # of the kind and the text
    Column("digest", String(64), primary_key=True),
    # half-precision floats, little-endian
    Column("numbers", LargeBinary, nullable=False),
)
