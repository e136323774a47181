"""Many rows in one statement on either database: what claims, commits of many sends and batches of events need.

PostgreSQL takes all rows as one JSON text (`json_to_recordset`): the statement is the same for one row and for a
thousand, so it is compiled once, and a driver that quotes value by value has one value to quote. SQLite runs in this
process, where one statement per row costs next to nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    ScalarSelect,
    Table,
    TableValuedAlias,
    Text,
    Update,
    and_,
    any_,
    bindparam,
    case,
    column,
    false,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import aware_utc

#: A value for each column by its name.
Row = Mapping[str, Any]


def is_postgres(connection: AsyncConnection) -> bool:
    """Whether the database takes arrays and locks rows."""
    return connection.dialect.name == "postgresql"


def is_among(connection: AsyncConnection, tested: Column[str], values: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of `values`."""
    if is_postgres(connection):
        return tested == any_(sql_cast(literal(_array_literal(values), Text), ARRAY(Text)))
    return tested.in_(values)


def is_given(tested: Column[str], name: str, *, postgres: bool) -> ColumnElement[bool]:
    """Return the condition that a column holds one of the texts that `texts` makes for the parameter `name`."""
    if postgres:
        return tested == any_(sql_cast(bindparam(name, type_=Text), ARRAY(Text)))
    return tested.in_(bindparam(name, expanding=True))


def texts(values: Collection[str], *, postgres: bool) -> str | list[str]:
    """Return the value of a parameter of `is_given`."""
    return _array_literal(values) if postgres else list(values)


def is_found_by(tested: Column[str], found: ScalarSelect[str], *, postgres: bool) -> ColumnElement[bool]:
    """Return the condition that a column holds one of the values that a SELECT finds, each looked up in its index."""
    if postgres:
        # `IN (SELECT …)` may be planned as a join that reads the whole table
        return tested == any_(func.array(found))
    return tested.in_(found.element)


def in_passing(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition that is tested on the rows found by others, and is no way to find them.

    States change faster than PostgreSQL's statistics: where they say that hardly a row is in one, it would begin with
    all rows, look at their state and find the wanted few among them.
    """
    return case((condition, true()), else_=false())


def in_code_order(connection: AsyncConnection, column: Column[str]) -> ColumnElement[str]:
    """Return a column to sort by as Python sorts texts, so that rows are locked in one order by whoever sorts them.

    PostgreSQL sorts by the language of the database otherwise, which may pass over signs.
    """
    return column.collate("C") if is_postgres(connection) else column


async def update_rows(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[Row],
    *,
    keys: tuple[str, ...],
    same: Row | None = None,
    condition: ColumnElement[bool] | None = None,
    returning: Column[str] | None = None,
) -> Sequence[str]:
    """Set in each row found by its `keys` the other columns given, where `condition` holds. All rows name the same.

    `same` is set in all of them alike. Returns the column `returning` of those that were found.
    """
    if not rows:
        return ()
    names = tuple(rows[0])
    if is_postgres(connection):
        statement = _update_from_json(table, names, keys)
        given: Any = {"b_rows": _as_json(rows)}
    else:
        statement = _update_one(table, names, keys)
        given = [{f"b_{name}": row[name] for name in names} for row in rows]
    if same:
        statement = statement.values(same)
    if condition is not None:
        statement = statement.where(condition)
    if returning is None:
        await connection.execute(statement, given)
        return ()
    answering = statement.returning(returning)
    if is_postgres(connection):
        return (await connection.scalars(answering, given)).all()
    return [found for row in given for found in await connection.scalars(answering, row)]


async def insert_rows(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[Row],
    *,
    if_there: Literal["refuse", "leave"] | Mapping[str, Any] = "refuse",
    returning: Sequence[Column[Any]] = (),
) -> Sequence[tuple[Any, ...]]:
    """Insert rows that all name the same columns, and return the columns `returning` of those inserted or set.

    `if_there` says what becomes of one whose key is there already: an error, nothing, or columns that are set.
    """
    if not rows:
        return ()
    names = tuple(rows[0])
    statement: postgresql.Insert | sqlite.Insert
    given: Any
    if is_postgres(connection):
        source = _rows_of_json(table, names)
        statement = postgresql.insert(table).from_select(list(names), select(*(source.c[name] for name in names)))
        given = {"b_rows": _as_json(rows)}
    else:
        statement = sqlite.insert(table)
        given = list(rows)
    if if_there == "leave":
        statement = statement.on_conflict_do_nothing()
    elif if_there != "refuse":
        statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=if_there)
    if not returning:
        await connection.execute(statement, given)
        return ()
    return [tuple(row) for row in await connection.execute(statement.returning(*returning), given)]


def excluded(connection: AsyncConnection, table: Table, name: str) -> ColumnElement[Any]:
    """Return the value that an insertion brought for a column, for `if_there`."""
    inserting = postgresql.insert(table) if is_postgres(connection) else sqlite.insert(table)
    return inserting.excluded[name]


@cache
def _rows_of_json(table: Table, names: tuple[str, ...]) -> TableValuedAlias:
    columns = (column(name, table.c[name].type) for name in names)
    rows = sql_cast(bindparam("b_rows", type_=Text), JSON)
    return func.json_to_recordset(rows).table_valued(*columns, name="given").render_derived(with_types=True)


@cache
def _update_from_json(table: Table, names: tuple[str, ...], keys: tuple[str, ...]) -> Update:
    source = _rows_of_json(table, names)
    found = and_(*(table.c[key] == source.c[key] for key in keys))
    return update(table).where(found).values({name: source.c[name] for name in names if name not in keys})


def _as_json(rows: Sequence[Row]) -> str:
    return json.dumps(rows, default=_moment_as_json, separators=(",", ":"))


def _moment_as_json(value: object) -> str:
    if isinstance(value, datetime):
        return aware_utc(value, "a time to be stored").isoformat()
    msg = f"{type(value).__name__} cannot be stored"
    raise TypeError(msg)


def _array_literal(values: Collection[str]) -> str:
    """Return PostgreSQL's own way of writing an array of texts (its manual, 8.15.6)."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


@cache
def _update_one(table: Table, names: tuple[str, ...], keys: tuple[str, ...]) -> Update:
    found = and_(*(table.c[key] == bindparam(f"b_{key}") for key in keys))
    return update(table).where(found).values({name: bindparam(f"b_{name}") for name in names if name not in keys})
