"""From events as they are stored to facts: extraction by DuckDB, folding by Arrow, no loop over rows.

An event says only what changed. A fact says how the matter stood after it, so columns are carried
forward within each stream; the first event of a stream sets them all, so none can leak into the next.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from bihuan.insight.facts.streams import MATTERS, Stream, Vocabulary, input_of
from bihuan.insight.problems import InsightError

STEPS = pa.schema(
    [
        ("event", pa.int64()),
        ("source", pa.string()),
        ("row", pa.int64()),
        ("matter", pa.int64()),
        ("part", pa.int64()),
        ("seq", pa.int64()),
        ("type", pa.string()),
        ("at", pa.timestamp("us")),
        ("day", pa.date32()),
        ("programme", pa.string()),
        ("kind", pa.string()),
        ("action", pa.string()),
        ("board", pa.string()),
        ("from_state", pa.string()),
        ("to_state", pa.string()),
        ("phase", pa.string()),
        ("home", pa.int64()),
        ("home_path", pa.string()),
        ("unit", pa.int64()),
        ("unit_path", pa.string()),
        ("from_unit", pa.int64()),
        ("from_unit_path", pa.string()),
        ("into", pa.int64()),
        ("person", pa.int64()),
        ("category", pa.string()),
        ("channel", pa.string()),
        ("level", pa.string()),
        ("flags", pa.string()),
        ("held", pa.string()),
        ("said", pa.map_(pa.string(), pa.string())),
        ("age", pa.int64()),
        ("due", pa.timestamp("us")),
        ("done", pa.timestamp("us")),
        ("late", pa.bool_()),
        ("paused", pa.int64()),
        ("typed", pa.int64()),
        ("role", pa.string()),
    ]
)
# Carried forward as text, whatever they become at the end: one kind of "nothing", the empty text.
CARRIED = (
    "programme",
    "kind",
    "release",
    "board",
    "to_state",
    "phase",
    "home",
    "home_path",
    "unit",
    "unit_path",
    "into",
    "person",
    "category",
    "channel",
    "level",
    "flags",
    "held",
    "opened",
    "due",
    "subject",
)
_FEW = 2000
_KEY = re.compile(r'"([^"\\]+)"\s*:')
_PERSON = "person"
_SAID = "said:"
# What can be taken off again: NULL in the JSON is not the same as not there.
_TAKEN_OFF = (_PERSON, "into")
# How things stood before the step: the same column one row further up.
_BEFORE = {"from_state": "to_state", "from_unit": "unit", "from_unit_path": "unit_path"}


def engine(zone: str, folder: str | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB of this process alone that counts days in a time zone and spills into a folder."""
    found = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    found.execute("SET TimeZone = 'UTC'")
    found.execute("SET VARIABLE zone = ?", [zone])
    if folder is not None:
        found.execute("SET temp_directory = ?", [folder])
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _clock(name: str) -> str:
    return f"d.parts.{_quoted(f'clock/{name}')}"


def _reading(stream: Stream, known: Vocabulary) -> str:
    """What is read of an event's JSON, in one pass: names and types, as DuckDB wants them."""
    clock = {"due_at": "VARCHAR", "stopped_at": "VARCHAR", "pauses": [["VARCHAR"]]}
    columns: dict[str, object] = dict.fromkeys(stream.columns.values(), "VARCHAR")
    if stream.subject:
        columns[stream.subject] = "VARCHAR"
    # An empty structure is none to DuckDB, so each holds one name at least.
    columns["facts"] = dict.fromkeys((*known.flags, *known.held) or ("_",), "VARCHAR")
    return json.dumps(
        {
            "action": "VARCHAR",
            "typed": "BIGINT",
            "role": "VARCHAR",
            "set": columns,
            "inputs": dict.fromkeys((input_of(n) for n in known.said or ("_",)), "VARCHAR"),
            "parts": {f"clock/{name}": clock for name in known.promises or ("_",)},
        }
    )


def _first_of(known: Vocabulary, column: str) -> str:
    clocks = [f"{_clock(name)}.{column}" for name in known.promises or ("_",)]
    return f"coalesce({', '.join(clocks)})" if len(clocks) > 1 else clocks[0]


def _said(known: Vocabulary) -> dict[str, str]:
    """What was chosen, counted or switched, a column for each name. A text in a field of another
    kind's same name fails its test and stays in the log."""
    found = {}
    for name, choices in known.said.items():
        value = f"d.inputs.{_quoted(input_of(name))}"
        number = "DECIMAL(38, 6)" if name != input_of(name) else "BIGINT"
        fits = [f"TRY_CAST({value} AS {number}) IS NOT NULL", f"{value} IN ('true', 'false')"]
        named = ", ".join(_text(c) for c in choices if c)
        tests = [*(fits if "" in choices else []), *([f"{value} IN ({named})"] if named else [])]
        found[f"{_SAID}{name}"] = f"CASE WHEN {' OR '.join(tests)} THEN {value} END"
    return found


def _meant(rows: pa.Table, cells: dict[str, pa.ChunkedArray], known: Vocabulary) -> pa.Table:
    """The rows without what was said under a name that is no choice, number or switch in the release
    and kind of the step: an amount in fen of before is no number of today, nor a text a choice."""
    where = pc.binary_join_element_wise(cells["release"], cells["kind"], "/")
    for name, there in known.elsewhere.items():
        at = rows.schema.get_field_index(f"{_SAID}{name}")
        if at >= 0:
            is_one = pc.is_in(where, value_set=pa.array(there, pa.string()))
            kept = pc.if_else(is_one, rows.column(at), pa.scalar(None, pa.string()))
            rows = rows.set_column(at, f"{_SAID}{name}", kept)
    return rows


def _map(rows: pa.Table) -> pa.Array:
    """The columns of `_said` as one map a row, its names in order; none where nothing was asked."""
    columns = {
        name.removeprefix(_SAID): rows[name].combine_chunks()
        for name in rows.column_names
        if name.startswith(_SAID)
    }
    if not columns:
        return pa.nulls(rows.num_rows, STEPS.field("said").type)
    there = {name: pc.is_valid(column) for name, column in columns.items()}
    count = pa.repeat(pa.scalar(0, pa.int32()), rows.num_rows)
    for one in there.values():
        count = pc.add(count, one.cast(pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(count)])
    # Column after column; a stable sort brings together what belongs to a row.
    at = pa.concat_arrays([pc.indices_nonzero(one) for one in there.values()])
    keys = pa.concat_arrays([pa.repeat(n, pc.sum(t).as_py() or 0) for n, t in there.items()])
    items = pa.concat_arrays([column.drop_null() for column in columns.values()])
    order = pc.array_sort_indices(at)
    unasked = pc.invert(rows["asked"].combine_chunks())
    return pa.MapArray.from_arrays(offsets, keys.take(order), items.take(order), mask=unasked)


def _flags(known: Vocabulary) -> str:
    """The facts that hold, as `,one,two,`; nothing when the event says nothing of facts."""
    each = [
        f"CASE WHEN d.\"set\".facts.{_quoted(name)} = 'true' THEN {_text(name)} END"
        for name in known.flags
    ]
    if not each:
        return "NULL"
    return f"CASE WHEN d.\"set\".facts IS NOT NULL THEN concat(',', concat_ws(',', {', '.join(each)}), ',') END"


def _held(known: Vocabulary) -> str:
    """The fields that figures may group by, as `,one=value,two=value,`; nothing when the event says
    nothing of facts. Their values hold no comma."""
    each = []
    for name, looks in known.held.items():
        value = f'd."set".facts.{_quoted(name)}'
        fits = f"regexp_full_match({value}, {_text('|'.join(looks))})"
        each.append(f"CASE WHEN {fits} THEN {_text(f'{name}=')} || {value} END")
    if not each:
        return "NULL"
    return f"CASE WHEN d.\"set\".facts IS NOT NULL THEN concat(',', concat_ws(',', {', '.join(each)}), ',') END"


def _held_there(cells: dict[str, pa.ChunkedArray], known: Vocabulary) -> pa.ChunkedArray:
    """What is held, without names that are another field in the release and kind of the step."""
    held = cells["held"]
    where = pc.binary_join_element_wise(cells["release"], cells["kind"], "/")
    for name, there in known.held_where.items():
        without = pc.replace_substring_regex(held, f",{name}=[^,]*,", ",")
        held = pc.if_else(pc.is_in(where, value_set=pa.array(there, pa.string())), held, without)
    return held


def _carried(stream: Stream, known: Vocabulary, *, persons: bool) -> dict[str, str]:
    """What an event says of each carried column; columns of which it never says anything are not
    there."""
    found = {
        name: f'd."set".{_quoted(column)}'
        for name, column in stream.columns.items()
        if name in CARRIED
    }
    found["flags"] = _flags(known)
    found["held"] = _held(known)
    found["due"] = _first_of(known, "due_at")
    if stream.subject:
        found["subject"] = f'd."set".{_quoted(stream.subject)}'
    for name in _TAKEN_OFF:
        if name in stream.columns:
            # Without the quotation mark in front, of which the text is full: five times as quick,
            # and no other column's name ends like this.
            off = f'{stream.columns[name]}":null'
            empty = f"contains(data, {_text(off)})"
            found[name] = f"CASE WHEN {empty} THEN '' ELSE {found[name]} END"
    if not persons:
        found.pop(_PERSON, None)
    return found


def _expressions(stream: Stream, known: Vocabulary, *, persons: bool) -> list[str]:
    stop = _first_of(known, "stopped_at")
    pauses = _first_of(known, "pauses")
    length = "epoch(x[2]::TIMESTAMP) - epoch(x[1]::TIMESTAMP)"
    cells = {
        "event": "id",
        "row": f"substr(stream, {len(stream.name) + 2})::BIGINT",
        "seq": "seq",
        "type": "type",
        "at": '"at"::TIMESTAMP',
        "day": "(\"at\"::TIMESTAMP AT TIME ZONE 'UTC' AT TIME ZONE getvariable('zone'))::DATE",
        "action": "d.action",
        # How many fields a step asked for, and of whom (see docs/adr/0084).
        "typed": "d.typed",
        "role": "d.role",
        "asked": "d.inputs IS NOT NULL",
        **_said(known),
        # A clock that stood still when it was stopped was met when it began to stand still.
        "done": f"CASE WHEN {stop} IS NOT NULL THEN (CASE WHEN {pauses}[-1][2] = {stop} "
        f"THEN {pauses}[-1][1] ELSE {stop} END)::TIMESTAMP END",
        "paused": f"CASE WHEN {stop} IS NOT NULL THEN "
        f"coalesce(list_sum(list_transform({pauses}, lambda x: {length})), 0)::BIGINT END",
        **{
            name: f"CASE WHEN seq = 1 THEN coalesce({value}, '') ELSE {value} END"
            for name, value in _carried(stream, known, persons=persons).items()
        },
    }
    return [f"{value} AS {_quoted(name)}" for name, value in cells.items()]


def _last(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Each value one row further down."""
    flat = column.combine_chunks()
    if len(flat) == 0:
        return flat
    return pa.concat_arrays([pa.nulls(1, flat.type), flat.slice(0, len(flat) - 1)])


def _or_null(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _whole(rows: pa.Table, stream: Stream) -> None:
    """Raises InsightError unless every stream begins at its beginning and has no hole."""
    numbers, seq = rows["row"].combine_chunks(), rows["seq"].combine_chunks()
    same = pc.fill_null(pc.equal(numbers, _last(rows["row"])), fill_value=False)
    expected = pc.if_else(same, pc.add(_last(rows["seq"]), 1), 1)
    wrong = pc.indices_nonzero(pc.not_equal(seq, pc.fill_null(expected, 1)))
    if len(wrong):
        number = numbers[wrong[0].as_py()].as_py()
        raise InsightError("insight.torn_stream", stream=f"{stream.name}:{number}")


def _said_here(events: pa.Table, known: Vocabulary) -> Vocabulary:
    """Of few events, the names that they have at all: to plan for each of hundreds takes longer than to read
    them. One of each remains, for what is not said differs from what nobody could say."""
    if events.num_rows > _FEW:
        return known
    there = set(_KEY.findall("".join(events["data"].to_pylist())))
    said = [name for name in known.said if input_of(name) in there] or [*known.said][:1]
    held = [name for name in known.held if name in there] or [*known.held][:1]
    promises = [name for name in known.promises if f"clock/{name}" in there]
    flags = [name for name in known.flags if name in there]
    return replace(
        known,
        said={name: known.said[name] for name in said},
        held={name: known.held[name] for name in held},
        promises=tuple(promises) or known.promises[:1],
        flags=tuple(flags) or known.flags[:1],
    )


def steps(
    connection: duckdb.DuckDBPyConnection,
    events: pa.Table,
    stream: Stream,
    known: Vocabulary,
    *,
    persons: bool,
) -> pa.Table:
    """The facts of whole streams, one for each event, in the order of rows and their events.

    Raises InsightError when a stream lacks an event: then the log itself must be verified.
    """
    known = _said_here(events, known)
    reading = _text(_reading(stream, known))
    read = connection.from_arrow(events).project(f"*, json_transform(data, {reading}) AS d")
    rows = read.project(", ".join(_expressions(stream, known, persons=persons))).to_arrow_table()
    rows = rows.sort_by([("row", "ascending"), ("seq", "ascending")])
    _whole(rows, stream)
    cells = {name: rows[name] for name in rows.column_names}
    first = pc.equal(rows["seq"], 1)
    nothing = pa.scalar(None, pa.string())
    for name in CARRIED:
        if name in cells:
            cells[name] = pc.fill_null_forward(rows[name].cast(pa.string()))
        else:
            cells[name] = pa.chunked_array([pa.nulls(rows.num_rows, pa.string())])
    for name, column in _BEFORE.items():
        cells[name] = pc.if_else(first, nothing, _last(cells[column]))
    for name in (*CARRIED, *_BEFORE):
        cells[name] = _or_null(cells[name])
    cells["held"] = _held_there(cells, known)
    cells["said"] = _map(_meant(rows, cells, known))
    cells["source"] = pa.repeat(stream.name, rows.num_rows)
    cells["part"] = pa.nulls(rows.num_rows, pa.int64())
    cells["due"] = _instants(cells["due"])
    cells["late"] = pc.greater(rows["done"], cells["due"])
    opened = pc.fill_null(_instants(cells["opened"]), rows["at"])
    cells["age"] = pc.seconds_between(opened, rows["at"])
    if stream.subject:
        numbers = pc.replace_substring_regex(cells["subject"], r"^matter:", "")
        cells["matter"] = numbers.cast(pa.int64())
    elif stream == MATTERS:
        cells["matter"] = rows["row"]
    else:
        # Of no matter in particular: nothing to drill down to.
        cells["matter"] = pa.nulls(rows.num_rows, pa.int64())
    return pa.table([cells[f.name].cast(f.type) for f in STEPS], schema=STEPS)


def homes(connection: duckdb.DuckDBPyConnection, rows: pa.Table, places: pa.Table) -> pa.Table:
    """The rows with the organisation that had their path when they were written."""
    facts = connection.from_arrow(rows).set_alias("facts")
    there = connection.from_arrow(places).project("org, path, since").set_alias("there")
    at_the_time = "there.path = facts.home_path AND there.since <= facts.event"
    found = facts.join(there, at_the_time, how="left").aggregate(
        "event, arg_max(org, since) AS org"
    )
    joined = facts.join(found.set_alias("found"), "facts.event = found.event")
    columns = ", ".join(
        f"facts.{_quoted(n)}" if n != "home" else "org AS home" for n in STEPS.names
    )
    return joined.project(columns).to_arrow_table().cast(STEPS).sort_by("event")


def _instants(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(pc.replace_substring(column, "Z", ""), pa.timestamp("us"))


def by_month(rows: pa.Table) -> Iterable[tuple[str, pa.Table]]:
    """The rows apart by the month of their local day, in order."""
    span = pc.min_max(rows["day"]).as_py()
    if f"{span['min']:%Y-%m}" == f"{span['max']:%Y-%m}":
        yield f"{span['min']:%Y-%m}", rows
        return
    months = pc.strftime(rows["day"], format="%Y-%m")
    for month in sorted(pc.unique(months).to_pylist()):
        yield month, rows.filter(pc.equal(months, month))
