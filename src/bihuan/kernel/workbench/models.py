"""What a person or their office keeps for their own work."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models import Org, Person
from bihuan.kernel.matters.models import Matter


class SavedFilter(models.Model):
    """A list somebody wants again: a name for a query string."""

    person = models.ForeignKey(Person, models.CASCADE)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "name"], name="filter_once")
        ]

    @override
    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What a person has typed into an action's form and not sent yet. Theirs alone, in no log,
    gone once it is sent or the matter is closed."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    action = models.CharField(max_length=40)
    data = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "person", "action"], name="draft_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.matter_id} {self.action}"


class Habit(models.Model):
    """How often people of a role took an action on matters of a kind lately: counted from the events."""

    role = models.CharField(max_length=40)
    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    times = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["role", "programme", "kind", "action"], name="habit_once"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.role} {self.kind} {self.action}"


class Phrase(Chained):
    """A text module: words an organisation uses again and again, {placeholders} filled in."""

    STREAM = "phrase"
    PRIVATE = frozenset({"body"})
    STANDING = True

    org = models.ForeignKey(Org, models.PROTECT)
    shortcut = models.CharField(max_length=30)
    body = models.TextField()
    active = models.BooleanField(default=True)

    @override
    def __str__(self) -> str:
        return self.shortcut
