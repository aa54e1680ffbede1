"""Exporting: from the log to the folder, a stretch of events at a time, each a state of its own."""

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Lock, local

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from bihuan.insight.facts import parts, shape, source, streams, tree
from bihuan.insight.facts.source import Source
from bihuan.insight.facts.store import File, Manifest, Store
from bihuan.insight.facts.streams import Stream, Tally, Vocabulary
from bihuan.insight.figures import kept
from bihuan.insight.problems import InsightError

# Events taken at once, and how many such stretches are on their way while the one before is written:
# two hundred thousand events fit into half a gigabyte.
STRETCH = 100_000
AT_ONCE = 2
COUNTS = pa.schema([("row", pa.int64()), ("day", pa.date32()), ("count", pa.int64())])


@dataclass(frozen=True)
class Done:
    """What an export did: facts written, and the event up to which they reach."""

    rows: int
    horizon: int
    waiting: bool


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
    done = _run(into, Manifest(batch=held.batch), stretch, whole=True)
    kept.forget_all()
    return done


def _run(into: Store, before: Manifest, stretch: int, *, whole: bool = False) -> Done:
    into.sweep(into.outdated() or into.manifest())
    persons = bool(settings.FACTS_PERSONS)
    with source.opened() as log:
        if before.tail and log.tail(before.tail) != (before.tail, before.tail_hash):
            raise InsightError("insight.other_log")
        if before.tail and before.persons != persons:
            raise InsightError("insight.persons_changed")
        high, marks = source.settled(log, list(before.marks))
        run = Run(into, log, streams.vocabulary(), stretch)
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


@dataclass(frozen=True)
class Shaped:
    """The facts of a stretch by kind of streams, and the newest event behind them."""

    high: int
    tail: tuple[int, str]
    rows: Mapping[str, pa.Table]


def _finds_home(stream: Stream) -> bool:
    return "home_path" in stream.columns and "home" not in stream.columns


@dataclass(frozen=True)
class Run:
    into: Store
    log: Source
    known: Vocabulary
    stretch: int
    # One connection reads for all workers; each has an engine of its own, as DuckDB's connections are
    # one thread's at a time.
    reading: Lock = field(default_factory=Lock)
    own: local = field(default_factory=local)

    def steps(self, state: Manifest, high: int, *, whole: bool) -> tuple[Manifest, int]:
        """Every stretch up to `high`; each is committed when it is written, but a rebuilding is
        committed as a whole, or readers would miss what is not rebuilt yet."""
        rows = 0
        starts = deque(range(state.horizon, high, self.stretch))
        if not state.steps:
            empty = self.into.put(
                f"steps/{state.batch + 1:06d}-empty.parquet", shape.STEPS.empty_table()
            )
            state = replace(state, steps=(empty,))
        with ThreadPoolExecutor(max_workers=AT_ONCE) as workers:
            coming: deque[Future[Shaped]] = deque()

            def go_ahead() -> None:
                while starts and len(coming) < AT_ONCE:
                    low = starts.popleft()
                    until = min(low + self.stretch, high)
                    coming.append(workers.submit(self._shaped, low, until, persons=state.persons))

            go_ahead()
            while coming:
                shaped = coming.popleft().result()
                # While this one is written.
                go_ahead()
                state, fresh = self._stretch(state, shaped)
                rows += fresh
                if coming and fresh and not whole:
                    state = self.into.commit(state)
        return state, rows

    def _shaped(self, low: int, high: int, *, persons: bool) -> Shaped:
        with self.reading:
            taken = self.take(low, high)
        if not hasattr(self.own, "engine"):
            self.own.engine = shape.engine(settings.TIME_ZONE)
            # The workers are beside each other; threads of theirs would only wait for one another.
            self.own.engine.execute("SET threads = 1")
        return Shaped(high, taken.tail, self.every(self.own.engine, taken, persons=persons))

    def every(
        self, engine: duckdb.DuckDBPyConnection, taken: Taken, *, persons: bool
    ) -> dict[str, pa.Table]:
        """The facts of the events that were taken, by what they are of: a kind of streams, a sort of
        parts of matters."""
        found = {
            one.name: self.facts(engine, one, taken, persons=persons) for one in streams.streams()
        }
        events, steps = taken.events[streams.MATTERS.name], found[streams.MATTERS.name]
        for one in streams.parted(self.known):
            found[one.part] = parts.facts(engine, events, steps, one)
        return found

    def take(self, low: int, high: int) -> Taken:
        """Reads a stretch of the log."""
        known = streams.streams()
        events = self.log.events(known, low, high)
        lost = any(events[one.name].num_rows for one in known if _finds_home(one))
        places = tree.places(self.log.org_events(high)) if lost else None
        return Taken(low, high, events, self.log.tail(high), places)

    def _stretch(self, state: Manifest, shaped: Shaped) -> tuple[Manifest, int]:
        files: list[File] = []
        newest = state.newest
        for name, rows in shaped.rows.items():
            if rows.num_rows:
                newest = max(newest, _instant(rows))
                files += self._written(rows, name, state.batch + 1, shaped.high)
        fresh = replace(
            state,
            horizon=shaped.high,
            tail=shaped.tail[0],
            tail_hash=shaped.tail[1],
            newest=newest,
            steps=(*state.steps, *files),
        )
        return fresh, sum(one.rows for one in files)

    def facts(
        self, engine: duckdb.DuckDBPyConnection, stream: Stream, taken: Taken, *, persons: bool
    ) -> pa.Table:
        """The facts of one kind of streams for the events that were taken."""
        events = taken.events[stream.name]
        if events.num_rows == 0:
            return shape.STEPS.empty_table()
        rows = shape.steps(engine, events, stream, self.known, persons=persons)
        rows = rows.filter(pc.greater(rows["event"], taken.low)) if taken.low else rows
        if _finds_home(stream) and taken.places is not None:
            rows = shape.homes(engine, rows, taken.places)
        return rows

    def _written(self, rows: pa.Table, stream: str, batch: int, high: int) -> list[File]:
        found = []
        for month, part in shape.by_month(rows):
            name = f"steps/month={month}/{batch:06d}-{high:012d}-{stream}.parquet"
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
