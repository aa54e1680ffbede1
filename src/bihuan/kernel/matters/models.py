from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from typing_extensions import override

from bihuan.foundation.audit.api import Chained, Part
from bihuan.foundation.orgs.models import Org, Person
from bihuan.kernel.clocks.models import Clock
from bihuan.kernel.halls.models import Visit
from bihuan.kernel.programmes.models import Release


class Matter(Chained):
    """A thing that must be closed. Every column is a projection of its events.

    `home` received it and `unit` is responsible now; their paths are copied for scope filters.
    `category` and `channel` repeat the facts of those names, for lists and figures.
    """

    STREAM = "matter"
    PRIVATE = frozenset({"subject"})
    # (version, rows): what `access` has read of it, in this process only.
    known_parties: "tuple[int, list[Party]] | None" = None
    known_clocks: "tuple[int, list[Clock]] | None" = None

    programme = models.CharField(max_length=40)
    release = models.ForeignKey(Release, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=40)
    prefix = models.CharField(max_length=4)
    state = models.CharField(max_length=40)
    phase = models.CharField(max_length=8)
    home = models.ForeignKey(Org, models.PROTECT, related_name="+", db_index=False)
    home_path = models.CharField(max_length=255)
    unit = models.ForeignKey(Org, models.PROTECT, related_name="+", db_index=False)
    unit_path = models.CharField(max_length=255)
    assignee = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", db_index=False
    )
    subject = models.CharField(max_length=200)
    category = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    anonymous = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=8, default="none")
    paused = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    code_index = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["home_path", "-id"], name="matter_home"),
            models.Index(fields=["unit_path", "-id"], name="matter_unit"),
            models.Index(
                fields=["assignee", "due_at"],
                name="matter_mine",
                condition=models.Q(phase__in=["open", "waiting"]),
            ),
            models.Index(
                fields=["due_at"],
                name="matter_open_due",
                condition=models.Q(phase__in=["open", "waiting"]),
            ),
            models.Index(
                fields=["level", "-id"],
                name="matter_open_level",
                condition=models.Q(phase__in=["open", "waiting"]),
            ),
            models.Index(
                fields=["code_index"],
                name="matter_code",
                condition=~models.Q(code_index=""),
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people call it: MY2026-000017. The year is that of its opening."""
        return f"{self.prefix}{timezone.localtime(self.opened_at).year}-{self.pk:06d}"


class Watch(Chained):
    """A link by which somebody outside follows one matter until a day; only its digest is kept."""

    STREAM = "watch"
    PRIVATE = frozenset({"holder", "purpose"})

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
    holder = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    expires = models.DateField()
    digest = models.CharField(max_length=64, unique=True)
    given_by = models.CharField(max_length=48)
    revoked = models.BooleanField(default=False)
    looks = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return f"{self.matter_id} {self.expires}"


class WatchText(Chained):
    """A text of a matter for whoever holds a link: waits to be read, was released in certain
    words, or was taken back. It stands in the matter's event `event` under `name`."""

    STREAM = "watch_text"
    PRIVATE = frozenset({"words"})
    STANDING = True

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="texts")
    event = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    words = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="waiting")
    waits_since = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=48, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["watch", "event", "name"], name="watch_text_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["watch"],
                name="watch_text_waiting",
                condition=models.Q(state="waiting"),
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.watch_id} {self.event} {self.name}"


class Party(Part):
    """A person or organisation with a part in a matter beyond owning it.

    Roles: `co_unit` works along, `named` is complained of, `recused` must not see or touch it,
    `stood_for` is away while the assignee stands in.
    """

    PART = "party"
    DERIVED = frozenset({"matter_id"})

    matter_id = models.BigIntegerField(db_index=True)
    role = models.CharField(max_length=12)
    person_id = models.BigIntegerField(null=True)
    org_id = models.BigIntegerField(null=True)
    org_path = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="party_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["role", "person_id"]),
            models.Index(fields=["role", "org_path"]),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream} {self.key}"

    @classmethod
    @override
    def derived(cls, stream: str) -> dict[str, Any]:
        return {"matter_id": int(stream.partition(":")[2])}


class OldCode(Part):
    """A query code that was replaced: its keyed digest, so that whoever still holds it is told."""

    PART = "old_code"

    index = models.CharField(max_length=64, db_index=True)
    replaced_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "key"], name="old_code_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.stream} {self.key}"


class Absence(Chained):
    """Somebody is away from a day to a day, and another stands in until they say they are back.

    `over` is the day on which that was said; one absence of a person at a time.
    """

    STREAM = "absence"
    STANDING = True

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    stand_in = models.ForeignKey(Person, models.PROTECT, related_name="+")
    start = models.DateField()
    end = models.DateField()
    over = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], name="absence_once", condition=models.Q(over__isnull=True)
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person_id} {self.start}"


class PhoneEntry(Chained):
    """What the house knows of an entry of a phone without a network: that it was taken in, is held
    for whoever is in charge, was registered by them, or was dropped.

    `person` typed it and `key` was made on their phone: once for each pair, for good. Only a held one
    has words (`remark`, `told`: what its owner was told; the contact is in the vault).
    """

    STREAM = "phone_entry"
    PRIVATE = frozenset({"gist", "remark", "told"})

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    gist = models.CharField(max_length=64, blank=True)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    given = models.JSONField(default=dict)
    remark = models.TextField(blank=True)
    told = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "key"], name="phone_entry_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="phone_entry_held", condition=models.Q(state="held"))
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"


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


class KnownLayout(models.Model):
    """How somebody said the tables of one header are to be read at an organisation: the header's
    line where it is not the one that is found, and {title: field, or "" for none}."""

    org_id = models.BigIntegerField()
    shape = models.CharField(max_length=40)
    head = models.IntegerField(null=True)
    columns = models.JSONField(default=dict)
    said_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org_id", "shape"], name="known_layout_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.org_id} {self.shape}"
