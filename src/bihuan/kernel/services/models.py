from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models import Org


class Service(Chained):
    """One service of one department, as promised from a day until a day.

    A change is a new row with the same `code`; an application stays with the row it was made
    under. Both limits are working days; the promised one is what clocks count. `place`, `hours` and
    `phone` are its own hall's; `forms` are to be fetched, each a name and, where it is online, its
    address behind a blank; `result` is what one has in the end.
    """

    STREAM = "service"
    STANDING = True

    org = models.ForeignKey(Org, models.PROTECT)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    statutory = models.PositiveSmallIntegerField()
    promised = models.PositiveSmallIntegerField()
    clause = models.CharField(max_length=300)
    materials = models.JSONField(default=list)
    immediate = models.BooleanField(default=False)
    fee = models.CharField(max_length=120, blank=True)
    applicants = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    forms = models.JSONField(default=list)
    result = models.CharField(max_length=200, blank=True)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org", "code"],
                name="service_once",
                condition=models.Q(end__isnull=True),
            )
        ]

    @override
    def __str__(self) -> str:
        return self.name
