from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Part


class Attachment(Part):
    """A file of a stream. The bytes lie in the store under their hash."""

    PART = "file"
    # 张三身份证.jpg: people name files after people.
    PRIVATE = frozenset({"name"})

    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    internal = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="attachment_once")
        ]

    @override
    def __str__(self) -> str:
        return self.name
