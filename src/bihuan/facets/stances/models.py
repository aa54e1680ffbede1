from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class Stance(MatterPart):
    """What one person says to a matter now. Where the kind keeps it to itself, the choice is `kept`:
    in the half of the log that can be erased, and shown to nobody else."""

    PART = "stance"
    PRIVATE = frozenset({"kept"})

    person_id = models.BigIntegerField()
    choice = models.CharField(max_length=40, blank=True)
    kept = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    @property
    def said(self) -> str:
        """What the person chose, wherever it is written; '' once it was forgotten."""
        return self.choice or self.kept


register(Stance)
