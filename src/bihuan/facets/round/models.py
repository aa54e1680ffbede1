from typing import ClassVar

from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class RoundRun(MatterPart):
    """That a round runs: for which kind of `award`, and how many of it there are at the most. The quota
    is that of the day on which it was opened; a later one says who changed it in its step."""

    PART = "round_run"

    award = models.CharField(max_length=40)
    quota = models.PositiveSmallIntegerField()
    since = models.DateTimeField()


class Ranked(MatterPart):
    """Where a nomination stands in its round, by the id of the nomination: how many `votes` of how many
    `voters`, `turn` its place among those with as many votes where a rule decided (0: none did), `out`
    that it was too few."""

    PART = "ranked"

    nomination_id = models.BigIntegerField(db_index=True)
    votes = models.PositiveIntegerField()
    voters = models.PositiveIntegerField()
    turn = models.PositiveSmallIntegerField(default=0)
    out = models.BooleanField(default=False)


class Candidacy(MatterPart):
    """For which round and award a matter nominates whom, and `how`: by themselves, by who has a role for
    it, by anybody else. `slot` (round and whom) stands once, and is empty while the nomination is void.
    `shown` is whether they want their name on the wall; null until they have said."""

    PART = "candidacy"

    round_id = models.BigIntegerField(db_index=True)
    award = models.CharField(max_length=40)
    person_id = models.BigIntegerField(null=True, db_index=True)
    org_id = models.BigIntegerField(null=True, db_index=True)
    how = models.CharField(max_length=8)
    shown = models.BooleanField(null=True)
    slot = models.CharField(max_length=64, null=True)  # noqa: DJ001 - NULLs do not collide

    class Meta(MatterPart.Meta):
        constraints: ClassVar = [
            *MatterPart.Meta.constraints,
            models.UniqueConstraint(fields=["slot"], name="round_candidacy_slot"),
        ]


class Criterion(MatterPart):
    """A condition of an award, by its name, as it was when somebody looked last: `is_met`, not, or (null)
    nothing there tells. `seen` is from where that is known: [sort, id or name] each."""

    PART = "criterion"

    is_met = models.BooleanField(null=True)
    seen = models.JSONField(default=list)
    at = models.DateTimeField()


class Conflict(MatterPart):
    """Somebody on the jury who has no vote on a nomination, by their id, and `why`: they are a candidate
    of the round themselves, nominated, or are over whom it is about."""

    PART = "conflict"

    person_id = models.BigIntegerField()
    why = models.CharField(max_length=12)


class Award(MatterPart):
    """What a nomination came to: the award, its day; `ended` the day on which it was revoked. `slot`
    (award, whom, period) stands once, and is empty once the award was revoked."""

    PART = "award"

    round_id = models.BigIntegerField(db_index=True)
    award = models.CharField(max_length=40)
    person_id = models.BigIntegerField(null=True, db_index=True)
    org_id = models.BigIntegerField(null=True, db_index=True)
    given = models.DateField()
    ended = models.DateField(null=True)
    slot = models.CharField(max_length=120, null=True)  # noqa: DJ001 - NULLs do not collide

    class Meta(MatterPart.Meta):
        constraints: ClassVar = [
            *MatterPart.Meta.constraints,
            models.UniqueConstraint(fields=["slot"], name="round_award_slot"),
        ]


for _model in (RoundRun, Ranked, Candidacy, Criterion, Conflict, Award):
    register(_model)
