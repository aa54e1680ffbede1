"""People and their accounts: entered, given one, changed, a password set, strengthened, vouched for
by the log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, models, transaction

from bihuan.foundation.audit.api import Happening, change, create, create_all, history, read
from bihuan.foundation.orgs import passwords
from bihuan.foundation.orgs.models import Person
from bihuan.foundation.orgs.problems import OrgError
from bihuan.lib import mailbox
from bihuan.lib.legal import one_line

# How long a user name and a code may be.
USERNAME, CODE = 60, 40
# Values of one query: what every database takes.
_ASKED = 5_000


@dataclass(frozen=True)
class Newcomer:
    """Who is entered: with an account without a password, or (no `username`) with none."""

    username: str | None
    name: str
    email: str = ""
    code: str = ""


@transaction.atomic
def create_people(
    wanted: Sequence[Newcomer], *, at: datetime, actor: str
) -> list[Person | OrgError]:
    """Many people at once, as `create_person` and `add_person` make each, without passwords: for each the
    person, or why there is none."""
    names = [one.username.strip() for one in wanted if one.username is not None]
    taken = set(Person.objects.filter(username__in=names).values_list("username", flat=True))
    found: list[Person | OrgError] = []
    for one in wanted:
        try:
            if one.username is None:
                fresh = _without_account(one.name, one.code, one.email)
            else:
                fresh = _untaken(drafted(one.username, one.name, one.email), taken)
                fresh.code = one_line(one.code)[:CODE]
        except OrgError as error:
            found.append(error)
            continue
        if fresh.username is not None:
            taken.add(fresh.username)
        fresh.set_unusable_password()
        fresh.password_digest = passwords.password_digest(fresh)
        found.append(fresh)
    made = [one for one in found if isinstance(one, Person)]
    for kind, some in (
        ("person.created", [one for one in made if one.has_account]),
        ("person.added", [one for one in made if not one.has_account]),
    ):
        create_all(some, Happening(kind, at, actor))
    return found


def _without_account(name: str, code: str, email: str) -> Person:
    fresh = Person(
        username=None, name=one_line(name), code=one_line(code)[:CODE], email=_address(email)
    )
    if not fresh.name:
        raise OrgError("orgs.person_nameless")
    return fresh


def _untaken(fresh: Person, taken: Collection[str | None]) -> Person:
    if fresh.username in taken:
        raise OrgError("orgs.username_taken", username=fresh.username)
    return fresh


def usernames_like(bases: Collection[str]) -> set[str]:
    """The user names that are one of these, or one of these with a number."""
    tries = [f"{base}{n}" if n > 1 else base for base in bases for n in range(1, 100)]
    found: set[str] = set()
    for start in range(0, len(tries), _ASKED):
        some = tries[start : start + _ASKED]
        rows = Person.objects.filter(username__in=some).values_list("username", flat=True)
        found |= {name for name in rows if name}
    return found


def drafted(username: str, name: str, email: str) -> Person:
    """A person as they would be made, without a password; nothing is written. Raises OrgError: no name,
    no user name, or what is no e-mail address."""
    username, name = username.strip(), name.strip()
    if not username or not name:
        raise OrgError("orgs.person_incomplete")
    return Person(username=username, name=one_line(name), email=_address(email))


@transaction.atomic
def create_person(
    username: str,
    name: str,
    *,
    at: datetime,
    actor: str,
    password: str | None = None,
    email: str = "",
    code: str = "",
    must_change: bool = False,
    published: bool = False,
) -> Person:
    """Somebody new with an account; without a password nobody can log in to it yet. `must_change` when another
    than the person chose the password; `published` lets in what is printed for everybody, as the
    demonstration's is.

    Raises OrgError when the user name is taken, the password too weak or the e-mail address none.
    """
    fresh = drafted(username, name, email)
    fresh.code = one_line(code)[:CODE]
    if Person.objects.filter(username=fresh.username).exists():
        raise OrgError("orgs.username_taken", username=fresh.username)
    fresh.must_change = must_change and password is not None
    if password is None:
        fresh.set_unusable_password()
    else:
        passwords.check(password, fresh, published=published)
        fresh.set_password(password)
    fresh.password_digest = passwords.password_digest(fresh)
    told = {"published": True} if published else {}
    return create(fresh, Happening("person.created", at, actor, data=told))


@transaction.atomic
def add_person(name: str, *, at: datetime, actor: str, code: str = "", email: str = "") -> Person:
    """Somebody new without an account: they have posts, stand in lists, are chosen, and cannot log in.
    `code` is the number by which their office knows them. Raises OrgError without a name, and for what
    is no e-mail address."""
    fresh = _without_account(name, code, email)
    fresh.set_unusable_password()
    fresh.password_digest = passwords.password_digest(fresh)
    return create(fresh, Happening("person.added", at, actor))


@transaction.atomic
def open_account(pk: int, username: str, password: str, *, at: datetime, actor: str) -> Person:
    """Gives somebody without an account one, under a user name and password that they chose. Raises
    OrgError: they have one, the user name is empty, too long or taken, the password too weak."""
    row = Person.objects.get(pk=pk)
    if row.has_account:
        raise OrgError("orgs.has_account")
    wanted = one_line(username)
    if not wanted or len(wanted) > USERNAME:
        raise OrgError("orgs.username_missing", longest=USERNAME)
    if Person.objects.filter(username=wanted).exists():
        raise OrgError("orgs.username_taken", username=wanted)
    row.username = wanted
    passwords.check(password, row)
    row.set_password(password)
    said = {
        "username": wanted,
        "must_change": False,
        "password_round": row.password_round + 1,
        "password_digest": passwords.password_digest(row),
    }
    try:
        with transaction.atomic():
            change(row, Happening("person.account_opened", at, actor, set=said))
    except IntegrityError as error:
        # Somebody else chose the same at the same instant.
        raise OrgError("orgs.username_taken", username=wanted) from error
    Person.objects.filter(pk=pk).update(password=row.password)
    return row


def _address(typed: str) -> str:
    folded = mailbox.fold(typed)
    if folded and not mailbox.is_address(folded):
        why, guess = mailbox.why_not(folded)
        key = f"input.email_{why}" if why else "orgs.bad_email"
        raise OrgError(key, email=folded[:100], meant=guess)
    return folded


def set_password(
    pk: int, password: str, *, at: datetime, actor: str, must_change: bool = False
) -> None:
    """Sets a password and ends the person's other sessions, tokens, calendar and wall links.

    `must_change`: somebody else chose it, and it has to be changed at the next log-in. Raises
    OrgError if it is weak, or the same where another was asked for, or there is no account.
    """
    row = Person.objects.get(pk=pk)
    if not row.has_account:
        raise OrgError("orgs.no_account", name=row.name)
    if row.must_change and not must_change and row.check_password(password):
        raise OrgError("orgs.password_same")
    passwords.check(password, row)
    # A hash takes the better part of a second: nobody waits for it who wants to write meanwhile.
    row.set_password(password)
    said = {
        "must_change": must_change,
        "password_round": row.password_round + 1,
        "password_digest": passwords.password_digest(row),
    }
    with transaction.atomic():
        Person.objects.filter(pk=pk).update(password=row.password)
        change(row, Happening("person.password_set", at, actor, set=said))


@transaction.atomic
def strengthen(pk: int, password: str, *, at: datetime, actor: str) -> None:
    """Stores a right password anew where its hash is of an older kind than hashes are made now."""
    row = Person.objects.get(pk=pk)
    if not passwords.is_hashed_weakly(row.password):
        return
    row.set_password(password)
    Person.objects.filter(pk=pk).update(password=row.password)
    said = {"password_digest": passwords.password_digest(row)}
    change(row, Happening("person.password_rehashed", at, actor, set=said))


@transaction.atomic
def demand_change(pk: int, password: str, *, at: datetime, actor: str) -> bool:
    """Has a person change a right password that the rules of today would refuse, unless it is one
    that was published with the account. Returns whether it must be changed now."""
    row = Person.objects.get(pk=pk)
    if row.must_change:
        return True
    try:
        passwords.check(password, row)
    except OrgError:
        if _is_published(row):
            return False
        change(row, Happening("person.change_demanded", at, actor, set={"must_change": True}))
        return True
    return False


def _is_published(row: Person) -> bool:
    first = history(row.stream)[0]
    return row.password_round == 0 and bool(read(first).get("published"))


@transaction.atomic
def take_up_passwords(*, at: datetime, actor: str) -> int:
    """Vouches for the passwords of a house from before that was kept, as they stand; returns of how
    many. Once, all of them: an account that comes without a digest later is a finding for good."""
    if Person.objects.exclude(password_digest="").exists():
        return 0
    found = list(Person.objects.order_by("pk"))
    for row in found:
        said = {"password_digest": passwords.password_digest(row)}
        change(row, Happening("person.password_taken_up", at, actor, set=said))
    return len(found)


@transaction.atomic
def change_person(pk: int, *, at: datetime, actor: str, **values: object) -> Person:
    """Changes name, code, e-mail, language, digest or whether somebody is active. Raises OrgError for
    what is no e-mail address; one kept from before the rule may stay."""
    unknown = set(values) - {"name", "code", "email", "locale", "digest", "is_active"}
    if unknown:
        raise OrgError("orgs.unknown_field", field=", ".join(sorted(unknown)))
    row = Person.objects.get(pk=pk)
    if "email" in values and values["email"] != row.email:
        values["email"] = _address(str(values["email"]))
    if "name" in values:
        values["name"] = one_line(str(values["name"]))
    if "code" in values:
        values["code"] = one_line(str(values["code"]))[:CODE]
    return change(row, Happening("person.changed", at, actor, set=values))


def known_by(field: str, value: str) -> Person | None:
    """The one person in the house with an account whose `code` or `email` this is; None where it is
    nobody's, could be several people's, or is an address that they gave themselves: that proves
    nothing."""
    wanted = one_line(value)
    if not wanted:
        return None
    named = {"code": {"code": wanted}, "email": {"email__iexact": wanted}}[field]
    found = list(Person.objects.filter(is_active=True, **named)[:2])
    if len(found) != 1 or not found[0].has_account:
        return None
    return None if field == "email" and _gave_themselves(found[0]) else found[0]


def _gave_themselves(row: Person) -> bool:
    """Whether it was the person who set the address that they have."""
    address, by = "", ""
    for event in history(row.stream):
        said = read(event).get("set", {}).get("email", address)
        if said != address:
            address, by = said, event.actor
    return by == f"person:{row.pk}"


def require_own(pk: int, typed: str) -> None:
    """Raises OrgError for an address that another account has: by an address people are found."""
    folded = mailbox.fold(typed)
    others = Person.objects.filter(username__isnull=False, email__iexact=folded).exclude(pk=pk)
    if folded and others.exists():
        raise OrgError("orgs.email_taken")


def called(typed: str) -> Person | None:
    """Whose user name this is, else the one person with an account whose address it is. One query,
    whoever it finds."""
    mine = models.Q(username=typed) | models.Q(email__iexact=typed, username__isnull=False)
    found = list(Person.objects.filter(mine)[:3])
    named = [one for one in found if one.username == typed]
    return (named or found)[0] if named or len(found) == 1 else None
