"""Facts of parts of matters: each that came, changed or went, beside the fact of the step in which it did.

They know where and when that was, what the part said and which of its matter's parts it is (`part`), and
nothing of how the matter stood: a figure that asks for steps by their states, actions or facts does not
meet them. Whose part it is they do not know: the parts of a matter are numbered as they came.
"""

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from bihuan.insight.facts import shape
from bihuan.insight.facts.streams import THERE, Parted

# What a part's fact has from the step in which it came.
_OF_STEP = (
    *("event", "row", "matter", "seq", "at", "day", "programme", "kind", "home", "home_path"),
    *("unit", "unit_path", "channel"),
)
# Of a matter's parts, fewer than this: one number says of which matter and which of its parts.
_MOST = 1_000_000
_EACH = """
SELECT id, key, value, lag(value) OVER (PARTITION BY stream, key ORDER BY seq) AS before,
  dense_rank() OVER (PARTITION BY stream ORDER BY first, key) AS nth
FROM (
 SELECT *, min(seq) OVER (PARTITION BY stream, key) AS first FROM (
  SELECT id, stream, seq, unnest(map_keys(parts)) AS key, unnest(map_values(parts)) AS value
  FROM (
    SELECT id, stream, seq, json_transform(data, '{{"parts": "MAP(VARCHAR, JSON)"}}').parts AS parts
    FROM events WHERE contains(data, '"{part}/')
  )
) WHERE starts_with(key, '{part}/')
)
"""
_FACTS = """
SELECT steps.*, steps.matter * {most} + each.nth AS part, each.type, each.told AS said
FROM steps JOIN (
  SELECT id, nth, '{part}.' || CASE WHEN value IS NULL THEN 'withdrawn'
    WHEN before IS NULL THEN 'taken' ELSE 'changed' END AS type,
    {told} AS told
  FROM ({each})
) each ON steps.event = each.id ORDER BY event, part
"""
_SAID = "CASE WHEN {said} != '' THEN MAP {{'{name}': {said}}} END"
# Beside it each number, as what it is more or less than before: corrections add up to what stands.
_COUNTED = """map_from_entries(list_concat(
      [{{'k': '{name}', 'v': {said}}}],
      list_transform(json_keys(coalesce(value, before) -> '{numbers}'), lambda name: {{
        'k': name,
        'v': (coalesce((value -> '{numbers}' ->> name)::BIGINT, 0)
          - coalesce((before -> '{numbers}' ->> name)::BIGINT, 0))::VARCHAR
      }})
    ))"""


def _told(one: Parted) -> str:
    """What a part's fact says, as DuckDB reads it from the part."""
    said = f"(coalesce(value, before) ->> '{one.column}')" if one.column else f"'{THERE}'"
    worded = _COUNTED if one.numbers else _SAID
    return worded.format(said=said, name=one.said, numbers=one.numbers)


def facts(
    engine: duckdb.DuckDBPyConnection, events: pa.Table, steps: pa.Table, one: Parted
) -> pa.Table:
    """The facts of one sort of parts. `events` are whole streams of matters, `steps` the facts of
    those events that are new."""
    if events.num_rows == 0 or steps.num_rows == 0:
        return shape.STEPS.empty_table()
    # Most stretches have none of most sorts; to look costs a thousandth of asking.
    if not pc.any(pc.match_substring(events["data"], f'"{one.part}/')).as_py():
        return shape.STEPS.empty_table()
    each = _EACH.format(part=one.part)
    sql = _FACTS.format(part=one.part, each=each, told=_told(one), most=_MOST)
    with engine.cursor() as own:
        own.register("events", events)
        own.register("steps", steps.select(list(_OF_STEP)))
        found = own.sql(sql).to_arrow_table()
    cells = {name: found[name] for name in found.column_names}
    cells["source"] = pa.repeat(one.part, found.num_rows)
    rows = found.num_rows
    missing = {f.name: pa.nulls(rows, f.type) for f in shape.STEPS if f.name not in cells}
    every = {**cells, **missing}
    return pa.table([every[f.name].cast(f.type) for f in shape.STEPS], schema=shape.STEPS)
