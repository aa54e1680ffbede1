"""How the measure is computed: loaded when a figure asks for it."""

from bihuan.insight.figures.measuring import SECONDS_A_DAY, grouped


def most(spec, steps, keys):
    del spec
    days = steps.age.cast("float64") / SECONDS_A_DAY
    return grouped(steps, keys, {"amount": days.max(), "sample": steps.age.count()})
