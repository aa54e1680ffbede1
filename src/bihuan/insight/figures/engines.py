"""The two engines: DuckDB in this process, or a Spark cluster. The only file that names them."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import date
from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol

import duckdb
from django.conf import settings

from bihuan.insight.facts.store import Manifest, Store
from bihuan.insight.figures.question import PLACES_NAME, STEPS_NAME, counter
from bihuan.insight.problems import InsightError


class Engine(Protocol):
    """Holds facts under names and answers queries about them, in its own dialect of SQL."""

    @property
    def dialect(self) -> str:
        """What Ibis calls its dialect."""

    def hold(self, name: str, paths: Sequence[str]) -> None:
        """Gives the rows of some Parquet files a name, instead of those that had it."""

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The answer, a dictionary each row."""


class _DuckDB:
    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.held: dict[str, list[str]] = {}

    def hold(self, name: str, paths: Sequence[str]) -> None:
        # A total after its groups asks for the same files: their footers are read once.
        if self.held.get(name) == list(paths):
            return
        self.held[name] = list(paths)
        files = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        # Of this connection alone: other threads hold other files under the same name.
        reading = f"SELECT * FROM read_parquet([{files}], hive_partitioning = false)"  # noqa: S608 - paths of our own manifest
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {reading}")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        # Not as a relation: that one is bound twice, half of the time that a figure takes.
        found = self.connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


class _Spark:
    dialect = "pyspark"

    def __init__(self, session: Any) -> None:
        self.session = session

    def hold(self, name: str, paths: Sequence[str]) -> None:
        self.session.read.parquet(*paths).createOrReplaceTempView(name)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [row.asDict(recursive=True) for row in self.session.sql(sql).collect()]

    def forget(self) -> None:
        for table in self.session.catalog.listTables():
            self.session.catalog.dropTempView(table.name)


@lru_cache(maxsize=1)
def _memory(process: int) -> duckdb.DuckDBPyConnection:
    """One DuckDB a process: to start one takes longer than most figures."""
    del process
    return duckdb.connect(
        config={"autoinstall_known_extensions": "false", "parquet_metadata_cache": "true"}
    )


@contextmanager
def _duckdb() -> Iterator[Engine]:
    with closing(_memory(os.getpid()).cursor()) as connection:
        yield _DuckDB(connection)


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
    "duckdb": _duckdb,
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
    for name, files in tables.items():
        engine.hold(name, [facts.path(one) for one in files])
