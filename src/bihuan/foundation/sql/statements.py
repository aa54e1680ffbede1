"""Statements that every step makes: worked out once, and sent to the database in as few messages.

Half of a step's time went into composing the same few statements, a third into waiting for the
answers to one after another. A statement that needs no answer waits until `together()` ends, and
PostgreSQL takes all that wait in one message.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    TextField,
)

Columns = Mapping[str, Any]
# What becomes of a row that is there already: an error, nothing, it takes the new values, or they
# are added to its own.
OR_FAIL, OR_LEAVE, OR_SET, OR_ADD = "fail", "leave", "set", "add"
_PLAIN: dict[type, type] = {
    BigAutoField: int,
    BigIntegerField: int,
    BooleanField: bool,
    CharField: str,
    IntegerField: int,
    PositiveIntegerField: int,
    PositiveSmallIntegerField: int,
    TextField: str,
}


@dataclass(frozen=True)
class Statement:
    """SQL and its values; `told`, if given, is called with the number of rows it touched."""

    sql: str
    values: Sequence[Any]
    told: Callable[[int], None] | None = None


def _there() -> BaseDatabaseWrapper:
    # Asked for once, not at every attribute: `connection` looks for this thread's own each time.
    return connections[DEFAULT_DB_ALIAS]


def _asked(statements: Sequence[Statement], take: Callable[[CursorWrapper], Any]) -> list[Any]:
    """What `take` makes of each statement's answer, in one message where the database lets us."""
    there = _there()
    with there.cursor() as cursor:
        # Known of PostgreSQL only: values that the server binds leave it one statement a message.
        if not getattr(there.features, "uses_server_side_binding", True):
            values = [value for one in statements for value in one.values]
            cursor.execute("; ".join(one.sql for one in statements), values)
            found = [take(cursor)]
            while cursor.nextset():
                found.append(take(cursor))
            return found
        found = []
        for one in statements:
            cursor.execute(one.sql, one.values)
            found.append(take(cursor))
        return found


def answers(questions: Sequence[Statement]) -> list[list[tuple[Any, ...]]]:
    """The rows that each of several queries finds, at once."""
    return _asked(questions, lambda cursor: cursor.fetchall())


_waiting: ContextVar[list[Statement] | None] = ContextVar("waiting", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Statements sent within wait for its end, in their order; queries within do not see them yet.

    For use inside a transaction: after an error within, none of them is sent. What the database
    says of them is raised at the end."""
    if _waiting.get() is not None:
        yield
        return
    gathered: list[Statement] = []
    token = _waiting.set(gathered)
    try:
        yield
    finally:
        _waiting.reset(token)
    if gathered:
        _run(gathered)


def send(statement: Statement) -> None:
    """Runs a statement, now or with those it waits for. Raises what the database raises."""
    waiting = _waiting.get()
    if waiting is None:
        _run([statement])
    else:
        waiting.append(statement)


def run(statement: Statement) -> int:
    """Runs a statement now, whatever waits; returns the number of rows it touched."""
    (touched,) = _asked([statement], lambda cursor: cursor.rowcount)
    return int(touched)


def _run(statements: Sequence[Statement]) -> None:
    touched = _asked(statements, lambda cursor: cursor.rowcount)
    for one, rows in zip(statements, touched, strict=True):
        if one.told is not None:
            one.told(rows)


# Statements about the rows of one table


@cache
def _fields(model: type[Model]) -> dict[str, "Field[Any, Any]"]:
    return {field.attname: field for field in model._meta.concrete_fields}


def _name(name: str) -> str:
    return connection.ops.quote_name(name)


@cache
def _as_it_is(model: type[Model], vendor: str) -> dict[str, type | None]:
    """For each column the type whose values go to the database as they are."""
    plain = {**_PLAIN, DateTimeField: datetime} if vendor == "postgresql" else _PLAIN
    found: dict[str, type | None] = {}
    for name, field in _fields(model).items():
        # What refers to a row goes as that row's number does.
        own = field.target_field if isinstance(field, ForeignKey) else field
        found[name] = plain.get(type(own))
    return found


@cache
def _json(model: type[Model], vendor: str) -> frozenset[str]:
    """The columns whose values PostgreSQL takes as the text of their JSON, as it is written here."""
    there = vendor == "postgresql"
    return frozenset(n for n, one in _fields(model).items() if there and type(one) is JSONField)


def _stored(model: type[Model], columns: Columns) -> list[Any]:
    fields, there = _fields(model), _there()
    plain, as_json = _as_it_is(model, there.vendor), _json(model, there.vendor)
    return [
        value
        if value is None or type(value) is plain[name]
        else json.dumps(value)
        if name in as_json
        else fields[name].get_db_prep_save(value, there)
        for name, value in columns.items()
    ]


@cache
def _inserting(
    model: type[Model], names: tuple[str, ...], existing: str, once: tuple[str, ...]
) -> tuple[str, str, str]:
    """What stands before the rows, one row, and what stands behind them."""
    column = {name: _name(str(field.column)) for name, field in _fields(model).items()}
    row = f"({', '.join(['%s'] * len(names))})"
    table = _name(model._meta.db_table)
    into = f"INSERT INTO {table} ({', '.join(column[n] for n in names)}) VALUES "  # noqa: S608 - our models' names
    if existing == OR_LEAVE:
        return into, row, " ON CONFLICT DO NOTHING"
    if existing in (OR_SET, OR_ADD):
        known = ", ".join(column[n] for n in once)
        new = [column[n] for n in names if n not in once]
        own = {one: f"{table}.{one} + " if existing == OR_ADD else "" for one in new}
        sets = ", ".join(f"{one} = {own[one]}EXCLUDED.{one}" for one in new)
        return into, row, f" ON CONFLICT ({known}) DO UPDATE SET {sets}"
    return into, row, ""


def insert(
    model: type[Model],
    rows: Sequence[Columns],
    *,
    existing: str = OR_FAIL,
    once: Sequence[str] = (),
) -> Statement:
    """New rows with the same columns in the same order; what is not named is NULL.

    With OR_SET and OR_ADD a row that has the same values of the columns `once` is there already."""
    if existing in (OR_FAIL, OR_LEAVE):
        said = [name for name in rows[0] if any(row[name] is not None for row in rows)]
        rows = [{name: row[name] for name in said} for row in rows]
    into, row, then = _inserting(model, tuple(rows[0]), existing, tuple(once))
    sql = f"{into}{', '.join([row] * len(rows))}{then}"
    return Statement(sql, [value for one in rows for value in _stored(model, one)])


def columns(row: Model) -> dict[str, Any]:
    """What a row says, without its number."""
    return {
        name: getattr(row, name) for name, one in _fields(type(row)).items() if not one.primary_key
    }


def add(*rows: Model) -> None:
    """Inserts rows of one model now and gives each its number. Raises what the database raises."""
    asked = insert(type(rows[0]), [columns(row) for row in rows])
    key = rows[0]._meta.pk
    assert key is not None
    returning = f"{asked.sql} RETURNING {_name(str(key.column))}"
    numbers = answers([Statement(returning, asked.values)])[0]
    for row, (number,) in zip(rows, numbers, strict=True):
        row.pk = number
        row._state.adding, row._state.db = False, connection.alias


@cache
def _tests(model: type[Model], where: tuple[tuple[str, int], ...]) -> str:
    column = _fields(model)
    return " AND ".join(
        f"{_name(str(column[name].column))} IN ({', '.join(['%s'] * n)})" for name, n in where
    )


@cache
def _updating(
    model: type[Model], names: tuple[str, ...], where: tuple[tuple[str, int], ...]
) -> str:
    column = {name: _name(str(field.column)) for name, field in _fields(model).items()}
    sets = ", ".join(f"{column[name]} = %s" for name in names)
    table = _name(model._meta.db_table)
    return f"UPDATE {table} SET {sets} WHERE {_tests(model, where)}"  # noqa: S608 - names of our models


def update(
    model: type[Model],
    columns: Columns,
    where: Mapping[str, Sequence[Any]],
    told: Callable[[int], None] | None = None,
) -> Statement:
    """New values for the rows whose columns hold one of the values that `where` gives them."""
    sql = _updating(model, tuple(columns), tuple((name, len(of)) for name, of in where.items()))
    values = [*_stored(model, columns), *(value for of in where.values() for value in of)]
    return Statement(sql, values, told)
