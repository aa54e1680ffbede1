"""Links for somebody outside, and what each shows of the texts."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.kernel.matters.models import Matter


class Watch(Chained):
    """A link by which somebody outside follows one matter until a day; only its digest is kept."""

    STREAM = "watch"
    PRIVATE = frozenset({"holder", "purpose"})

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
    holder = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    expires = models.DateField()
    digest = models.CharField(max_length=64, unique=True)
    given_by = models.CharField(max_length=48)
    revoked = models.BooleanField(default=False)
    looks = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return f"{self.matter_id} {self.expires}"


class WatchText(Chained):
    """A text of a matter for whoever holds a link: waits to be read, was released in certain
    words, or was taken back. It stands in the matter's event `event` under `name`."""

    STREAM = "watch_text"
    PRIVATE = frozenset({"words"})
    STANDING = True

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="texts")
    event = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    words = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="waiting")
    waits_since = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=48, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["watch", "event", "name"], name="watch_text_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["watch"],
                name="watch_text_waiting",
                condition=models.Q(state="waiting"),
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.watch_id} {self.event} {self.name}"
