from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from typing_extensions import override

from bihuan.foundation.audit.api import Chained
from bihuan.foundation.orgs.models.org import Org


class PersonManager(BaseUserManager["Person"]):
    """What Django's log-in needs; people are made in api.py."""


class Person(AbstractBaseUser, Chained):
    """Somebody of the house, with an account or (no `username`) without one: the user model.
    Senders are not in it."""

    STREAM = "person"
    STANDING = True
    CONCERNS = "id"
    UNTRACKED = frozenset({"password", "last_login"})
    PRIVATE = frozenset({"email"})
    USERNAME_FIELD = "username"

    username = models.CharField(max_length=60, unique=True, null=True)  # noqa: DJ001 - NULL is "no account", and two of them do not collide
    # The number under which the office that keeps them knows them; '' where it has none.
    code = models.CharField(max_length=40, blank=True, db_index=True)
    name = models.CharField(max_length=60, db_index=True)
    email = models.EmailField(blank=True)
    locale = models.CharField(max_length=10, default="zh-hans")
    digest = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    # How often a password was set; what was issued under an earlier one ends.
    password_round = models.PositiveIntegerField(default=0)
    # Of the stored hash, under a key of the house (see passwords.password_digest).
    password_digest = models.CharField(max_length=64, blank=True)
    # Somebody else chose the password: it opens nothing until the person chose another.
    must_change = models.BooleanField(default=False)

    objects = PersonManager()

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def has_account(self) -> bool:
        """Whether there is an account of theirs, open or closed."""
        return self.username is not None

    @override
    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. Django would store a stronger hash here, unseen by the log:
        `orgs.strengthen` does that."""
        return check_password(raw_password, self.password)


class Post(Chained):
    """A person's place in an organisation, for a time."""

    STREAM = "post"
    STANDING = True
    CONCERNS = "person_id"

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    org = models.ForeignKey(Org, models.PROTECT, related_name="posts")
    title = models.CharField(max_length=60, blank=True)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["org", "end"])]

    @override
    def __str__(self) -> str:
        return f"{self.person_id}@{self.org_id}"
