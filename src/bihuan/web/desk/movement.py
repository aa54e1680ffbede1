"""How far a figure moved since the period before and the year before, and whether that is good."""

from bihuan.insight import api as insight
from bihuan.rules.periods import Grain
from bihuan.spec.measures import MEASURES, digits
from bihuan.web import words

# From one to thirty-nine is no rise of 3,800 per cent to anybody.
FEW = 20
# What a movement is, by what is wanted and the way it went.
TONES = {
    ("more", "up"): "good",
    ("more", "down"): "bad",
    ("less", "up"): "bad",
    ("less", "down"): "good",
}


def moved(result: "insight.Result") -> list[tuple[str, str, str, str]]:
    """How far the total moved from the period before and from the year before: which, whether up or
    down, by how much: a share in points, days in days, all else in hundredths, or in numbers where
    they were few; and whether that is good or bad, '' where it is neither."""
    found: list[tuple[str, str, str, str]] = []
    total = result.total.value
    wanted = insight.wanted(result.definition.programme, result.definition.id)
    for name, before in (("last", result.last), ("year_ago", result.year_ago)):
        if total is None or before is None or before.value is None:
            continue
        step = total - before.value
        way = "up" if step > 0 else "down" if step < 0 else "same"
        kind = MEASURES[result.definition.spec.measure].told
        change = result.change_from(before)
        if kind == "share":
            text = words.text("figures.points", points=f"{abs(step) * 100:.1f}")
        elif kind == "days":
            text = words.text("figures.days", value=f"{abs(step):.1f}")
        elif change is None or abs(before.value) < FEW:
            text = digits(abs(step), kind, thousands=True)
        else:
            text = f"{abs(change):.0%}"
        tone = TONES.get((wanted, way), "")
        monthly = name == "last" and result.period.grain is Grain.MONTH
        text = words.text("figures.same") if way == "same" else text
        called = "last_month" if monthly else name
        # What a year ago was is as many days of it by its own words.
        if result.so_far and name == "last":
            called += "_so_far"
        found.append((called, way, text, tone))
    return found
