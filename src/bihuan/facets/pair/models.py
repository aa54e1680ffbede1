from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained, register
from bihuan.kernel.matters.parts import MatterPart


class PairCard(Chained):
    """What somebody can do and what they need, in a programme: said once, changed when they like, read
    by every round. `whom` is a person (`p17`) or an organisation (`o4`); skills of the programme by
    their ids, and what its dictionary lacks in their own words."""

    STREAM = "pair_card"
    CONCERNS = "person_id"
    PRIVATE = frozenset({"can", "needs", "can_more", "needs_more"})

    programme = models.CharField(max_length=40)
    whom = models.CharField(max_length=24)
    person_id = models.BigIntegerField(null=True)
    org_id = models.BigIntegerField(null=True)
    can = models.JSONField(default=list)
    needs = models.JSONField(default=list)
    can_more = models.JSONField(default=list)
    needs_more = models.JSONField(default=list)
    said_by = models.BigIntegerField(null=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "whom"], name="pair_card_once")
        ]
        indexes: ClassVar = [models.Index(fields=["whom"], name="pair_card_whom")]

    @override
    def __str__(self) -> str:
        return f"{self.programme} {self.whom}"


class PairSide(MatterPart):
    """One of those who are to be paired in a round, by their key (`p17`, `o4`): on which `side` (0, 1),
    where they belong, what became of them, why they stay alone (rule → how many it keeps away), and
    why they are left out in somebody's words."""

    PART = "pair_side"
    PRIVATE = frozenset({"reason"})

    person_id = models.BigIntegerField(null=True)
    org_id = models.BigIntegerField()
    side = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8)
    why = models.JSONField(default=dict)
    reason = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta(MatterPart.Meta):
        # Whoever is asked what they can and need is found from who they are, and from where they belong.
        indexes: ClassVar = [
            models.Index(fields=["key"], name="pair_side_key"),
            models.Index(fields=["org_id"], name="pair_side_org"),
        ]


class PairLink(MatterPart):
    """Two of a round who are to go together, by both their keys: what each gives the other, which rules
    keep away whom they would suit better (`instead`), whether a hand put them together and what rules
    that breaks and why. `stands` when nothing moves it any more; `why` none could be opened."""

    PART = "pair_link"
    PRIVATE = frozenset({"gives", "takes", "reason"})

    first = models.CharField(max_length=24)
    second = models.CharField(max_length=24)
    gives = models.JSONField(default=list)
    takes = models.JSONField(default=list)
    instead = models.JSONField(default=dict)
    by_hand = models.BooleanField(default=False)
    fixed = models.BooleanField(default=False)
    breaks = models.JSONField(default=list)
    reason = models.CharField(max_length=2000, blank=True)
    stands = models.BooleanField(default=False)
    why = models.JSONField(default=dict)


class PairBar(MatterPart):
    """Two of a round who must not go together, by both their keys, and why."""

    PART = "pair_bar"
    PRIVATE = frozenset({"reason"})

    reason = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()


class PairRun(MatterPart):
    """What the last suggestion was like: `pairs`, how many more there might be at most (`short`), how
    much more they might be worth (`gap`); and what those that are opened are filled in with."""

    PART = "pair_run"

    at = models.DateTimeField(null=True)
    pairs = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)
    gap = models.PositiveIntegerField(default=0)
    given = models.JSONField(default=dict)


class PairOf(MatterPart):
    """Of a matter that two are partners in: under which round, who they are, and whether they are of
    one group (`within`), of two (`across`), or were partners before (`again`)."""

    PART = "pair_of"
    PRIVATE = frozenset({"gives", "takes"})

    parent_id = models.BigIntegerField(null=True)
    sort = models.CharField(max_length=81)
    both = models.CharField(max_length=49)
    first = models.CharField(max_length=24)
    second = models.CharField(max_length=24)
    match = models.CharField(max_length=8)
    gives = models.JSONField(default=list)
    takes = models.JSONField(default=list)

    class Meta(MatterPart.Meta):
        constraints: ClassVar = [
            *MatterPart.Meta.constraints,
            # However often it is tried, by however many at once, two are opened once.
            models.UniqueConstraint(fields=["parent_id", "both"], name="pair_of_both_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["first"], name="pair_of_first"),
            models.Index(fields=["second"], name="pair_of_second"),
        ]


class PairWord(MatterPart):
    """That one partner has said their part in an action, by `<action>.<0 or 1>`: by whom, and when."""

    PART = "pair_word"

    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()


register(PairCard, PairSide, PairLink, PairBar, PairRun, PairOf, PairWord)
