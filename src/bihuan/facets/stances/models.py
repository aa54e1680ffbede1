from typing import Any, ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Part, register


class Stance(Part):
    """What one person says to a matter now. Where the kind keeps it to itself, the choice is `kept`:
    in the half of the log that can be erased, and shown to nobody else."""

    PART = "stance"
    PRIVATE = frozenset({"kept"})
    DERIVED = frozenset({"matter_id"})

    matter_id = models.BigIntegerField(db_index=True)
    person_id = models.BigIntegerField()
    choice = models.CharField(max_length=40, blank=True)
    kept = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="stance_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream} {self.key}"

    @classmethod
    @override
    def derived(cls, stream: str) -> dict[str, Any]:
        return {"matter_id": int(stream.partition(":")[2])}

    @property
    def said(self) -> str:
        """What the person chose, wherever it is written; '' once it was forgotten."""
        return self.choice or self.kept


register(Stance)
