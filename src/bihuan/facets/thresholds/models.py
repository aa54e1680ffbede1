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
    """That a threshold was crossed at a place in a period, by `crossed_by` (its limit, or how fast it rose):
    what it was then, and from which number on it is crossed. Its matter is what was opened of it."""

    PART = "crossing"

    threshold = models.CharField(max_length=130)
    place_id = models.BigIntegerField()
    period = models.CharField(max_length=10)
    crossed_by = models.CharField(max_length=8)
    value = models.PositiveIntegerField()
    least = models.PositiveIntegerField()

    class Meta(MatterPart.Meta):
        constraints: ClassVar = [
            *MatterPart.Meta.constraints,
            # However many look at once, and however often: one matter for a place and a period.
            models.UniqueConstraint(
                fields=["threshold", "place_id", "period"], name="crossing_of_once"
            ),
        ]


register(Weighed, Crossing)
