"""One ticket with its events: the least that could be called the same thing."""

from django.db import models


class Ticket(models.Model):
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=20)
    unit = models.CharField(max_length=40)
    person = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "-id"])]

    def __str__(self):
        return self.subject


class Event(models.Model):
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events")
    action = models.CharField(max_length=20)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()
    text = models.TextField(blank=True)

    def __str__(self):
        return self.action
