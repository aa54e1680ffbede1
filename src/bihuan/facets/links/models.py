from django.db import models

from bihuan.kernel.matters.parts import MatterPart


class Link(MatterPart):
    """That a matter (`holder_id`) is linked to another by one of the links of its kind. One that
    left stays, with the day it left: who looks back sees what once was on the agenda.

    `missed` is the newest action that it could not take with the others, and why.
    """

    PART = "link"
    DERIVED = frozenset({"holder_id"})

    matter_id = None  # type: ignore[assignment] # - how Django leaves a column out
    holder_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=24)
    target_id = models.BigIntegerField(db_index=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    missed = models.JSONField(default=dict)
