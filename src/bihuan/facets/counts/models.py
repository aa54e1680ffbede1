from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class GroupCount(MatterPart):
    """What was counted of one group in one table of a matter, each number by its name. `counted` is the
    table and the group in one word, as figures ask for it, and the part's key."""

    PART = "group_count"

    table = models.CharField(max_length=12)
    group = models.CharField(max_length=27)
    counted = models.CharField(max_length=40)
    numbers = models.JSONField(default=dict)


register(GroupCount)
