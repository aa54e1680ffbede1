"""Parts of matters that name their matter in a column, so that those of many are found at once."""

from typing import Any, ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Part


class MatterPart(Part):
    """A part of a matter's stream: one of each key. A part that calls its matter something else says
    so in DERIVED."""

    DERIVED = frozenset({"matter_id"})

    matter_id = models.BigIntegerField(db_index=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="%(class)s_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream} {self.key}"

    @classmethod
    @override
    def derived(cls, stream: str) -> dict[str, Any]:
        return dict.fromkeys(cls.DERIVED, int(stream.partition(":")[2]))
