from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained


class Subscription(Chained):
    """Somebody who gets the round-up by mail. The address lies in the vault under this stream;
    `address_index` finds it again and goes with it."""

    STREAM = "subscription"
    PRIVATE = frozenset({"address_index"})

    rhythm = models.CharField(max_length=4)
    locale = models.CharField(max_length=10)
    address_index = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["address_index", "rhythm"],
                condition=models.Q(ended_at__isnull=True),
                name="subscribed_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["rhythm", "id"],
                condition=models.Q(ended_at__isnull=True),
                name="subscription_running",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.stream


class SentRoundup(models.Model):
    """Remembers that the round-up of a period is on its way, so that nobody gets it twice."""

    period = models.CharField(max_length=10, unique=True)
    at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return self.period
