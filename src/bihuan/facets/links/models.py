from typing import Any, ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Part


class Link(Part):
    """That a matter (`holder_id`) is linked to another by one of the links of its kind. One that
    left stays, with the day it left: who looks back sees what once was on the agenda.

    `missed` is the newest action that it could not take with the others, and why.
    """

    PART = "link"
    DERIVED = frozenset({"holder_id"})

    holder_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=24)
    target_id = models.BigIntegerField(db_index=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    missed = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="link_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream} {self.key}"

    @classmethod
    @override
    def derived(cls, stream: str) -> dict[str, Any]:
        return {"holder_id": int(stream.partition(":")[2])}
