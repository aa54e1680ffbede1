from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained


class Bulletin(Chained):
    """A paper about a period of an organisation. Its words keep their tags; `numbers` holds what
    each tag stood for, with its definition, as computed from the facts up to `horizon`.

    Once issued nothing changes but its withdrawal.
    """

    STREAM = "bulletin"
    PRIVATE = frozenset({"title", "text", "blocks", "withdrawn_why"})

    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    org_id = models.BigIntegerField()
    home_path = models.CharField(max_length=255)
    unit_name = models.CharField(max_length=120)
    period = models.CharField(max_length=25)
    locale = models.CharField(max_length=10)
    public = models.BooleanField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    numbers = models.JSONField()
    # Tags of `numbers`, as the table lists them.
    table = models.JSONField()
    chart = models.JSONField()
    # What blocks of other apps said, by name: a title, rows of words.
    blocks = models.JSONField(default=dict)
    horizon = models.BigIntegerField()
    facts_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="drafted")
    # Everybody whose hand is in it: none of them issues it.
    hands = models.JSONField()
    drafted_at = models.DateTimeField()
    year = models.PositiveSmallIntegerField(null=True)
    serial = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=60, blank=True)
    issued_by = models.CharField(max_length=48, blank=True)
    issued_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    # The issued bulletin this one corrects.
    corrects = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "-issued_at"], name="bulletin_state"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org_id", "programme", "kind", "year", "serial"],
                name="bulletin_numbered_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.title
