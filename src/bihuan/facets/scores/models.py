from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class Score(MatterPart):
    """What one person gave a matter: `kept` holds the grade of each item, in the half of the log that can be
    erased, and nobody but that person is shown it."""

    PART = "score"
    PRIVATE = frozenset({"kept"})

    person_id = models.BigIntegerField()
    kept = models.CharField(max_length=700, blank=True)
    at = models.DateTimeField()


class ScoreSheet(MatterPart):
    """What was counted from paper of one item: how often each grade, of forms without a name."""

    PART = "score_sheet"

    counts = models.JSONField(default=dict)


class ScoreResult(MatterPart):
    """What came of one item once nothing could be given any more: from how many `forms`, and the `points`
    of all of them; no points where they would tell what somebody gave. `scored` is the item."""

    PART = "score_result"

    scored = models.CharField(max_length=40)
    numbers = models.JSONField(default=dict)
    at = models.DateTimeField()


for _part in (Score, ScoreSheet, ScoreResult):
    register(_part)
