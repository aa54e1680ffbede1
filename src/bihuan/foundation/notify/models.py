from typing import ClassVar

from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models import Person


class Task(models.Model):
    """Work that waits. Written in the transaction that causes it, so neither exists alone."""

    name = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True)
    run_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, default="waiting")
    error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["run_at"], name="task_waiting", condition=models.Q(state="waiting")
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.name} {self.key}"


class Duty(models.Model):
    """Work that comes round: when it last ran to its end, and who is at it until when."""

    name = models.CharField(max_length=40, unique=True)
    last_run = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """Something one person should know, once: `key` is unique for the person."""

    person = models.ForeignKey(Person, models.CASCADE)
    key = models.CharField(max_length=100)
    text = models.CharField(max_length=80)
    values = models.JSONField(default=dict)
    ref = models.CharField(max_length=48, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "key"], name="notice_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["person", "-at"],
                name="notice_unread",
                condition=models.Q(read_at__isnull=True),
            ),
            models.Index(
                fields=["at"], name="notice_unmailed", condition=models.Q(mailed_at__isnull=True)
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"


class Webhook(Chained):
    """An address that is told of events, with a signature only its owner can check."""

    STREAM = "webhook"
    STANDING = True
    PRIVATE = frozenset({"secret"})

    url = models.URLField(max_length=400)
    secret = models.CharField(max_length=64)
    types = models.JSONField(default=list)
    org_path = models.CharField(max_length=255, blank=True)
    active = models.BooleanField(default=True)

    @override
    def __str__(self) -> str:
        return self.url
