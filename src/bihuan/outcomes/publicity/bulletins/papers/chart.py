"""A bulletin's chart as a picture: bars, each with its number written at it."""

import io
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from bihuan.outcomes.press.fonts import SANS

INK, BAR = "#1f2937", "#8f171c"
BAR_INCHES, DPI = 0.42, 200


def png(chart: dict[str, Any]) -> bytes:
    """The picture of a bulletin's chart; groups that may not be told have no bar but their reason.

    Longest on top unless the groups are months, which keep their order.
    """
    rows = list(chart["rows"])
    if chart["by"] != "period":
        rows.sort(key=lambda row: row[1] or 0, reverse=True)
    font = FontProperties(fname=str(SANS), size=10)
    figure = Figure(figsize=(6.1, 0.7 + BAR_INCHES * max(len(rows), 2)), dpi=DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    values = [row[1] or 0 for row in rows]
    bars = axes.barh(range(len(rows)), values, color=BAR, height=0.55)
    axes.bar_label(bars, [row[2] for row in rows], padding=4, fontproperties=font, color=INK)
    axes.set_yticks(range(len(rows)), [row[0] for row in rows], fontproperties=font, color=INK)
    axes.invert_yaxis()
    axes.set_xlim(0, max([*values, 1]) * 1.18)
    axes.set_title(chart["title"], fontproperties=font, color=INK, loc="left")
    axes.xaxis.set_visible(False)
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    out = io.BytesIO()
    figure.savefig(out, format="png", bbox_inches="tight", metadata={"Software": None})
    return out.getvalue()
