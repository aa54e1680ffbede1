from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models.org import Org
from bihuan.foundation.orgs.models.person import Person


class Membership(Chained):
    """A person's belonging to an organisation in one status, for a time; another status, or another
    organisation, is another row that follows it."""

    STREAM = "membership"
    STANDING = True
    CONCERNS = "person_id"

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    org = models.ForeignKey(Org, models.PROTECT, related_name="memberships")
    # `programme.kind`, and one of its statuses: which there are the programmes say.
    kind = models.CharField(max_length=81)
    status = models.CharField(max_length=40)
    # Whether those in this status are members: an applicant is on the list, and is not.
    counted = models.BooleanField(default=True)
    # Since when the person belongs at all, wherever that was: a birthday of membership is its day.
    since = models.DateField(null=True, blank=True)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["org", "kind", "end"])]

    @override
    def __str__(self) -> str:
        return f"{self.person_id}@{self.org_id} {self.kind}/{self.status}"


class Exemption(Chained):
    """That somebody need not do, for a time, what those of a kind have to: old or infirm, on leave,
    away: which of these is nobody's business but theirs and of who keeps the list. It belongs to the
    person, so that it goes along when they move."""

    STREAM = "exemption"
    STANDING = True
    CONCERNS = "person_id"
    PRIVATE = frozenset({"reason", "note"})

    person = models.ForeignKey(Person, models.PROTECT, related_name="exemptions")
    kind = models.CharField(max_length=81)
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    @override
    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}/{self.reason}"
