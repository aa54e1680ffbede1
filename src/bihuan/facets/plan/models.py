from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class PlanLine(MatterPart):
    """A milestone of a matter, the nth by its key: what, by when, who answers for it, how far it is.
    `first` is the day that was promised first, `moved` how often another took its place. `state` is
    open, in_time, late (both: done) or dropped, `ended_on` the day of that."""

    PART = "plan_line"
    PRIVATE = frozenset({"title", "why"})

    title = models.CharField(max_length=200, blank=True)
    due = models.DateField()
    first = models.DateField()
    moved = models.PositiveSmallIntegerField(default=0)
    person_id = models.BigIntegerField(null=True)
    percent = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, default="open")
    ended_on = models.DateField(null=True)
    why = models.CharField(max_length=2000, blank=True)


class PlanMember(MatterPart):
    """Somebody of the team, by the number of the person: their `part` in words, whether they answer
    first (`lead`), from which day until which."""

    PART = "plan_member"
    PRIVATE = frozenset({"part"})

    person_id = models.BigIntegerField(db_index=True)
    part = models.CharField(max_length=200, blank=True)
    lead = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True)


class PlanRun(MatterPart):
    """That a plan runs, and for which periods a journal is owed: `every` week, month, quarter, half or
    year, from the day it `started`; `pauses` are [first day, first day after or null]."""

    PART = "plan_run"

    every = models.CharField(max_length=8, blank=True)
    started = models.DateField()
    ended = models.DateField(null=True)
    pauses = models.JSONField(default=list)


class JournalEntry(MatterPart):
    """The journal of a period (`2026-W10`, `2026-03`, `2026-Q1`), its key. `texts` are its parts, `first` what
    they were before they were corrected. `timing` is in_time or late."""

    PART = "journal_entry"
    PRIVATE = frozenset({"texts", "first"})

    texts = models.JSONField(default=dict)
    first = models.JSONField(default=dict)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    timing = models.CharField(max_length=8)
    changed_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(null=True)


class JournalRemark(MatterPart):
    """What somebody says to the journal of a period: one of each person, its key `<period>-<person>`."""

    PART = "journal_remark"
    PRIVATE = frozenset({"text"})

    period = models.CharField(max_length=8)
    person_id = models.BigIntegerField()
    text = models.CharField(max_length=4000, blank=True)
    at = models.DateTimeField()


for _model in (PlanLine, PlanMember, PlanRun, JournalEntry, JournalRemark):
    register(_model)
