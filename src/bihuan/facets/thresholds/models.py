from typing import ClassVar

from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class Weighed(MatterPart):
    """What one matter adds to a threshold: how much, on which day, at the place where it is added up. The key
    is the threshold's name, `threshold` its full one."""

    PART = "adds_to"

    threshold = models.CharField(max_length=130)
    place_id = models.BigIntegerField()
    day = models.DateField()
    value = models.PositiveIntegerField()

    class Meta(MatterPart.Meta):
        indexes: ClassVar = [
            models.Index(fields=["threshold", "place_id", "day"], name="weighed_where"),
        ]


class Crossing(MatterPart):
    """That a threshold was crossed at a place in a period for the `n`-th time, by `crossed_by` (its limit, or how fast
    it rose): what it was then, and from which number on it is crossed. The next time counts from that value, or from
    `since`, where less is left of it after a correction. Its matter is what was opened of it."""

    PART = "crossing"

    threshold = models.CharField(max_length=130)
    place_id = models.BigIntegerField()
    period = models.CharField(max_length=10)
    n = models.PositiveIntegerField(default=1)
    crossed_by = models.CharField(max_length=8)
    value = models.PositiveIntegerField()
    least = models.PositiveIntegerField()
    since = models.PositiveIntegerField(null=True)

    class Meta(MatterPart.Meta):
        constraints: ClassVar = [
            *MatterPart.Meta.constraints,
            # However many look at once, and however often: it is told once.
            models.UniqueConstraint(
                fields=["threshold", "place_id", "period", "n"], name="crossing_of_once"
            ),
        ]


register(Weighed, Crossing)
