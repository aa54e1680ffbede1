from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models import Org


class Release(Chained):
    """One version of a programme as canonical JSON. Never changed: its digest is its name.

    With a `base` it is that release under the local changes of a place, made when the first
    matter was opened under them; such a one is never put in force itself.
    """

    STREAM = "release"
    STANDING = True

    programme = models.CharField(max_length=40)
    tag = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    base = models.ForeignKey("self", models.PROTECT, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "tag"], name="release_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.programme} {self.tag}"


class InForce(Chained):
    """A release in force for an organisation and all below it, from a day until a day."""

    STREAM = "in_force"
    STANDING = True

    org = models.ForeignKey(Org, models.PROTECT)
    programme = models.CharField(max_length=40, db_index=True)
    release = models.ForeignKey(Release, models.PROTECT)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    @override
    def __str__(self) -> str:
        return f"{self.programme}@{self.org_id}"


class Override(Chained):
    """A local change of a programme, with the document that orders it, from a day until a day.

    `part` says of what: a `setting` (`value` is its value, `scope` the case), a `choice` or a
    `field` (`name` and `value` as in `spec.overlay.Change`).
    """

    # The stream's name is older than the other two parts; a log is never rewritten.
    STREAM = "setting"
    STANDING = True

    org = models.ForeignKey(Org, models.PROTECT)
    programme = models.CharField(max_length=40)
    part = models.CharField(max_length=8, default="setting")
    name = models.CharField(max_length=170)
    value = models.JSONField()
    scope = models.JSONField(default=dict)
    clause = models.CharField(max_length=300)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["programme", "name"])]

    @override
    def __str__(self) -> str:
        return f"{self.programme}.{self.name}"
