"""Who is away, and who stands in."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models import Person


class Absence(Chained):
    """Somebody is away from a day to a day, and another stands in until they say they are back.

    `over` is the day on which that was said; one absence of a person at a time.
    """

    STREAM = "absence"
    STANDING = True

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    stand_in = models.ForeignKey(Person, models.PROTECT, related_name="+")
    start = models.DateField()
    end = models.DateField()
    over = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], name="absence_once", condition=models.Q(over__isnull=True)
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person_id} {self.start}"
