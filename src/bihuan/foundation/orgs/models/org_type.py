from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained


class OrgType(Chained):
    """A type that organisations may have: `code` is what `Org.level` and programmes' scopes hold."""

    STREAM = "org_type"
    STANDING = True

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    # Where it stands among the others, from 1.
    order = models.PositiveIntegerField()
    # A retired one is not chosen any more; what has it keeps it.
    active = models.BooleanField(default=True)

    @override
    def __str__(self) -> str:
        return self.name
