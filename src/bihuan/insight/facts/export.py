"""Exporting: from the log to the folder, a stretch of events at a time, each a state of its own."""

from collections.abc import Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from bihuan.insight.facts import shape, source, streams, tree
from bihuan.insight.facts.source import Source
from bihuan.insight.facts.store import File, Manifest, Store
from bihuan.insight.facts.streams import Stream, Tally, Vocabulary
from bihuan.insight.problems import InsightError

# Events taken at once, while those before are made facts: two hundred thousand fit into half a
# gigabyte.
STRETCH = 100_000
COUNTS = pa.schema([("row", pa.int64()), ("day", pa.date32()), ("count", pa.int64())])


@dataclass(frozen=True)
class Done:
    """What an export did: facts written, and the event up to which they reach."""

    rows: int
    horizon: int
    waiting: bool


def store() -> Store:
    """The folder of facts of this installation."""
    return Store(Path(settings.FACTS_ROOT))


def export(into: Store, *, stretch: int = STRETCH) -> Done:
    """Adds what happened since the last export. Raises InsightError: another export is running, the
    facts are of another log or were made under other rules about persons, a stream is torn.

    Facts of an earlier format are made anew."""
    with into.alone():
        if into.outdated() is not None:
            return _anew(into, stretch)
        return _run(into, into.manifest(), stretch)


def rebuild(into: Store, *, stretch: int = STRETCH) -> Done:
    """Makes all facts anew from the log, in fewer and larger files; readers see the old ones until
    the first new state is whole. Raises InsightError like `export`."""
    with into.alone():
        return _anew(into, stretch)


def _anew(into: Store, stretch: int) -> Done:
    held = into.outdated() or into.manifest()
    return _run(into, Manifest(batch=held.batch), stretch, whole=True)


def _run(into: Store, before: Manifest, stretch: int, *, whole: bool = False) -> Done:
    into.sweep(into.outdated() or into.manifest())
    persons = bool(settings.FACTS_PERSONS)
    with source.opened() as log:
        if before.tail and log.tail(before.tail) != (before.tail, before.tail_hash):
            raise InsightError("insight.other_log")
        if before.tail and before.persons != persons:
            raise InsightError("insight.persons_changed")
        high, marks = source.settled(log, list(before.marks))
        run = Run(into, log, streams.vocabulary(), shape.engine(settings.TIME_ZONE), stretch)
        state = replace(before, persons=persons, marks=tuple(marks))
        state, rows = run.steps(state, max(high, before.horizon), whole=whole)
        final = run.tallies(run.places(state))
        if final != before:
            into.commit(final)
        return Done(rows, final.horizon, bool(marks))


def _instant(rows: pa.Table) -> str:
    return f"{pc.max(rows['at']).as_py().isoformat(timespec='microseconds')}Z"


@dataclass(frozen=True)
class Taken:
    """What was read of the events low < id <= high: those of each kind of streams with what came
    before them there, the newest of all, and the organisations if any facts must find theirs."""

    low: int
    high: int
    events: Mapping[str, pa.Table]
    tail: tuple[int, str]
    places: pa.Table | None


def _finds_home(stream: Stream) -> bool:
    return "home_path" in stream.columns and "home" not in stream.columns


@dataclass(frozen=True)
class Run:
    into: Store
    log: Source
    known: Vocabulary
    engine: duckdb.DuckDBPyConnection
    stretch: int

    def steps(self, state: Manifest, high: int, *, whole: bool) -> tuple[Manifest, int]:
        """Every stretch up to `high`; each is committed when it is written, but a rebuilding is
        committed as a whole, or readers would miss what is not rebuilt yet."""
        rows = 0
        low = state.horizon
        if not state.steps:
            empty = self.into.put(
                f"steps/{state.batch + 1:06d}-empty.parquet", shape.STEPS.empty_table()
            )
            state = replace(state, steps=(empty,))
        with ThreadPoolExecutor(max_workers=1) as reader:
            ahead = self._ahead(reader, low, high)
            while ahead is not None:
                taken = ahead.result()
                ahead = self._ahead(reader, taken.high, high)
                state, fresh = self._stretch(state, taken)
                rows += fresh
                if ahead is not None and fresh and not whole:
                    state = self.into.commit(state)
        return state, rows

    def _ahead(self, reader: Executor, low: int, high: int) -> "Future[Taken] | None":
        if low >= high:
            return None
        return reader.submit(self.take, low, min(low + self.stretch, high))

    def take(self, low: int, high: int) -> Taken:
        """Reads a stretch of the log."""
        known = streams.streams()
        events = self.log.events(known, low, high)
        lost = any(events[one.name].num_rows for one in known if _finds_home(one))
        places = tree.places(self.log.org_events(high)) if lost else None
        return Taken(low, high, events, self.log.tail(high), places)

    def _stretch(self, state: Manifest, taken: Taken) -> tuple[Manifest, int]:
        files: list[File] = []
        newest = state.newest
        for stream in streams.streams():
            rows = self.facts(stream, taken, persons=state.persons)
            if rows.num_rows:
                newest = max(newest, _instant(rows))
                files += self._written(rows, stream, state.batch + 1, taken.high)
        fresh = replace(
            state,
            horizon=taken.high,
            tail=taken.tail[0],
            tail_hash=taken.tail[1],
            newest=newest,
            steps=(*state.steps, *files),
        )
        return fresh, sum(one.rows for one in files)

    def facts(self, stream: Stream, taken: Taken, *, persons: bool) -> pa.Table:
        """The facts of one kind of streams for the events that were taken."""
        events = taken.events[stream.name]
        if events.num_rows == 0:
            return shape.STEPS.empty_table()
        rows = shape.steps(self.engine, events, stream, self.known, persons=persons)
        rows = rows.filter(pc.greater(rows["event"], taken.low)) if taken.low else rows
        if _finds_home(stream) and taken.places is not None:
            rows = shape.homes(self.engine, rows, taken.places)
        return rows

    def _written(self, rows: pa.Table, stream: Stream, batch: int, high: int) -> list[File]:
        found = []
        for month, part in shape.by_month(rows):
            name = f"steps/month={month}/{batch:06d}-{high:012d}-{stream.name}.parquet"
            found.append(self.into.put(name, part, month))
        return found

    def places(self, state: Manifest) -> Manifest:
        """The organisation tree, written anew when it has changed."""
        high = state.horizon
        if state.places is None or self.log.orgs_changed(state.places_at, high):
            name = f"places/{state.batch + 1:06d}-{high:012d}.parquet"
            rows = tree.places(self.log.org_events(high))
            state = replace(state, places=self.into.put(name, rows))
        return replace(state, places_at=high)

    def tallies(self, state: Manifest) -> Manifest:
        """Counters change in place, so they are written anew whenever they differ."""
        found = dict(state.tallies)
        for tally in streams.tallies():
            file = self._tally(tally, state, found.get(tally.name))
            found[tally.name] = file
        return replace(state, tallies=found)

    def _tally(self, tally: Tally, state: Manifest, before: File | None) -> File:
        cells = list(zip(*tally.read(), strict=True)) or [(), (), ()]
        rows = pa.table(dict(zip(COUNTS.names, cells, strict=True)), schema=COUNTS)
        fresh = self.into.put(f"{tally.name}/{state.batch + 1:06d}.parquet", rows)
        if before is None or before.digest != fresh.digest:
            return fresh
        self.into.drop(fresh)
        return before
