from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Part


class Clock(Part):
    """A clock of a stream; `key` is its name in the programme.

    `source` tells which setting gave the limit. `pauses` are [from, to or null, and
    the least that is left at its end, as "1 workdays", where one holds], `extras` extensions {n, at, by, reason}, `steps` {id, at, level, notify, act} with instants worked out.
    `next_at` is when the sweep must look again; null when it need not.
    """

    PART = "clock"

    role = models.CharField(max_length=8)
    state = models.CharField(max_length=8)
    n = models.PositiveIntegerField()
    unit = models.CharField(max_length=10)
    calendar_id = models.BigIntegerField()
    source = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    pauses = models.JSONField(default=list)
    extras = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    done = models.PositiveSmallIntegerField(default=0)
    level = models.CharField(max_length=8, default="none")
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="clock_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"], name="clock_next", condition=models.Q(next_at__isnull=False)
            ),
            models.Index(
                fields=["calendar_id"],
                name="clock_provisional",
                condition=models.Q(provisional=True, state="running"),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream} {self.key}"
