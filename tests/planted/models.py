from django.db import models

from bihuan.foundation.audit.api import Part, register


class Stroke(Part):
    """One stroke on a matter."""

    PART = "stroke"

    made_at = models.DateTimeField()
    person_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "key"], name="stroke_once")]

    def __str__(self) -> str:
        return f"{self.stream} {self.key}"


register(Stroke)
