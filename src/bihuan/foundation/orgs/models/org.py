from typing import ClassVar

from django.db import models
from treebeard.mp_tree import MP_Node
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models.calendar import WorkCalendar


class Org(MP_Node, Chained):  # type: ignore[misc, django-manager-missing]  # treebeard has no types
    """An organisation in the tree. `path` sorts a subtree together: filter it by range."""

    STREAM = "org"
    STANDING = True
    UNTRACKED = frozenset({"numchild"})
    steplen = 4

    path = models.CharField(max_length=255, unique=True)  # collated "C" on PostgreSQL by migration
    name = models.CharField(max_length=120, db_index=True)
    short = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40, blank=True, db_index=True)
    # "city", "county", …: scopes of dated settings name it.
    level = models.CharField(max_length=20, blank=True)
    duties = models.TextField(blank=True)
    calendar = models.ForeignKey(WorkCalendar, models.PROTECT, null=True, blank=True)
    active = models.BooleanField(default=True)
    # Which organisation it went into, when it was closed by that.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    node_order_by: ClassVar[list[str]] = []

    @override
    def __str__(self) -> str:
        return self.short or self.name
