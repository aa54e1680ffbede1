"""The event log as Arrow, and how far it may be read.

On PostgreSQL numbers are given out before their transactions commit: event 8 may be there and event
7 not yet. So an export stops at a number below which nothing can come any more: it notes the last
number given out, then who is writing to the log, and waits until those have ended. That suffices
because an insert locks its table before it draws a number, keeps the lock until it has committed,
and lets go only when others can see its rows. On SQLite writers queue, and the last number is it.
"""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

import adbc_driver_postgresql as postgresql
import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_manager import AdbcConnection, AdbcStatement
from django.db import connection

from bihuan.insight.facts import apart
from bihuan.insight.facts.marks import Mark
from bihuan.insight.facts.streams import Stream
from bihuan.insight.problems import InsightError

# Half a second of short transactions; one that takes longer is waited for by the next export.
PATIENCE = 25
PAUSE = 0.02
EVENTS = pa.schema(
    [
        ("id", pa.int64()),
        ("stream", pa.string()),
        ("seq", pa.int64()),
        ("type", pa.string()),
        ("at", pa.string()),
        ("data", pa.string()),
    ]
)
_ROWS = 'SELECT id, stream, seq, type, "at", data FROM audit_event'
_ORGS = (
    "SELECT e.id, e.stream, e.data FROM orgs_org o "
    "JOIN audit_event e ON e.stream = 'org:' || o.id WHERE e.id <= {0} ORDER BY e.id"
)
_FRESH = "id > {0} AND id <= {1} AND ({2})"
_BEGUN_BEFORE = (
    "SELECT stream FROM audit_event WHERE id > {0} AND id <= {1} AND ({2}) "
    "GROUP BY stream HAVING min(seq) > 1"
)
# So many streams are asked for by name; of more the database finds the names itself.
_BY_NAME = 1000
# A stretch of so many events is read here: sooner than a process of its own is there to read it.
_FEW = 5000


class Reader(Protocol):
    """An open connection for reading."""

    def table(self, sql: str, shape: pa.Schema | None, *, many: bool = False) -> pa.Table:
        """The answer to a query; `many`: it may have more rows than are well read one by one."""


@dataclass(frozen=True)
class _Postgres:
    # The driver's lower half: its DB-API brings pandas with it, a second of every command.
    statement: AdbcStatement

    def table(self, sql: str, shape: pa.Schema | None, *, many: bool = False) -> pa.Table:
        del shape, many
        self.statement.set_sql_query(sql)
        answer, _ = self.statement.execute_query()
        return pa.RecordBatchReader.from_stream(answer).read_all()


@dataclass
class _SQLite:
    """Few rows are read by Python's own SQLite, which is the one that Django writes with; `apart` tells
    why another process reads many."""

    path: str
    own: sqlite3.Connection
    process: subprocess.Popen[bytes] | None = None

    def table(self, sql: str, shape: pa.Schema | None, *, many: bool = False) -> pa.Table:
        found = self._apart(sql) if many else self._here(sql)
        # An empty answer of SQLite has no types: it knows only those of values.
        return found if found.num_rows or shape is None else shape.empty_table()

    def _here(self, sql: str) -> pa.Table:
        try:
            cursor = self.own.execute(sql)
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise InsightError("insight.unread") from error
        names = [column for column, *_ in cursor.description]
        return pa.table(
            [pa.array(one) for one in zip(*rows, strict=True)] or [[]] * len(names), names
        )

    def _apart(self, sql: str) -> pa.Table:
        if self.process is None:
            command = [sys.executable, "-m", apart.__name__, self.path]
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(sql)}\n".encode())
        self.process.stdin.flush()
        try:
            return pa.ipc.open_stream(self.process.stdout).read_all()
        except pa.ArrowInvalid as error:
            # Nothing came: the reader has said on standard error what the database did not like.
            raise InsightError("insight.unread") from error

    def close(self) -> None:
        """Ends what was begun to read."""
        self.own.close()
        if self.process is not None:
            self.process.communicate()


def _begun_before(events: pa.Table) -> list[str]:
    """The streams whose first event is not among these."""
    first = events.group_by("stream").aggregate([("seq", "min")])
    begun: list[str] = first.filter(pc.greater(first["seq_min"], 1))["stream"].to_pylist()
    return begun


def _of_kind(events: pa.Table, kind: Stream) -> pa.Table:
    """Those of one kind of streams; all of them, as mostly, are not copied."""
    ours = pc.starts_with(events["stream"], f"{kind.name}:")
    if pc.all(ours, min_count=0).as_py():
        return events
    return events.filter(ours)


def _literal(value: int | str) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Source:
    """The log, open for reading."""

    reader: Reader

    def table(self, sql: str, *values: int | str, shape: pa.Schema | None = None) -> pa.Table:
        """The answer to a query whose values, of our own making, are written {0}, {1}, …"""
        return self.reader.table(sql.format(*map(_literal, values)), shape)

    def tail(self, high: int) -> tuple[int, str]:
        """The newest event up to a number, and its hash; (0, '') while there is none."""
        sql = "SELECT id, hash FROM audit_event WHERE id <= {0} ORDER BY id DESC LIMIT 1"
        found = self.table(sql, high).to_pylist()
        return (int(found[0]["id"]), str(found[0]["hash"])) if found else (0, "")

    def last(self) -> int:
        """The number of the newest event that can be seen."""
        return int(self.table("SELECT coalesce(max(id), 0) AS n FROM audit_event")["n"][0].as_py())

    def events(self, kinds: Sequence[Stream], low: int, high: int) -> dict[str, pa.Table]:
        """By kind of streams, the events numbered low < id <= high and what came before them in
        those streams: a fact tells how things stood, which only the whole stream knows."""
        named = " OR ".join(f"stream LIKE {_literal(f'{one.name}:%')}" for one in kinds)
        many = high - low > _FEW
        sql = f"{_ROWS} WHERE {_FRESH.format(low, high, named)}"
        found = self.reader.table(sql, EVENTS, many=many)
        begun = _begun_before(found)
        if begun:
            known = ", ".join(map(_literal, begun))
            if len(begun) > _BY_NAME:
                known = _BEGUN_BEFORE.format(low, high, named)
            sql = f"{_ROWS} WHERE id <= {low} AND stream IN ({known})"
            before = self.reader.table(sql, EVENTS, many=many)
            found = pa.concat_tables([before, found])
        return {one.name: _of_kind(found, one) for one in kinds}

    def orgs_changed(self, low: int, high: int) -> bool:
        """Whether an organisation changed in the events low < id <= high."""
        sql = "SELECT count(*) AS n FROM audit_event WHERE id > {0} AND id <= {1} AND stream LIKE 'org:%'"
        return bool(self.table(sql, low, high)["n"][0].as_py())

    def org_events(self, high: int) -> pa.Table:
        """The events of organisations up to a number, in the order they were written."""
        # By each one's stream: the log is long, and organisations are a small part of it.
        return self.reader.table(_ORGS.format(high), None, many=high > _FEW)


def _uri() -> str:
    given = connection.settings_dict
    where = {name.lower(): str(given[name]) for name in ("HOST", "PORT") if given[name]}
    login = quote(str(given["USER"]), safe="")
    if given["PASSWORD"]:
        login += f":{quote(str(given['PASSWORD']), safe='')}"
    return f"postgresql://{login}@/{quote(str(given['NAME']), safe='')}?{urlencode(where)}"


@contextmanager
def opened() -> Iterator[Source]:
    """A connection of its own, for reading only, to the database that the product uses."""
    if connection.vendor == "postgresql":
        with (
            closing(postgresql.connect(_uri())) as database,
            closing(AdbcConnection(database)) as made,
            closing(AdbcStatement(made)) as statement,
        ):
            yield Source(_Postgres(statement))
        return
    path = f"file:{quote(str(connection.settings_dict['NAME']))}?mode=ro"
    # Stretches are taken by several threads, one at a time.
    reader = _SQLite(path, sqlite3.connect(path, uri=True, check_same_thread=False))
    with closing(reader):
        yield Source(reader)


def settled(source: Source, left: list[Mark]) -> tuple[int, list[Mark]]:
    """(number up to which the log is complete, marks to be tried again by the next export).

    `left` are the marks an earlier export could not wait for."""
    if connection.vendor != "postgresql":
        return source.last(), []
    mark = _mark(source)
    # Within a transaction of one's own that one would be waited for, too.
    for _ in range(1 if connection.in_atomic_block else PATIENCE):
        if not mark.writers or _ended(mark, _writers(source)):
            return mark.event, []
        time.sleep(PAUSE)
    marks = sorted([*left, mark], key=lambda m: m.event)
    writing = _writers(source)
    passed = [m.event for m in marks if _ended(m, writing)]
    waiting = [m for m in marks if not _ended(m, writing)]
    # The oldest still waiting is the next to pass; more than it and the newest help nobody.
    return max(passed, default=0), waiting[:1] + waiting[-1:] if len(waiting) > 1 else waiting


def _mark(source: Source) -> Mark:
    last = source.table("SELECT last_value AS n FROM audit_event_id_seq")["n"][0].as_py()
    # Asked afterwards: who had a number then is still among them, or has ended.
    return Mark(int(last), tuple(sorted(_writers(source))))


def _ended(mark: Mark, writing: set[str]) -> bool:
    return writing.isdisjoint(mark.writers)


def _writers(source: Source) -> set[str]:
    """The transactions that write to the log at this moment."""
    sql = (
        "SELECT DISTINCT virtualtransaction AS who FROM pg_locks WHERE locktype = 'relation' "
        "AND relation = 'audit_event'::regclass AND mode = 'RowExclusiveLock' AND granted "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return set(source.table(sql)["who"].to_pylist())
