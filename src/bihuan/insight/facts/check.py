"""Verifying: the folder against its manifest, and every fact against the log it came from."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
from django.conf import settings

from bihuan.insight.facts import shape, source, streams
from bihuan.insight.facts.export import STRETCH, Run
from bihuan.insight.facts.store import Manifest, Store, digest

# Named one by one up to here; a folder in which more is wrong is rebuilt, not read.
NAMED = 20


@dataclass(frozen=True)
class Finding:
    """What is wrong (`key` of a message), where, and how many times."""

    where: str
    key: str
    count: int = 1


def findings(facts: Store, *, stretch: int = STRETCH) -> Iterator[Finding]:
    """Everything in which the facts differ from the log; nothing when they are what they should be.

    Reads the whole log up to the facts' horizon. What happened since is not looked at."""
    state = facts.manifest()
    broken = list(_files(facts, state))
    yield from broken
    with source.opened() as log:
        if state.tail and log.tail(state.tail) != (state.tail, state.tail_hash):
            yield Finding(f"#{state.tail}", "other_log")
            return
        if broken:
            return
        run = Run(facts, log, streams.vocabulary(), stretch)
        for low in range(0, state.horizon, stretch):
            yield from _differences(run, state, low, min(low + stretch, state.horizon))


def _files(facts: Store, state: Manifest) -> Iterator[Finding]:
    for file in state.files():
        path = facts.folder / file.path
        if not path.exists():
            yield Finding(file.path, "file_gone")
        elif digest(path) != file.digest:
            yield Finding(file.path, "file_altered")


def _comparable(rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    columns = [f'"{n}"' if n != "said" else "said::VARCHAR AS said" for n in shape.STEPS.names]
    return rows.project(", ".join(columns))


def _differences(run: Run, state: Manifest, low: int, high: int) -> Iterator[Finding]:
    paths = [run.into.path(file) for file in state.steps]
    engine = shape.engine(settings.TIME_ZONE)
    taken = run.take(low, high)
    for name, rows in run.every(engine, taken, persons=state.persons).items():
        fresh = engine.from_arrow(rows)
        kept = engine.from_arrow(shape.STEPS.empty_table())
        if paths:
            kept = engine.read_parquet(paths, hive_partitioning=False)
        kept = kept.filter(f"event > {low} AND event <= {high} AND source = '{name}'")
        for key, here, there in (("missing", fresh, kept), ("unfounded", kept, fresh)):
            found = _comparable(here).except_(_comparable(there)).project("event").order("event")
            numbers = [row[0] for row in found.fetchall()]
            for number in numbers[:NAMED]:
                yield Finding(f"{name} #{number}", key)
            if len(numbers) > NAMED:
                yield Finding(name, key, len(numbers) - NAMED)
