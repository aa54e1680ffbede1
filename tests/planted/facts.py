"""What figures may count: strokes are steps of matters, and each action is a fact already; the rooms of
the house bring streams of their own, this one a counter a day."""

from bihuan.insight import api as insight
from bihuan.insight.facts.streams import MATTERS
from planted.models import Stroke


def _days():
    rows = Stroke.objects.order_by("stream", "made_at")
    return [(int(row.stream.partition(":")[2]), row.made_at.date(), 1) for row in rows]


def declare():
    insight.declare(MATTERS, insight.Tally("strokes", MATTERS.name, _days))
