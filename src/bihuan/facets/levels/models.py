from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.kernel.matters.parts import MatterPart


class Stay(MatterPart):
    """A stay of a matter in the pool of an organisation: the nth of its climb. `how` is how it came
    there: opened, raised, late (a clock ran out), lowered, again (opened anew); `why` the reason or
    order, in the words of whoever gave it."""

    PART = "stay"
    PRIVATE = frozenset({"why"})

    pool = models.CharField(max_length=40)
    org_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    how = models.CharField(max_length=8)
    why = models.CharField(max_length=2000, blank=True)


class PoolStay(Chained):
    """A stay that is over, for figures: which pool, where, from when until when."""

    STREAM = "pool_stay"

    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    category = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=48, db_index=True)
    home_id = models.BigIntegerField()
    home_path = models.CharField(max_length=255)
    unit_id = models.BigIntegerField()
    unit_path = models.CharField(max_length=255)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"{self.subject} {self.entered_at}"
