from datetime import date
from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained


class Layout(Chained):
    """A Word file in which the papers of one kind of bulletin are set, for an organisation and all
    under it, from `start` to the day before `end`. The file is the part `docx`.

    The file of a row never changes: another file is another edition.
    """

    STREAM = "layout"

    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    org_id = models.BigIntegerField()
    edition = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    # Tags of the figures, and as `block.<name>` of the blocks, that it prints beside the bulletin's words.
    figures = models.JSONField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=48)
    start = models.DateField(null=True)
    end = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org_id", "programme", "kind", "edition"], name="layout_edition_once"
            ),
        ]

    def state(self, on: date) -> str:
        """How it stands on a day: new, planned, used or ended."""
        if self.end is not None and (self.end <= on or self.end == self.start):
            return "ended"
        if self.start is None:
            return "new"
        return "planned" if self.start > on else "used"

    @override
    def __str__(self) -> str:
        return self.name
