from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained


class WorkCalendar(Chained):  # type: ignore[django-manager-missing]  # Org's is treebeard's
    """A working calendar: office hours and a time zone; its days come year by year."""

    STREAM = "calendar"
    STANDING = True

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    # Pairs of local times, such as 09:00 to 12:00 and 13:30 to 17:30.
    hours = models.JSONField(default=list)

    @override
    def __str__(self) -> str:
        return self.name


class CalendarYear(Chained):
    """One year's special days: {"2025-01-28": [false, "春节"], …} and how sure they are."""

    STREAM = "calendar_year"
    STANDING = True

    calendar = models.ForeignKey(WorkCalendar, models.PROTECT)
    year = models.PositiveIntegerField()
    status = models.CharField(
        max_length=12, choices=[("announced", "announced"), ("provisional", "provisional")]
    )
    source = models.CharField(max_length=200)
    days = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "year"], name="calendar_year_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.calendar_id} {self.year}"
