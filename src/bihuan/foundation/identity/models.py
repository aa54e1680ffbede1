from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained


class Identity(Chained):
    """Whose site this is. There is one row: the whole house shows one name."""

    STREAM = "identity"
    STANDING = True

    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=40, blank=True)
    hotline = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=120, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    filing = models.CharField(max_length=60, blank=True)
    police_filing = models.CharField(max_length=60, blank=True)
    accent = models.CharField(max_length=8, default="red")
    # The key of its picture among the attachments of this stream; '' for the drawn one.
    emblem = models.CharField(max_length=64, blank=True)

    @override
    def __str__(self) -> str:
        return self.name
