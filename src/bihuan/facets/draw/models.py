from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class DrawMade(MatterPart):
    """What was drawn on a matter in a period, which is its key: by which `seed`, out of which rows, and the
    numbers of those that were drawn, in the order of their lots. It never changes."""

    PART = "draw_made"

    period = models.CharField(max_length=12)
    seed = models.CharField(max_length=64)
    among = models.JSONField(default=list)
    drawn = models.JSONField(default=list)
    made_at = models.DateTimeField()


register(DrawMade)
