from typing import ClassVar

from django.db import models

from bihuan.kernel.matters.parts import MatterPart


class Once(MatterPart):
    """That a matter is the one of its kind about its subject in a period. `slot` names kind, subject and
    period and stands only once; it is empty while the matter is in a state that does not count."""

    PART = "once"

    period = models.CharField(max_length=12)
    slot = models.CharField(max_length=128, null=True)  # noqa: DJ001 - NULLs do not collide

    class Meta(MatterPart.Meta):
        constraints: ClassVar = [
            *MatterPart.Meta.constraints,
            models.UniqueConstraint(fields=["slot"], name="subject_once_slot"),
        ]
