"""How somebody said that tables are to be read."""

from typing import ClassVar

from django.db import models
from typing_extensions import override


class KnownLayout(models.Model):
    """How somebody said the tables of one header are to be read at an organisation: the header's
    line where it is not the one that is found, and {title: field, or "" for none}."""

    org_id = models.BigIntegerField()
    shape = models.CharField(max_length=40)
    head = models.IntegerField(null=True)
    columns = models.JSONField(default=dict)
    said_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org_id", "shape"], name="known_layout_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.org_id} {self.shape}"
