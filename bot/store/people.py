"""The members in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import PersonRef
from bot.ports.records import Consent, Member
from bot.store.rows import insert_into
from bot.store.tables import member


class SqlPeople:
    """Meets `bot.ports.store.People`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def get(self, people: Collection[PersonRef]) -> Mapping[PersonRef, Member]:
        if not people:
            return {}
        rows = await self._connection.execute(
            select(member).where(
                member.c.brand_id == self._brand_id,
                tuple_(member.c.platform, member.c.person).in_([(person.platform, person.id) for person in people]),
            )
        )
        return {(found := _member_of(row)).person: found for row in rows.mappings()}

    async def met(self, people: Collection[PersonRef], at: datetime) -> None:
        if not people:
            return
        rows = [
            {
                "brand_id": self._brand_id,
                "platform": person.platform,
                "person": person.id,
                "consent": "unknown",
                "met_at": at,
            }
            for person in _in_lock_order(people)
        ]
        await self._connection.execute(insert_into(self._connection, member).on_conflict_do_nothing(), rows)

    async def introduced(self, people: Collection[PersonRef], at: datetime) -> None:
        for person in _in_lock_order(people):
            await self._change(person, introduced_at=at)

    async def told_of_flood(self, person: PersonRef, at: datetime) -> None:
        await self._change(person, flood_told_at=at)

    async def named(self, names: Mapping[PersonRef, str]) -> None:
        if names:
            await self._connection.execute(
                update(member)
                .where(
                    member.c.brand_id == self._brand_id,
                    member.c.platform == bindparam("of_platform"),
                    member.c.person == bindparam("of_person"),
                    member.c.consent != "out",
                )
                .values(name=bindparam("new_name")),
                [
                    {"of_platform": who.platform, "of_person": who.id, "new_name": names[who]}
                    for who in _in_lock_order(names)
                ],
            )

    async def set_consent(self, person: PersonRef, consent: Consent, *, name: str | None, at: datetime) -> None:
        await self.met((person,), at)
        await self._change(person, consent=consent, name=name, consent_at=at)

    async def set_language(self, person: PersonRef, language: str) -> None:
        await self._change(person, language=language)

    async def all(self) -> tuple[Member, ...]:
        rows = await self._connection.execute(
            select(member)
            .where(member.c.brand_id == self._brand_id)
            .order_by(member.c.met_at, member.c.platform, member.c.person)
        )
        return tuple(_member_of(row) for row in rows.mappings())

    async def _change(self, person: PersonRef, **values: Any) -> None:  # noqa: ANN401  # column values of any type
        await self._connection.execute(
            update(member)
            .where(
                member.c.brand_id == self._brand_id,
                member.c.platform == person.platform,
                member.c.person == person.id,
            )
            .values(values)
        )


def _in_lock_order(people: Collection[PersonRef]) -> list[PersonRef]:
    """Return people in the order in which whoever changes several takes their rows, so that none waits for ever."""
    return sorted(people, key=lambda person: (person.platform, person.id))


def _member_of(row: RowMapping) -> Member:
    return Member(
        person=PersonRef(platform=row["platform"], id=row["person"]),
        consent=row["consent"],
        name=row["name"],
        language=row["language"],
        introduced_at=row["introduced_at"],
        flood_told_at=row["flood_told_at"],
    )
