from typing import ClassVar

from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class EachRun(MatterPart):
    """That a matter opens others for each of a roster: by what its event `seq` said and what its
    programme gives them (`given`), since when, and how many are due (`exempt` ones are not)."""

    PART = "each"

    seq = models.PositiveIntegerField()
    given = models.JSONField()
    since = models.DateTimeField()
    due = models.PositiveIntegerField()
    exempt = models.PositiveIntegerField()


class EachMissed(MatterPart):
    """One for whom none could be opened, and why; until one could."""

    PART = "each_missed"

    person_id = models.BigIntegerField(null=True)
    org_id = models.BigIntegerField()
    why = models.JSONField()
    at = models.DateTimeField()


class EachOf(MatterPart):
    """Of a matter that was opened so: under which, and for `whom` (`p17`, `o4`); a person at an
    organisation, or it itself. `left` is the day since which they are not on the roster any more."""

    PART = "each_of"

    parent_id = models.BigIntegerField()
    whom = models.CharField(max_length=24)
    person_id = models.BigIntegerField(null=True)
    org_id = models.BigIntegerField()
    left = models.DateField(null=True)

    class Meta(MatterPart.Meta):
        constraints: ClassVar = [
            *MatterPart.Meta.constraints,
            # However often it is tried, by however many at once, nobody gets two.
            models.UniqueConstraint(fields=["parent_id", "whom"], name="each_of_whom_once"),
        ]


register(EachRun, EachMissed, EachOf)
