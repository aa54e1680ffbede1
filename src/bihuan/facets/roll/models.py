from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class Enrolled(MatterPart):
    """One of those on the roll of a matter: a person, or (without one) an organisation; at which
    organisation that was when the roll was taken, and what became of them. `kind` is the membership by
    which they are on it; `reason` why they need not: the exemption's, or what somebody wrote."""

    PART = "member"
    PRIVATE = frozenset({"reason"})

    person_id = models.BigIntegerField(null=True, db_index=True)
    org_id = models.BigIntegerField()
    kind = models.CharField(max_length=81, blank=True)
    state = models.CharField(max_length=8)
    reason = models.CharField(max_length=2000, blank=True)
    since = models.DateTimeField()
    at = models.DateTimeField()


register(Enrolled)
