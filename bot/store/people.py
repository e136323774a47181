"""The members in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import PersonRef
from bot.ports.records import Consent, Member
from bot.store.driver import Statement, as_list, as_moment, fetch, moment_of
from bot.store.tables import member

_MEMBERS = Statement(
    sqlite="SELECT person, consent, name, language, introduced_at, flood_told_at FROM member "
    "WHERE brand_id = ? AND platform = ? AND person IN (SELECT value FROM json_each(?))",
    postgres="SELECT person, consent, name, language, introduced_at, flood_told_at FROM member "
    "WHERE brand_id = %s AND platform = %s AND person = ANY(%s)",
)
_MET = Statement(
    # WHERE keeps ON CONFLICT from being read as the ON of a join (https://sqlite.org/lang_upsert.html, 2.2)
    sqlite="INSERT INTO member (brand_id, platform, consent, met_at, person) SELECT ?, ?, 'unknown', ?, value "
    "FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
    postgres="INSERT INTO member (brand_id, platform, consent, met_at, person) SELECT %s, %s, 'unknown', %s, person "
    "FROM unnest(%s::text[]) AS met (person) ON CONFLICT DO NOTHING RETURNING 1",
)
_INTRODUCED = Statement(
    sqlite="UPDATE member SET introduced_at = ? WHERE brand_id = ? AND platform = ? "
    "AND person IN (SELECT value FROM json_each(?))",
    postgres="UPDATE member SET introduced_at = %s WHERE brand_id = %s AND platform = %s "
    "AND person = ANY(%s) RETURNING 1",
)


class SqlPeople:
    """Meets `bot.ports.store.People`."""

    def __init__(self, connection: AsyncConnection, brand_id: str) -> None:
        self._connection = connection
        self._brand_id = brand_id

    async def get(self, people: Collection[PersonRef]) -> Mapping[PersonRef, Member]:
        found: dict[PersonRef, Member] = {}
        for platform, asked in _by_platform(people).items():
            ids = as_list(self._connection, asked)
            for id_, consent, name, language, introduced_at, flood_told_at in await fetch(
                self._connection, _MEMBERS, self._brand_id, platform, ids
            ):
                person = asked[id_]
                found[person] = Member(
                    person=person,
                    consent=consent,
                    name=name,
                    language=language,
                    introduced_at=moment_of(introduced_at),
                    flood_told_at=moment_of(flood_told_at),
                )
        return found

    async def met(self, people: Collection[PersonRef], at: datetime) -> None:
        for platform, met in _by_platform(_in_lock_order(people)).items():
            ids = as_list(self._connection, met)
            await fetch(self._connection, _MET, self._brand_id, platform, as_moment(self._connection, at), ids)

    async def introduced(self, people: Collection[PersonRef], at: datetime) -> None:
        for platform, told in _by_platform(_in_lock_order(people)).items():
            ids = as_list(self._connection, told)
            await fetch(self._connection, _INTRODUCED, as_moment(self._connection, at), self._brand_id, platform, ids)

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


def _by_platform(people: Collection[PersonRef]) -> Mapping[str, dict[str, PersonRef]]:
    """Return people by platform and id, in their order."""
    found: dict[str, dict[str, PersonRef]] = {}
    for person in people:
        found.setdefault(person.platform, {})[person.id] = person
    return found


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
