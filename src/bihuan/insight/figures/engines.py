"""The two engines: DuckDB in this process, or a Spark cluster. The only file that names them."""

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from bihuan.insight.facts.store import File, Manifest, Store
from bihuan.insight.figures import kept
from bihuan.insight.figures.question import PLACES_NAME, STEPS_NAME, counter
from bihuan.insight.problems import InsightError

if TYPE_CHECKING:
    import duckdb


class Engine(Protocol):
    """Holds facts under names and answers queries about them, in its own dialect of SQL."""

    @property
    def dialect(self) -> str:
        """What Ibis calls its dialect."""

    def hold(self, tables: Mapping[str, Mapping[str, File]]) -> None:
        """Gives the rows of some Parquet files, by where each is, a name for each table, and holds
        nothing else."""

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The answer, a dictionary each row."""


# Longer answers (who is behind a figure, everybody by name) are asked anew.
_KEPT_ROWS = 200


class _DuckDB:
    dialect = "duckdb"

    def __init__(self) -> None:
        self.wanted: Mapping[str, Mapping[str, File]] = {}
        self.held: dict[str, list[tuple[str, str]]] = {}

    @cached_property
    def connection(self) -> "duckdb.DuckDBPyConnection":
        """Not before there is something to compute: what was answered already needs no engine."""
        return _memory(os.getpid()).cursor()

    def hold(self, tables: Mapping[str, Mapping[str, File]]) -> None:
        self.wanted = tables

    def _bring(self) -> None:
        for name in self.held.keys() - self.wanted.keys():
            self.connection.execute(f"DROP VIEW {name}")
            del self.held[name]
        for name, files in self.wanted.items():
            wanted = [(path, file.digest) for path, file in files.items()]
            # One question after the other asks for the same files: their footers are read once.
            if self.held.get(name) != wanted:
                self._view(name, files)
                self.held[name] = wanted

    def _view(self, name: str, paths: Iterable[str]) -> None:
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        # Of this connection alone: other threads hold other files under the same name.
        reading = f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false)"  # noqa: S608 - paths of our own manifest
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {reading}")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        # The same words about files of the same content have the same answer, whenever they are asked.
        held = {
            name: [file.digest for file in files.values()] for name, files in self.wanted.items()
        }
        key = sha256(json.dumps([sql, held], sort_keys=True).encode()).hexdigest()
        found = kept.find(key)
        if found is None:
            found = self._asked(sql)
            if len(found.rows) <= _KEPT_ROWS:
                kept.keep(key, found, {one for digests in held.values() for one in digests})
        return [dict(zip(found.names, row, strict=True)) for row in found.rows]

    def _asked(self, sql: str) -> kept.Table:
        self._bring()
        # Not as a relation: that one is bound twice, half of the time that a figure takes.
        asked = self.connection.execute(sql)
        return kept.Table(tuple(column[0] for column in asked.description), asked.fetchall())


class _Spark:
    dialect = "pyspark"

    def __init__(self, session: Any) -> None:
        self.session = session

    def hold(self, tables: Mapping[str, Mapping[str, File]]) -> None:
        for name, files in tables.items():
            self.session.read.parquet(*files).createOrReplaceTempView(name)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [row.asDict(recursive=True) for row in self.session.sql(sql).collect()]

    def forget(self) -> None:
        for table in self.session.catalog.listTables():
            self.session.catalog.dropTempView(table.name)


@lru_cache(maxsize=1)
def _memory(process: int) -> "duckdb.DuckDBPyConnection":
    """One DuckDB a process: to start one takes longer than most figures."""
    import duckdb  # noqa: PLC0415 - tens of megabytes, and most answers are kept

    del process
    return duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "parquet_metadata_cache": "true",
            # Names in a question mean files held, never a variable of ours that is called the same;
            # to look through them took a seventh of the time of a figure.
            "python_enable_replacements": "false",
        }
    )


class _Own(threading.local):
    """What a thread has of its process's DuckDB, and goes on with: to hold the same files anew for each
    question took a third of the time of a figure."""

    process = 0
    free: list[_DuckDB]

    @contextmanager
    def taken(self) -> Iterator[Engine]:
        if self.process != os.getpid():
            self.process, self.free = os.getpid(), []
        # One who asks while being asked gets another.
        engine = self.free.pop() if self.free else _DuckDB()
        yield engine
        # Not after a failure: nobody knows what such a one holds.
        self.free.append(engine)


_OWN = _Own()


@contextmanager
def _spark() -> Iterator[Engine]:
    try:
        builder = import_module("pyspark.sql").SparkSession.builder
    except ImportError as error:
        raise InsightError("insight.no_spark") from error
    builder = builder.appName("bihuan").master(settings.SPARK_MASTER)
    quiet = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": settings.TIME_ZONE,
        "spark.sql.shuffle.partitions": "8",
        "spark.log.level": "ERROR",
    }
    for key, value in quiet.items():
        builder = builder.config(key, value)
    try:
        # A session of its own each time: two threads may hold other files under the same names.
        engine = _Spark(builder.getOrCreate().newSession())
    except Exception as error:  # whatever Java or the network says, the operator needs one line
        raise InsightError("insight.spark_failed", master=settings.SPARK_MASTER) from error
    try:
        yield engine
    finally:
        engine.forget()


_ENGINES: Mapping[str, Callable[[], AbstractContextManager[Engine]]] = {
    "duckdb": _OWN.taken,
    "spark": _spark,
}


@contextmanager
def chosen() -> Iterator[Engine]:
    """The engine that BIHUAN_ENGINE names. Raises InsightError when there is none such, or it does
    not start."""
    if settings.ENGINE not in _ENGINES:
        names = ", ".join(sorted(_ENGINES))
        raise InsightError("insight.unknown_engine", name=settings.ENGINE, names=names)
    with _ENGINES[settings.ENGINE]() as engine:
        yield engine


def hold(engine: Engine, facts: Store, manifest: Manifest, first: date, after: date) -> None:
    """Has an engine hold the facts of some days.

    Raises InsightError: nothing was exported, a file is gone."""
    if manifest.places is None:
        raise InsightError("insight.no_facts")
    tables = {
        STEPS_NAME: manifest.of_days(first, after),
        PLACES_NAME: [manifest.places],
        **{counter(name): [file] for name, file in manifest.tallies.items()},
    }
    engine.hold({name: {facts.path(one): one for one in files} for name, files in tables.items()})
