from typing import ClassVar

from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class Sitting(MatterPart):
    """When a matter's gathering takes place, as its fields say, and how far it has come: announced, begun,
    held (`held_from` until `held_to`), called `off`; `why` it was moved or called off. `series` is the
    first matter of a series, `wanted` the day its rule meant, `holiday` what lies on that day, `slot`
    both in one word: one of a series a day. `quorum` is what was counted when it was held, `on_paper` how many
    signed a sheet of paper, where there was one."""

    PART = "sitting"
    PRIVATE = frozenset({"why"})

    begins = models.DateTimeField(db_index=True)
    ends = models.DateTimeField()
    first_begins = models.DateTimeField()
    moved = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=2000, blank=True)
    announced_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    held_from = models.DateTimeField(null=True)
    held_to = models.DateTimeField(null=True)
    off = models.BooleanField(default=False)
    reminded = models.DateTimeField(null=True)
    series = models.BigIntegerField(null=True, db_index=True)
    wanted = models.DateField(null=True)
    holiday = models.CharField(max_length=40, blank=True)
    slot = models.CharField(max_length=40, null=True, unique=True)  # noqa: DJ001 - null is no slot, and unique
    quorum = models.JSONField(default=dict)
    on_paper = models.PositiveIntegerField(null=True)


class Attendance(MatterPart):
    """What became of one on the roll, under the roll's key, or of a guest (`g1`, `g2` …), who is a `name`
    and `whence`. `state` is asked (an excuse not decided yet), came, excused, absent, made_up or guest;
    `how` it is known: list (the chair's), paper, self. `reason` is why they did not come, or how they made up for it.
    `numbers` holds the minutes that were attended; `by` is who entered it. `was_exempt` is whether the roll had
    them exempt before anything was said of them, and `exemption` why: it has them so again when that is
    taken back."""

    PART = "attendance"
    PRIVATE = frozenset({"name", "whence", "reason", "exemption"})

    person_id = models.BigIntegerField(null=True, db_index=True)
    org_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=100, blank=True)
    whence = models.CharField(max_length=200, blank=True)
    speaks = models.BooleanField(default=False)
    state = models.CharField(max_length=8)
    how = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=2000, blank=True)
    came_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    made_up_on = models.DateField(null=True)
    numbers = models.JSONField(default=dict)
    was_exempt = models.BooleanField(default=False)
    exemption = models.CharField(max_length=2000, blank=True)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta(MatterPart.Meta):
        indexes: ClassVar = [
            # Few wait at a time, and they are asked for by everybody who looks at what waits.
            models.Index(
                fields=["matter_id"], condition=models.Q(state="asked"), name="gathering_asked"
            )
        ]


class ExcuseDeclined(MatterPart):
    """That somebody asked to be excused and is not, under the roll's key: by whom it was decided, and when.
    They do not ask again."""

    PART = "excuse_declined"

    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()


class AgendaLine(MatterPart):
    """A line of the agenda, the nth by its key: a title, or a matter of the house; who speaks to it; what
    came of it."""

    PART = "agenda_line"
    PRIVATE = frozenset({"title", "outcome"})

    title = models.CharField(max_length=200, blank=True)
    about_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=2000, blank=True)


class MinutesText(MatterPart):
    """The minutes: `texts` by part, who wrote them and when."""

    PART = "minutes_text"
    PRIVATE = frozenset({"texts"})

    texts = models.JSONField(default=dict)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()


class MinutesSignature(MatterPart):
    """That the minutes were signed: by whom as chair, by whom as recorder (the key)."""

    PART = "minutes_signature"

    person_id = models.BigIntegerField()
    at = models.DateTimeField()


class AttendanceMend(MatterPart):
    """A correction after the gathering was held, the nth by its key: of somebody's entry (`whom`, from
    `before` to `after`) or of the minutes (`parts` that were changed, `texts` what they said before); who,
    why, and whether the minutes were signed by then."""

    PART = "attendance_mend"
    PRIVATE = frozenset({"why", "texts"})

    whom = models.CharField(max_length=48, blank=True)
    before = models.CharField(max_length=8, blank=True)
    after = models.CharField(max_length=8, blank=True)
    parts = models.JSONField(default=list)
    texts = models.JSONField(default=dict)
    why = models.CharField(max_length=2000, blank=True)
    signed = models.BooleanField(default=False)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()


class AttestedLines(MatterPart):
    """What whom a matter is about had attended when that was certified: `lines` of the gathering's number, from
    when, until when (both in UTC) and for how many minutes. What is corrected, or confirmed, afterwards does
    not change it."""

    PART = "attested_lines"

    lines = models.JSONField(default=list)
    at = models.DateTimeField()


for _model in (
    Sitting,
    Attendance,
    ExcuseDeclined,
    AgendaLine,
    MinutesText,
    MinutesSignature,
    AttendanceMend,
    AttestedLines,
):
    register(_model)
