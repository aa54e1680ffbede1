from typing import ClassVar

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models import Org, Person


class Grant(Chained):
    """A role of a person on an organisation and all below it, for a time.

    `programme` narrows it to one programme; empty means every programme that knows the role.
    """

    STREAM = "grant"
    STANDING = True
    CONCERNS = "person_id"

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    org = models.ForeignKey(Org, models.PROTECT)
    programme = models.CharField(max_length=40, blank=True)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "end"])]

    @override
    def __str__(self) -> str:
        return f"{self.person_id} {self.role}@{self.org_id}"


class Token(Chained):
    """An API token: only its digest is kept. It acts as its person, within its scopes.

    It ends with the password its person had when it was issued.
    """

    STREAM = "token"
    STANDING = True
    CONCERNS = "person_id"

    person = models.ForeignKey(Person, models.PROTECT)
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    expires = models.DateField()
    revoked = models.BooleanField(default=False)
    # Its person's when it was issued; both begin at 0, so that tokens of before end as well.
    password_round = models.PositiveIntegerField(default=0)

    @override
    def __str__(self) -> str:
        return self.name


class Invitation(Chained):
    """A link by which somebody gets an account, or a new password to the one they have: only the
    secret's digest is kept. `expires` is the last day on which it works, and it ends with the password
    its person had when it was given, as a token does. One of a person is open at a time, apart from
    those that they asked for themselves by mail, which end at the instant `until`."""

    STREAM = "invitation"
    CONCERNS = "person_id"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    given_by = models.CharField(max_length=48)
    expires = models.DateField()
    password_round = models.PositiveIntegerField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                name="invitation_open_once",
                condition=models.Q(used_at__isnull=True, ended_at__isnull=True, until__isnull=True),
            )
        ]

    @override
    def __str__(self) -> str:
        return f"invitation of {self.person_id}"


class Connection(Chained):
    """A person's log-in at a provider: of the number under which it knows them only a keyed digest is
    kept. `by` says how they were known the first time: `self`, or what the provider proved."""

    STREAM = "connection"
    CONCERNS = "person_id"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    provider = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=10)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "digest"],
                name="connection_of_one_person",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["person", "provider"],
                name="connection_once_a_provider",
                condition=models.Q(ended_at__isnull=True),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.provider} of {self.person_id}"


class Account(Chained):
    """What somebody does with their account: log-ins, failed ones, what they take out and bring in.

    Not on the person's own stream: that is standing data, and each of its events makes every process
    read all standing data anew. `number` is the person's; 0 for what is nobody's.
    """

    STREAM = "account"
    CONCERNS = "number"

    number = models.PositiveBigIntegerField(unique=True)
    # How often the person ended all their secret links.
    links_round = models.PositiveIntegerField(default=0)

    @override
    def __str__(self) -> str:
        return f"account of {self.number}"


class LoginSession(AbstractBaseSession):
    """A session, with whose it is: so that they can be listed and ended."""

    person = models.ForeignKey(Person, models.CASCADE, null=True)

    @classmethod
    @override
    def get_session_store_class(cls) -> type[SessionBase]:
        from bihuan.foundation.access.session_store import SessionStore  # noqa: PLC0415 - it needs this model

        return SessionStore


class Tries(models.Model):
    """How often something was tried in vain, under a digest that means nothing tomorrow."""

    digest = models.CharField(max_length=32, unique=True)
    wrong = models.PositiveIntegerField()
    last = models.DateTimeField(db_index=True)

    @override
    def __str__(self) -> str:
        return self.digest


class Retry(models.Model):
    """A request without a key, under a digest, and the key it was given; gone within the hour."""

    digest = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=32)
    at = models.DateTimeField(db_index=True)

    @override
    def __str__(self) -> str:
        return self.digest


class Answer(models.Model):
    """What a request with an idempotency key was answered, for when it comes again."""

    index = models.CharField(max_length=64, unique=True)
    request = models.CharField(max_length=64)
    # Text, as every database and every backup keeps it: Base64.
    sealed = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    @override
    def __str__(self) -> str:
        return self.index
