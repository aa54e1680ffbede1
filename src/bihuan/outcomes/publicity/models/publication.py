from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained


class _Outside(models.Manager["Publication"]):
    """Publications that boards do not keep for staff: all that a public door may know of."""

    @override
    def get_queryset(self) -> models.QuerySet["Publication"]:
        return super().get_queryset().filter(inside=False)


class Publication(Chained):
    """A frozen snapshot on a board. Drafts may change; once published only withdrawal can. `inside`:
    its board is for staff."""

    STREAM = "publication"
    PRIVATE = frozenset({"title", "question", "answer", "withdrawn_why"})

    programme = models.CharField(max_length=40)
    board = models.CharField(max_length=40)
    subject = models.CharField(max_length=48, db_index=True)
    home_path = models.CharField(max_length=255)
    unit_name = models.CharField(max_length=120)
    category = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200)
    question = models.TextField()
    answer = models.TextField()
    state = models.CharField(max_length=10, default="drafted")
    drafted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    read_by = models.CharField(max_length=48, blank=True)
    inside = models.BooleanField(default=False)

    objects: ClassVar = models.Manager["Publication"]()
    outside: ClassVar = _Outside()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["board", "-published_at"],
                name="publication_board",
                condition=models.Q(state="published"),
            ),
            models.Index(
                fields=["published_at"],
                name="publication_day",
                condition=models.Q(state="published"),
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.title


class Views(models.Model):
    """How often a publication was opened on a day. Nothing about who opened it. Once the day is over
    its counts stand in the log too (CountedDay)."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="views")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "day"], name="views_once_a_day")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.publication_id} {self.day} {self.count}"


class CountedDay(Chained):
    """How often each publication was opened on a day that is over: `counts` by its number."""

    STREAM = "counted_day"

    day = models.DateField(unique=True)
    counts = models.JSONField(default=dict)

    @override
    def __str__(self) -> str:
        return f"{self.day}"
