from django.db import models

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters.parts import MatterPart


class Question(MatterPart):
    """A question of a matter, the nth by its key: of which sort, its words, its options; `sources` are the matters
    it was taken from, the last last; what is right and why stand in the half of the log that nobody reads who only sees the matter."""

    PART = "question"
    PRIVATE = frozenset({"right", "why"})

    n = models.IntegerField()
    sort = models.CharField(max_length=8)
    text = models.CharField(max_length=500)
    options = models.JSONField(default=list)
    right = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=500, blank=True)
    sources = models.JSONField(default=list)


class Quiz(MatterPart):
    """A short test that was opened: the numbers that hold for everybody in it, whatever is set later."""

    PART = "quiz"

    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    drawn = models.IntegerField()
    attempts = models.IntegerField()
    percent = models.IntegerField()
    credit = models.IntegerField(default=0)


class QuizAttempt(MatterPart):
    """One answering by one person (`p12.1`: their first): which questions they were asked, what they answered,
    which of it was wrong."""

    PART = "quiz_attempt"
    PRIVATE = frozenset({"answers", "wrong"})

    person_id = models.BigIntegerField(db_index=True)
    n = models.IntegerField()
    asked = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    wrong = models.JSONField(default=list)
    right = models.IntegerField()
    among = models.IntegerField()
    succeeded = models.BooleanField()
    at = models.DateTimeField()


class QuizResult(MatterPart):
    """What became of one of those on the roll: passed, not yet, or missed when it was closed; their best per
    cent, how often they answered, the minutes that passing counts for."""

    PART = "quiz_result"

    person_id = models.BigIntegerField(db_index=True)
    state = models.CharField(max_length=12)
    best = models.IntegerField(default=0)
    tries = models.IntegerField(default=0)
    numbers = models.JSONField(default=dict)
    at = models.DateTimeField()


for _model in (Question, Quiz, QuizAttempt, QuizResult):
    register(_model)
