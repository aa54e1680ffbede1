"""Texts as searched. The token index beside each database's own table is made by migration 0002."""

from typing import ClassVar

from django.db import models
from typing_extensions import override


class Document(models.Model):
    """One searchable text. `kind` is a single letter that keeps kinds apart in the index."""

    kind = models.CharField(max_length=1)
    number = models.BigIntegerField()
    body = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "number"], name="document_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind}{self.number}"


class Frequency(models.Model):
    """In how many of a sample's documents a token stands: tells rare from common."""

    token = models.CharField(max_length=8, primary_key=True)
    documents = models.PositiveIntegerField()

    @override
    def __str__(self) -> str:
        return self.token


class Folded(models.Model):
    """By which fold this installation's texts are kept (one row), and how far a new one has come:
    up to which document, or null when all are done."""

    edition = models.CharField(max_length=16)
    upto = models.BigIntegerField(null=True)

    @override
    def __str__(self) -> str:
        return f"{self.edition} {self.upto}"
