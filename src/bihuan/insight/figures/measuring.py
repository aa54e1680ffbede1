"""What measures make of the steps a figure counts: a table by the keys asked for."""

import ibis
from ibis.expr import types as ir

from bihuan.insight.facts import streams
from bihuan.insight.figures.question import FIRST, UNTIL
from bihuan.spec.figures import FigureSpec

SECONDS_A_DAY = 86_400
NEVER = ibis.literal(value=False)


def _apart(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    """What is counted, one row each: a step, or a matter with what its steps were together."""
    # A mark that the figure has no use for is not carried along.
    marks = ["is_among", *["is_part"] * bool(spec.part), *["is_out"] * bool(spec.excluded)]
    if spec.of == "steps":
        return steps.select(**keys, **{name: steps[name] for name in marks})
    # Most matters have one step that is meant: telling them apart must not cost a sort.
    return steps.group_by([keys[n].name(n) for n in keys] + [steps.matter]).aggregate(
        **{name: steps[name].any() for name in marks}
    )


def counted(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    """How many there are, how many of them are part, how many were left out."""
    if spec.of == "matters" and not spec.excluded and spec.part is None:
        amount = steps.matter.nunique()
        return grouped(steps, keys, {"amount": amount, "sample": amount})
    apart = _apart(spec, steps, keys)
    out = apart.is_out if spec.excluded else NEVER
    inside = apart.is_among & ~out
    total = inside.sum()
    cells = {
        "amount": total,
        "part": (inside & (apart.is_part if spec.part else NEVER)).sum(),
        "excluded": (apart.is_among & out).sum(),
        "sample": total,
    }
    return grouped(apart, {name: apart[name] for name in keys}, cells)


def summed(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    """The sum of what the steps say under the figure's input: whole numbers, exact decimals, fen."""
    kind = spec.means.sums
    said = steps.said.get(streams.told_as(str(spec.input), kind))
    number = said.cast("decimal(38, 6)" if kind == "number" else "int64")
    return grouped(steps, keys, {"amount": number.sum(), "sample": number.count()})


def tallied(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    """The sum of a counter."""
    del spec
    return grouped(steps, keys, {"amount": steps["count"].sum(), "sample": steps["count"].count()})


def median(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    """The median of the ages in days."""
    del spec
    days = steps.age.cast("float64") / SECONDS_A_DAY
    return grouped(steps, keys, {"amount": days.median(), "sample": steps.age.count()})


def regular(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    """How evenly they are spread over the months from the first of the period to the last that is over or
    goes on (`rules.regularity`), in hundredths. Months without any have no row, and none too much."""
    month = steps.day.cast("timestamp").truncate("M")
    meant = steps.filter(steps.is_among)
    by = [value.name(name) for name, value in keys.items()]
    one = meant.matter.nunique() if spec.of == "matters" else meant.matter.count()
    counted = meant.group_by([*by, month.name("in_month")]).aggregate(in_it=one)
    whole = ibis.window(group_by=[counted[name] for name in keys])
    total, months = counted.in_it.sum().over(whole), _months()
    too_much = ibis.greatest(counted.in_it * months - total, 0)
    rows = counted.mutate(too_much=too_much, total=total)
    index = 1 - rows.too_much.sum() / (rows.total.max() * (months - 1)).nullif(0)
    cells = {"amount": index.cast("float64").round(2), "sample": rows.in_it.sum()}
    return grouped(rows, {name: rows[name] for name in keys}, cells)


def _months() -> ir.IntegerValue:
    """How many months of the period asked about have begun, by the end of the facts."""
    first = ibis.literal(FIRST).cast("date")
    until = ibis.literal(UNTIL).cast("timestamp")
    return (until.year() - first.year()) * 12 + until.month() - first.month() + 1


def grouped(rows: ir.Table, keys: dict[str, ir.Value], cells: dict[str, ir.Value]) -> ir.Table:
    """Cells by the keys of groups, or one row of them where there are none."""
    if not keys:
        return rows.aggregate(**cells)
    return rows.group_by([value.name(name) for name, value in keys.items()]).aggregate(**cells)
