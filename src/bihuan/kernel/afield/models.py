"""Entries of phones without a network."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models import Person
from bihuan.kernel.halls.models import Visit
from bihuan.kernel.matters.models import Matter


class PhoneEntry(Chained):
    """What the house knows of an entry of a phone without a network: that it was taken in, is held
    for whoever is in charge, was registered by them, or was dropped.

    `person` typed it and `key` was made on their phone: once for each pair, for good. Only a held one
    has words (`remark`, `told`: what its owner was told; the contact is in the vault).
    """

    STREAM = "phone_entry"
    PRIVATE = frozenset({"gist", "remark", "told"})

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    gist = models.CharField(max_length=64, blank=True)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    given = models.JSONField(default=dict)
    remark = models.TextField(blank=True)
    told = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "key"], name="phone_entry_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="phone_entry_held", condition=models.Q(state="held"))
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"
