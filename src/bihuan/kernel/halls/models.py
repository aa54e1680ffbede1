from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained, Part
from bihuan.foundation.orgs.models import Org


class Timetable(Chained):
    """How many a window of a hall takes by appointment, from a day until a day.

    A change is a new row; `window` is '' for the hall as a whole. `spans` are pairs of local times.
    """

    STREAM = "timetable"
    STANDING = True

    org = models.ForeignKey(Org, models.PROTECT)
    window = models.CharField(max_length=20, blank=True)
    after_hours = models.BooleanField(default=False)
    weekdays = models.JSONField(default=list)
    spans = models.JSONField(default=list)
    places = models.PositiveSmallIntegerField()
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org", "window", "after_hours"],
                name="timetable_once",
                condition=models.Q(end__isnull=True),
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.org_id} {self.window}"


class Place(Part):
    """A place that somebody has booked: the nth of a half hour at a window. That it stands only
    once is what keeps two who book at one instant from being given the same."""

    PART = "place"

    org_id = models.BigIntegerField()
    window = models.CharField(max_length=20, blank=True)
    day = models.DateField()
    time = models.CharField(max_length=5)
    nth = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="place_part_once"),
            models.UniqueConstraint(
                fields=["org_id", "day", "time", "window", "nth"], name="place_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream} {self.day} {self.time}"


class QueueNumber(Part):
    """The number of somebody who waits: the nth of a letter at a hall on a day. That it stands only
    once is what keeps two machines from giving out the same at one instant."""

    PART = "queue_number"

    org_id = models.BigIntegerField()
    day = models.DateField()
    letter = models.CharField(max_length=1)
    nth = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="queue_number_part_once"),
            models.UniqueConstraint(
                fields=["org_id", "day", "letter", "nth"], name="queue_number_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream} {self.letter}{self.nth:03}"


class Visit(Chained):
    """One outing of the mobile unit 流动窗口: where, when, for which services."""

    STREAM = "visit"
    PRIVATE = frozenset({"note", "cancelled"})

    org = models.ForeignKey(Org, models.PROTECT)
    place = models.CharField(max_length=120)
    day = models.DateField()
    opens = models.CharField(max_length=5)
    closes = models.CharField(max_length=5)
    services = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)
    cancelled = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="visit_day")]

    @override
    def __str__(self) -> str:
        return f"{self.day} {self.place}"
