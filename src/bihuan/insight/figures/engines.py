"""The two engines: DuckDB in this process, or a Spark cluster. The only file that names them."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import date
from importlib import import_module
from typing import Any, Protocol

import duckdb
import ibis
import pyarrow as pa
from django.conf import settings
from ibis.expr import types as ir

from bihuan.insight.facts.export import COUNTS
from bihuan.insight.facts.shape import STEPS
from bihuan.insight.facts.store import File, Manifest, Store
from bihuan.insight.facts.tree import PLACES
from bihuan.insight.figures.compile import Tables
from bihuan.insight.problems import InsightError


class Engine(Protocol):
    """Reads facts and runs expressions on them."""

    def name(self, paths: Sequence[str]) -> str:
        """The name by which an expression speaks of the rows of some Parquet files."""

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The answer, a dictionary each row."""


class _DuckDB:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def name(self, paths: Sequence[str]) -> str:
        name = f"facts_{uuid.uuid4().hex}"
        self.connection.read_parquet(list(paths), hive_partitioning=False).create_view(name)
        return name

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        answer = self.connection.sql(ibis.to_sql(expression, dialect="duckdb"))
        found: list[dict[str, Any]] = answer.to_arrow_table().to_pylist()
        return found


class _Spark:
    def __init__(self, session: Any) -> None:
        self.session = session
        self.views: list[str] = []

    def name(self, paths: Sequence[str]) -> str:
        name = f"facts_{uuid.uuid4().hex}"
        self.session.read.parquet(*paths).createOrReplaceTempView(name)
        self.views.append(name)
        return name

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        found = self.session.sql(ibis.to_sql(expression, dialect="pyspark")).collect()
        return [row.asDict(recursive=True) for row in found]

    def forget(self) -> None:
        for name in self.views:
            self.session.catalog.dropTempView(name)


@contextmanager
def _duckdb() -> Iterator[Engine]:
    with closing(duckdb.connect()) as connection:
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
        engine = _Spark(builder.getOrCreate())
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


def tables(engine: Engine, facts: Store, manifest: Manifest, first: date, after: date) -> Tables:
    """The facts of some days as tables. Raises InsightError: nothing was exported, a file is gone."""
    if manifest.places is None:
        raise InsightError("insight.no_facts")

    def table(shape: pa.Schema, files: list[File]) -> ir.Table:
        name = engine.name([facts.path(one) for one in files])
        return ibis.table(ibis.Schema.from_pyarrow(shape), name=name)

    return Tables(
        table(STEPS, manifest.of_days(first, after)),
        table(PLACES, [manifest.places]),
        {name: table(COUNTS, [one]) for name, one in manifest.tallies.items()},
    )
