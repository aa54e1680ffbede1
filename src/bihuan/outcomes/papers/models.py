from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained


class IssuedPaper(Chained):
    """A paper that was issued of a matter: its number, what it says, whether it stands.

    `content` is all that is printed but for the number and the code, so that the same words come again
    whatever becomes of the matter; {} once it was erased. `slot` is taken while it stands: there is one
    of a sort and matter. The code is derived from `seed` and a secret of the house; of it a keyed
    digest is kept.
    """

    STREAM = "paper"
    PRIVATE = frozenset({"title", "content", "withdrawn_why"})

    programme = models.CharField(max_length=40)
    paper = models.CharField(max_length=40)
    matter_id = models.BigIntegerField(db_index=True)
    # The matter right above it when the paper was issued, for all of one together.
    under_id = models.BigIntegerField(null=True, db_index=True)
    release_id = models.BigIntegerField()
    org_id = models.BigIntegerField()
    # Whom its matter is about, where that is a person.
    person_id = models.BigIntegerField(null=True, db_index=True)
    locale = models.CharField(max_length=10)
    title = models.CharField(max_length=200, blank=True)
    content = models.JSONField(default=dict)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default="issued")
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=48)
    ended_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    replaces = models.BigIntegerField(null=True)
    slot = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - NULLs do not collide
    seed = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org_id", "year", "serial"], name="paper_numbered_once")
        ]

    @override
    def __str__(self) -> str:
        return self.number
