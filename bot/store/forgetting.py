"""Everything about one person, gathered or erased, in SQL.

Beside the rows that are theirs, a person's id stands in what others did toward them, in messages that name them, and in
the ids of direct conversations and of joins and reactions; all of these are looked at.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, String, Table, and_, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.messages import ChannelRef, PersonRef
from bot.store.driver import Statement, as_list, fetch
from bot.store.outbox_states import ON_ITS_WAY
from bot.store.rows import insert_into
from bot.store.tables import allowance, event, forgotten, lane, member, outbox, question, rating

#: Kinds whose event ids are made of people's ids.
_NAMED_IN_ID = ("join", "leave", "reaction", "reaction_removed")

_LISTED = Statement(
    sqlite="SELECT digest FROM forgotten WHERE brand_id = ? AND digest IN (SELECT value FROM json_each(?))",
    postgres="SELECT digest FROM forgotten WHERE brand_id = %s AND digest = ANY(%s)",
)


class SqlForgetting:
    """Meets `bot.ports.store.Forgetting`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def digests(self) -> frozenset[str]:
        found = await self._connection.scalars(
            select(forgotten.c.digest).where(forgotten.c.brand_id == self._brand_id)
        )  # fmt: skip
        return frozenset(found)

    async def dated_digests(self) -> Mapping[str, datetime]:
        rows = await self._connection.execute(
            select(forgotten.c.digest, forgotten.c.forgotten_at).where(forgotten.c.brand_id == self._brand_id)
        )
        return {digest: at for digest, at in rows}  # noqa: C416  # rows are no pairs to the type checker

    async def everybody(self) -> frozenset[PersonRef]:
        named: set[PersonRef] = set()
        for table, column in ((member, member.c.person), (event, event.c.author), (question, question.c.person)):
            rows = await self._connection.execute(
                select(table.c.platform, column)
                .where(table.c.brand_id == self._brand_id, column.is_not(None))
                .distinct()
            )
            named |= {PersonRef(platform=platform, id=person) for platform, person in rows}
        aimed = await self._connection.stream(
            select(event.c.platform, event.c.toward).where(
                event.c.brand_id == self._brand_id, cast(event.c.toward, String) != "[]"
            )
        )
        async for platform, toward in aimed:
            named |= {PersonRef(platform=platform, id=person) for person, _ in toward}
        return frozenset(named)

    async def listed(self, digests: Collection[str]) -> frozenset[str]:
        found = await fetch(self._connection, _LISTED, self._brand_id, as_list(self._connection, digests))
        return frozenset(digest for (digest,) in found)

    async def list_digest(self, digest: str, at: datetime) -> None:
        await self._connection.execute(
            insert_into(self._connection, forgotten)
            .values(brand_id=self._brand_id, digest=digest, forgotten_at=at)
            .on_conflict_do_nothing()
        )

    async def unlist(self, digest: str) -> None:
        await self._connection.execute(
            delete(forgotten).where(forgotten.c.brand_id == self._brand_id, forgotten.c.digest == digest)
        )

    async def find_people(self, person: str) -> tuple[PersonRef, ...]:
        platforms: set[str] = set()
        for table, column in ((member, member.c.person), (event, event.c.author), (question, question.c.person)):
            platforms |= set(
                await self._connection.scalars(
                    select(table.c.platform).where(table.c.brand_id == self._brand_id, column == person).distinct()
                )
            )
        return tuple(PersonRef(platform=platform, id=person) for platform in sorted(platforms))

    async def everything_about(self, person: PersonRef) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        direct = await self._direct_channels(person)
        return {
            "member": await self._rows(member, self._of(member, person, member.c.person)),
            "events": await self._rows(event, self._own_events(person, direct)),
            "toward_them": await self._rows(
                event, and_(self._on(event, person), event.c.author != person.id, _holds(event.c.toward, person.id))
            ),
            "questions": await self._rows(question, self._of(question, person, question.c.person)),
            "ratings": await self._rows(rating, self._of(rating, person, rating.c.person)),
            "messages_to_them": await self._rows(outbox, outbox.c.id.in_(await self._answers(person, direct))),
        }

    async def erase(self, person: PersonRef) -> Mapping[str, int]:
        direct = await self._direct_channels(person)
        answers = await self._answers(person, direct)
        gone = {
            "messages_to_them": await self._delete(outbox, outbox.c.id.in_(answers)),
            "ratings": await self._delete(rating, self._of(rating, person, rating.c.person)),
            "questions": await self._delete(question, self._of(question, person, question.c.person)),
            "toward_them": await self._take_out_of_toward(person),
            "events": await self._delete(event, self._own_events(person, direct)) + await self._unnamed_events(person),
            "member": await self._delete(member, self._of(member, person, member.c.person)),
        }
        await self._leave_no_lane(person.platform, direct)
        return gone

    async def direct_channels(self, person: PersonRef) -> tuple[ChannelRef, ...]:
        known = await self._direct_channels(person)
        return tuple(
            ChannelRef(platform=person.platform, space=channel, channel=channel, direct=True) for channel in known
        )

    async def latest(self) -> datetime | None:
        found: datetime | None = await self._connection.scalar(
            select(func.max(forgotten.c.forgotten_at, type_=forgotten.c.forgotten_at.type)).where(
                forgotten.c.brand_id == self._brand_id
            )
        )
        return found

    async def settled_askers(self) -> tuple[PersonRef, ...]:
        rows = await self._connection.execute(
            select(question.c.platform, question.c.person)
            .where(question.c.brand_id == self._brand_id, question.c.due_at.is_(None))
            .distinct()
        )
        return tuple(PersonRef(platform=platform, id=person) for platform, person in rows)

    async def settled_direct(self) -> tuple[ChannelRef, ...]:
        rows = await self._connection.execute(
            select(outbox.c.platform, outbox.c.space, outbox.c.channel)
            .where(outbox.c.brand_id == self._brand_id, outbox.c.direct.is_(True), outbox.c.state.not_in(ON_ITS_WAY))
            .distinct()
        )
        return tuple(
            ChannelRef(platform=platform, space=space, channel=channel, direct=True)
            for platform, space, channel in rows
        )

    async def erase_settled(self, channel: ChannelRef) -> int:
        gone = await self._delete(
            outbox,
            and_(
                outbox.c.platform == channel.platform,
                outbox.c.direct.is_(True),
                outbox.c.channel == channel.channel,
                outbox.c.state.not_in(ON_ITS_WAY),
            ),
        )
        await self._leave_no_lane(channel.platform, [channel.channel])
        return gone

    async def _leave_no_lane(self, platform: str, direct: list[str]) -> None:
        """Remove the lanes and allowances of direct conversations through which nothing is to go any more."""
        for channel in direct:
            used = await self._connection.scalar(
                select(func.count()).where(
                    outbox.c.brand_id == self._brand_id, outbox.c.platform == platform, outbox.c.channel == channel
                )
            )
            if not used:
                await self._delete(lane, lane.c.lane.startswith(f"{platform}|{channel}|", autoescape=True))
                await self._delete(
                    allowance,
                    and_(
                        allowance.c.key.startswith(f"{platform}:", autoescape=True),
                        allowance.c.key.endswith(f":{channel}", autoescape=True),
                    ),
                )

    async def _direct_channels(self, person: PersonRef) -> list[str]:
        """Return the ids of their direct conversations; on some platforms it is their own id."""
        asked = await self._connection.scalars(
            select(question.c.channel)
            .where(self._of(question, person, question.c.person), question.c.direct.is_(True))
            .distinct()
        )
        written = await self._connection.scalars(
            select(event.c.channel)
            .where(self._of(event, person, event.c.author), event.c.community == "")
            .distinct()
        )  # fmt: skip
        return sorted({*asked, *written, person.id})

    def _on(self, table: Table, person: PersonRef) -> ColumnElement[bool]:
        return and_(table.c.brand_id == self._brand_id, table.c.platform == person.platform)

    def _of(self, table: Table, person: PersonRef, column: Column[Any]) -> ColumnElement[bool]:
        return and_(self._on(table, person), column == person.id)

    def _own_events(self, person: PersonRef, direct: list[str]) -> ColumnElement[bool]:
        return and_(
            self._on(event, person),
            or_(event.c.author == person.id, and_(event.c.community == "", event.c.channel.in_(direct))),
        )

    async def _unnamed_events(self, person: PersonRef) -> int:
        """Remove rows that name nobody but whose id is made of the person's."""
        ids = await self._connection.scalars(
            select(event.c.event_id).where(
                self._on(event, person),
                event.c.author.is_(None),
                event.c.kind.in_(_NAMED_IN_ID),
                event.c.event_id.contains(person.id, autoescape=True),
            )
        )
        named = [event_id for event_id in ids if person.id in event_id.split(":")]
        return await self._delete(event, and_(event.c.platform == person.platform, event.c.event_id.in_(named)))

    async def _take_out_of_toward(self, person: PersonRef) -> int:
        rows = await self._connection.execute(
            select(event.c.event_id, event.c.toward).where(
                self._on(event, person), _holds(event.c.toward, person.id)
            )
        )  # fmt: skip
        changed = 0
        for event_id, toward in rows.all():
            kept = [each for each in toward if each[0] != person.id]
            if kept != toward:
                changed += 1
                await self._connection.execute(
                    update(event).where(self._on(event, person), event.c.event_id == event_id).values(toward=kept)
                )
        return changed

    async def _answers(self, person: PersonRef, direct: list[str]) -> list[str]:
        """Return the ids of messages in the outbox that answer them, name them or go to them alone."""
        asked = set(
            await self._connection.scalars(select(question.c.id).where(self._of(question, person, question.c.person)))
        )
        wrote = {
            (channel, message_id)
            for channel, message_id in await self._connection.execute(
                select(event.c.channel, event.c.message_id).where(self._of(event, person, event.c.author))
            )
        }
        rows = await self._connection.execute(
            select(outbox.c.id, outbox.c.channel, outbox.c.direct, outbox.c.question_id, outbox.c.body).where(
                self._on(outbox, person)
            )
        )
        return [
            row.id
            for row in rows
            if row.question_id in asked
            or (row.direct and row.channel in direct)
            or (row.body["reply_to"] is not None and (row.channel, row.body["reply_to"]) in wrote)
            or any(span["mention"] is not None and span["mention"]["id"] == person.id for span in row.body["spans"])
        ]

    async def _rows(self, table: Table, where: ColumnElement[bool]) -> tuple[Mapping[str, Any], ...]:
        rows = await self._connection.execute(select(table).where(table.c.brand_id == self._brand_id, where))
        return tuple({name: value for name, value in row.items() if name != "brand_id"} for row in rows.mappings())

    async def _delete(self, table: Table, where: ColumnElement[bool]) -> int:
        gone = await self._connection.execute(delete(table).where(table.c.brand_id == self._brand_id, where))
        return gone.rowcount


def _holds(toward: Column[Any], person: str) -> ColumnElement[bool]:
    """Whether the JSON may name a person; what it really says is looked at in Python."""
    return cast(toward, String).contains(json.dumps(person), autoescape=True)
