from typing import ClassVar

from django.db import models
from django.utils import timezone
from typing_extensions import override

from bihuan.foundation.audit.api import Chained, Part
from bihuan.foundation.orgs.models import Org, Person
from bihuan.kernel.clocks.models import Clock
from bihuan.kernel.matters.parts import MatterPart
from bihuan.kernel.programmes.models import Release


class Matter(Chained):
    """A thing that must be closed. Every column is a projection of its events.

    `home` received it and `unit` is responsible now; their paths are copied for scope filters.
    `category` and `channel` repeat the facts of those names, for lists and figures.
    """

    STREAM = "matter"
    PRIVATE = frozenset({"subject"})
    # (version, rows): what `access` has read of it, in this process only.
    known_parties: "tuple[int, list[Party]] | None" = None
    known_clocks: "tuple[int, list[Clock]] | None" = None

    programme = models.CharField(max_length=40)
    release = models.ForeignKey(Release, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=40)
    prefix = models.CharField(max_length=4)
    state = models.CharField(max_length=40)
    phase = models.CharField(max_length=8)
    home = models.ForeignKey(Org, models.PROTECT, related_name="+", db_index=False)
    home_path = models.CharField(max_length=255)
    unit = models.ForeignKey(Org, models.PROTECT, related_name="+", db_index=False)
    unit_path = models.CharField(max_length=255)
    assignee = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", db_index=False
    )
    subject = models.CharField(max_length=200)
    category = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    anonymous = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=8, default="none")
    paused = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    code_index = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["home_path", "-id"], name="matter_home"),
            models.Index(fields=["unit_path", "-id"], name="matter_unit"),
            models.Index(
                fields=["assignee", "due_at"],
                name="matter_mine",
                condition=models.Q(phase__in=["open", "waiting"]),
            ),
            # Who has no role sees what they handled and a few by number: both are found, none looked through.
            models.Index(
                fields=["assignee"],
                name="matter_assignee",
                condition=models.Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["due_at", "id"],
                name="matter_open_need",
                condition=models.Q(phase__in=["open", "waiting"]),
            ),
            models.Index(
                fields=["level", "-id"],
                name="matter_open_level",
                condition=models.Q(phase__in=["open", "waiting"]),
            ),
            models.Index(
                fields=["code_index"],
                name="matter_code",
                condition=~models.Q(code_index=""),
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people call it: MY2026-000017. The year is that of its opening."""
        return f"{self.prefix}{timezone.localtime(self.opened_at).year}-{self.pk:06d}"


# Who of staff opened a matter of a kind in which they have no further part.
RAISED = "raised"
# Whom a matter of a kind is about that gives them no part in it.
ABOUT = "about"


class Party(MatterPart):
    """A person or organisation with a part in a matter beyond owning it.

    Roles: `co_unit` works along, `named` is complained of, `recused` must not see or touch it,
    `stood_for` is away while the assignee stands in, `opener` opened it with an account (kept only
    where an action of its kind names them), `raised` opened it otherwise, and sees no more for it. It is about one
    person or organisation, if any: its `subject` where its kind names them, else `about`.
    """

    PART = "party"

    role = models.CharField(max_length=12)
    person_id = models.BigIntegerField(null=True)
    org_id = models.BigIntegerField(null=True)
    org_path = models.CharField(max_length=255, blank=True)

    class Meta(MatterPart.Meta):
        indexes: ClassVar = [
            models.Index(fields=["role", "person_id"]),
            models.Index(fields=["role", "org_path"]),
        ]


class OldCode(Part):
    """A query code that was replaced: its keyed digest, so that whoever still holds it is told."""

    PART = "old_code"

    index = models.CharField(max_length=64, db_index=True)
    replaced_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="old_code_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream} {self.key}"
