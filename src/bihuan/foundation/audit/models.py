"""Events and the two shapes that live by them: Chained rows and the Parts of one."""

from typing import Any, ClassVar

from django.db import models
from typing_extensions import override


class Event(models.Model):
    """One thing that happened to one stream. Appended, never edited.

    `data` and `private` are canonical JSON texts: the hash is over the text as stored, so no
    database's idea of JSON can change it. `private` may be erased later; its digest stays.
    `at` and `actor` say when it happened and in whose name, `recorded` when it was written and
    `done_by` who wrote it, where that is another (see `recording`). Events of before have neither.
    """

    stream = models.CharField(max_length=48)
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=60)
    at = models.DateTimeField()
    recorded = models.DateTimeField(null=True)
    actor = models.CharField(max_length=48)
    done_by = models.CharField(max_length=48, blank=True)
    data = models.TextField()
    private = models.TextField(null=True)  # noqa: DJ001 - NULL is "erased", '' would be "was empty"
    private_digest = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=64, null=True)  # noqa: DJ001 - NULLs do not collide
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "seq"], name="event_once_per_seq"),
            models.UniqueConstraint(
                fields=["key"], name="event_once_per_key", condition=models.Q(key__isnull=False)
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream}#{self.seq} {self.type}"


class SecurityEntry(models.Model):
    """That an event of a type with `security` was written: what it takes to list them by person,
    kind and time without reading the log. It follows from the events (see `security`).

    `about` is the person whom it concerns, else who did it; `doer` who really wrote it.
    """

    stream = models.CharField(max_length=48)
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=60)
    at = models.DateTimeField(db_index=True)
    doer = models.CharField(max_length=48)
    about = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "seq"], name="security_entry_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["about", "id"]),
            models.Index(fields=["type", "id"]),
            models.Index(fields=["doer", "id"]),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream}#{self.seq} {self.type}"


class Seal(models.Model):
    """A signed root of the tree over all events up to `last_id`: none of them can be changed, taken
    out or put in later.

    `size` events in all, `count` of them since the seal before. Seals of before there was a tree
    have no `root` but a `digest` over their own events.
    """

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    count = models.BigIntegerField()
    size = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    key = models.CharField(max_length=16, blank=True)
    signature = models.CharField(max_length=128)

    @override
    def __str__(self) -> str:
        return f"{self.first_id}-{self.last_id}"


class Node(models.Model):
    """The hash of a full subtree of many sealed events (see `tree`), so that a proof need not read
    them all. It follows from the events."""

    level = models.PositiveSmallIntegerField()
    place = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "place"], name="node_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.level}/{self.place}"


class Edition(models.Model):
    """Which edition of all standing data this is (see `standing`). One row."""

    value = models.CharField(max_length=32)

    @override
    def __str__(self) -> str:
        return self.value


class Chained(models.Model):
    """A row that is a projection of its own stream of events.

    Every field but the ones in UNTRACKED is set by events only and can be rebuilt from them.
    PRIVATE fields travel in the erasable half of an event. STANDING rows change seldom and are
    kept in memory (see `standing`).
    """

    STREAM: ClassVar[str]
    STANDING: ClassVar[bool] = False
    UNTRACKED: ClassVar[frozenset[str]] = frozenset()
    # The column that holds whose the row is, for lists of security events; '' where it is nobody's.
    CONCERNS: ClassVar[str] = ""
    PRIVATE: ClassVar[frozenset[str]] = frozenset()

    version = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True

    @property
    def stream(self) -> str:
        return f"{self.STREAM}:{self.pk}"

    @classmethod
    def tracked(cls) -> list[str]:
        """Names of the columns that events set."""
        skipped = {"version", "head", cls._meta.pk.attname} | cls.UNTRACKED
        return [
            field.attname for field in cls._meta.concrete_fields if field.attname not in skipped
        ]

    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.tracked()}


class Part(models.Model):
    """A row that belongs to a Chained row's stream: a clock, a party, a link of a matter.

    PRIVATE as of a Chained row.
    """

    PART: ClassVar[str]
    PRIVATE: ClassVar[frozenset[str]] = frozenset()
    DERIVED: ClassVar[frozenset[str]] = frozenset()

    stream = models.CharField(max_length=48)
    key = models.CharField(max_length=48)

    class Meta:
        abstract = True

    @classmethod
    def tracked(cls) -> list[str]:
        skipped = {cls._meta.pk.attname, "stream", "key"} | cls.DERIVED
        return [
            field.attname for field in cls._meta.concrete_fields if field.attname not in skipped
        ]

    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.tracked()}

    @classmethod
    def derived(cls, stream: str) -> dict[str, Any]:
        """Columns that follow from the stream's name alone and so need no event."""
        del stream
        return {}


class Contact(Chained):
    """How to reach one sender: encrypted, apart from everything else, erased when due.

    `subject` is the stream it belongs to, e.g. `matter:17`.
    """

    STREAM = "contact"
    PRIVATE = frozenset({"sealed", "phone_index"})

    subject = models.CharField(max_length=48, db_index=True)
    sealed = models.TextField(blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    keep_until = models.DateField(null=True, db_index=True)
    erased = models.BooleanField(default=False)

    @override
    def __str__(self) -> str:
        return self.stream
