from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models import Org, Person


class Waiver(Chained):
    """That an organisation, or a person, need not do one obligation from a day until a day (None: for
    good), for a reason that the programme names; who said so stands in its events."""

    STREAM = "waiver"
    STANDING = True
    CONCERNS = "person_id"
    PRIVATE = frozenset({"note"})

    programme = models.CharField(max_length=40)
    obligation = models.CharField(max_length=40)
    org = models.ForeignKey(Org, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["programme", "obligation"])]

    @override
    def __str__(self) -> str:
        return f"{self.programme}.{self.obligation} {self.org_id}"


class Deed(models.Model):
    """One step of a matter of a kind that meets obligations: what was done (`open`, or the action),
    into which state that led ('' where it stayed), on which day, where and by whom. It follows from the
    events, and is written with them: what a year of many organisations is counted from."""

    matter_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    state = models.CharField(max_length=40)
    category = models.CharField(max_length=40)
    day = models.DateField()
    unit_id = models.BigIntegerField()
    home_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter_id", "seq"], name="deed_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["programme", "kind", "unit_id", "day"], name="deed_unit"),
            models.Index(fields=["programme", "kind", "home_id", "day"], name="deed_home"),
            models.Index(fields=["programme", "kind", "person_id", "day"], name="deed_person"),
            models.Index(fields=["programme", "kind", "day"], name="deed_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"matter:{self.matter_id}#{self.seq} {self.action}"


class CountedKind(models.Model):
    """Of which kinds the steps of before are counted, up to which event: the rest of them is to be read
    yet, a part at a time. `passes`: how often it came to the end."""

    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    upto = models.BigIntegerField(default=0)
    passes = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "kind"], name="counted_kind_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.programme}.{self.kind} {self.upto}"


class ToldOf(models.Model):
    """That those who are reminded of a period of an obligation (`what` remind), or told that it was missed
    (missed), were; that a matter was opened for an organisation that missed it (`org:` and its number)."""

    programme = models.CharField(max_length=40)
    obligation = models.CharField(max_length=40)
    period = models.CharField(max_length=10)
    what = models.CharField(max_length=24)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "obligation", "period", "what"], name="told_of_once"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.programme}.{self.obligation} {self.period} {self.what}"
