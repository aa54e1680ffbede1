"""The public door of access: actors, grants, tokens."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from bihuan.foundation.access.models import Account, Grant, Invitation, Token
from bihuan.foundation.audit.api import (
    Happening,
    change,
    create,
    create_all,
    register,
    standing,
)
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import memberships, posts
from bihuan.foundation.orgs.api import Org, Person, tree
from bihuan.foundation.sql.lookup import NO_DAY, Columns, Lookup
from bihuan.lib import codes, keyring
from bihuan.lib.problems import ProblemError
from bihuan.rules.spans import DAY, MeetsError, Span, free, gaps

register(Account, Grant, Invitation, Token)

ADMIN = "admin"
# System, security and audit administrator: three roles where settings.THREE_OFFICERS divides them.
OFFICERS = (ADMIN, "security", "auditor")
SCOPES = ("matters:read", "matters:write", "contacts:reveal", "admin")
Held = tuple[str, str, str]
# What takes scopes from who comes by a token, whatever the door; what stands above this adds itself.
NARROWED: list[Callable[["Actor"], "Actor"]] = []


class AccessError(ProblemError):
    """A grant or token that cannot be; `key` names the message."""


class DeniedError(Exception):
    """Known to the house, but not allowed this. Absent things raise LookupError instead."""


@dataclass(frozen=True)
class Actor:
    """Who acts. `ref` is what the log keeps: `person:3`, `sender`, `system`.

    `held` are grants in force as (role, organisation path, programme or ''); `posts` are the paths of
    the organisations one works in, with or without a grant, `belongs` of those one is a member of.
    """

    ref: str
    person_id: int | None = None
    name: str = ""
    held: tuple[Held, ...] = ()
    scopes: frozenset[str] | None = None
    posts: tuple[str, ...] = ()
    belongs: tuple[str, ...] = ()

    def has(self, role: str, path: str, programme: str = "") -> bool:
        """Whether a grant of the role covers the organisation at `path`."""
        return any(
            r == role and p in ("", programme) and tree.covers(at, path) for r, at, p in self.held
        )

    def paths(self, role: str, programme: str = "") -> list[str]:
        """Roots of the subtrees on which the actor has the role."""
        return [at for r, at, p in self.held if r == role and p in ("", programme)]

    def roles(self) -> set[str]:
        return {r for r, _, _ in self.held}

    def may_scope(self, scope: str) -> bool:
        """Whether a token's scopes (None: no token, a log-in) include the scope."""
        return self.scopes is None or scope in self.scopes


SYSTEM = Actor("system")
SENDER = Actor("sender")
# Whoever reads what is public.
EVERYBODY = Actor("everybody")


# Grants in force on a day.
_LASTING = Grant.objects.filter(Q(end__isnull=True) | Q(end__gte=NO_DAY), start__lte=NO_DAY)
_HELD = Columns(
    _LASTING.filter(person_id=-1).values_list("role", "org__path", "programme"), -1, NO_DAY
)


@standing.kept
def _held(person_id: int, on: date) -> tuple[Held, ...]:
    return tuple((role, path, said) for role, path, said in _HELD(person_id, on))


def actor(person: Person, on: date) -> Actor:
    """A person as actor, with the grants in force on a day. An inactive person has none."""
    held = _held(person.pk, on) if person.is_active else ()
    posts = orgs.post_paths(person.pk, on)
    belongs = memberships.member_paths(person.pk, on)
    ref = f"person:{person.pk}"
    return Actor(ref, person.pk, person.name, held, posts=posts, belongs=belongs)


@standing.kept
def _token(digest: str) -> Token | None:
    return Token.objects.filter(digest=digest, revoked=False).select_related("person").first()


def token_actor(secret: str, on: date) -> Actor | None:
    """The actor behind an API token, or None: unknown, expired, revoked and issued under an
    earlier password look alike. Its scopes are narrowed as `NARROWED` says."""
    digests = codes.blinds(keyring.every(settings.SECRETS, "blind"), secret)
    row = next((found for digest in digests if (found := _token(digest)) is not None), None)
    if row is None or row.expires < on or not row.person.is_active:
        return None
    if row.password_round != row.person.password_round:
        return None
    who = Actor(
        f"person:{row.person_id}",
        row.person_id,
        row.person.name,
        _held(row.person_id, on),
        frozenset(row.scopes),
        orgs.post_paths(row.person_id, on),
        memberships.member_paths(row.person_id, on),
    )
    for narrow in NARROWED:
        who = narrow(who)
    return who


@transaction.atomic
def give(
    person_id: int,
    role: str,
    org_id: int,
    *,
    start: date,
    at: datetime,
    actor: str,
    end: date | None = None,
    programme: str = "",
) -> Grant:
    """Grants a role. Raises AccessError when the person has no account and so could do nothing with it,
    when it would end before it starts, meets a time for which the person has the same (`rules.spans`) or would put two of
    the three officers 三员 into one hand, OrgError at an organisation that went into another."""
    orgs.must_be_open(orgs.org(org_id))
    _with_account(person_id)
    if end is not None and end < start:
        raise AccessError("access.ends_before_start")
    if settings.THREE_OFFICERS and role in OFFICERS:
        _apart(person_id, role, start, end)
    orgs.one_at_a_time(org_id)
    there = Grant.objects.filter(person_id=person_id, role=role, org_id=org_id, programme=programme)
    try:
        free(Span.through(start, end), [Span.through(g.start, g.end) for g in there])
    except MeetsError as error:
        raise AccessError(error.key, **error.values) from error
    return create(
        Grant(
            person_id=person_id, role=role, org_id=org_id, programme=programme, start=start, end=end
        ),
        Happening("grant.given", at, actor),
    )


def _with_account(person_id: int) -> None:
    found = orgs.person(person_id)
    if not found.has_account:
        raise AccessError("access.no_account", name=found.name)


@dataclass(frozen=True)
class Granting:
    """Who gets which role where, of one programme or of all ('')."""

    person_id: int
    role: str
    org_id: int
    programme: str = ""


@transaction.atomic
def give_all(
    wanted: Sequence[Granting], *, start: date, at: datetime, actor: str
) -> list[Grant | ProblemError]:
    """Many grants without an end at once, as `give` gives each: the grant, or why there is none."""
    places = {row.pk: row for row in orgs.orgs_of({one.org_id for one in wanted})}
    people = {one.person_id for one in wanted}
    held = set(
        Grant.objects.filter(person_id__in=people).values_list(
            "person_id", "role", "org_id", "programme"
        )
    )
    fresh: dict[int, Grant] = {}
    for nth, one in enumerate(wanted):
        key = (one.person_id, one.role, one.org_id, one.programme)
        apart = settings.THREE_OFFICERS and one.role in OFFICERS
        if key in held or apart or places[one.org_id].merged_into_id is not None:
            continue
        held.add(key)
        fresh[nth] = Grant(
            person_id=one.person_id,
            role=one.role,
            org_id=one.org_id,
            programme=one.programme,
            start=start,
        )
    create_all(list(fresh.values()), Happening("grant.given", at, actor))
    found: dict[int, Grant | ProblemError] = {}
    for nth, one in enumerate(wanted):
        if nth in fresh:
            continue
        try:
            found[nth] = give(
                one.person_id,
                one.role,
                one.org_id,
                programme=one.programme,
                start=start,
                at=at,
                actor=actor,
            )
        except ProblemError as error:
            found[nth] = error
    return [fresh.get(nth) or found[nth] for nth in range(len(wanted))]


def _apart(person_id: int, role: str, start: date, end: date | None) -> None:
    others = Grant.objects.filter(
        Q(end__isnull=True) | Q(end__gte=start),
        person_id=person_id,
        role__in=[one for one in OFFICERS if one != role],
    )
    if end is not None:
        others = others.filter(start__lte=end)
    if others.exists():
        raise AccessError("access.officers_apart")


def grant(pk: int) -> Grant:
    """One grant with its organisation. Raises Grant.DoesNotExist."""
    return Grant.objects.select_related("org").get(pk=pk)


@transaction.atomic
def end(pk: int, *, on: date, at: datetime, actor: str) -> Grant:
    """Ends a grant with the day before `on`. Raises AccessError when it ends earlier already."""
    row = Grant.objects.get(pk=pk)
    if row.end is not None and on > row.end + DAY:
        raise AccessError("access.ended", end=row.end)
    last = on - DAY
    return change(row, Happening("grant.ended", at, actor, set={"end": last}))


def grants_at(org_id: int, on: date) -> list[Grant]:
    """Grants at one organisation that have not ended on a day."""
    return list(Grant.objects.filter(Q(end__isnull=True) | Q(end__gte=on), org_id=org_id))


@transaction.atomic
def move_grants(org_id: int, into: int, *, on: date, at: datetime, actor: str) -> None:
    """Ends the grants at one organisation the day before and gives them anew at another, for
    the days on which the person has not the same there already."""
    for row in grants_at(org_id, on):
        end(row.pk, on=on, at=at, actor=actor)
        mine = (row.person_id, row.role, row.programme)
        # Read each time: somebody may have had the same twice.
        same = [g for g in grants_at(into, on) if (g.person_id, g.role, g.programme) == mine]
        wanted = Span.through(max(row.start, on), row.end)
        for part in gaps(wanted, [Span.through(g.start, g.end) for g in same]):
            give(
                row.person_id,
                row.role,
                into,
                start=part.start,
                end=part.last,
                programme=row.programme,
                at=at,
                actor=actor,
            )


def grants_of(person_id: int, on: date) -> list[Grant]:
    """Grants of one person that have not ended on a day, with their organisations."""
    rows = Grant.objects.filter(Q(end__isnull=True) | Q(end__gte=on), person_id=person_id)
    return list(rows.select_related("org").order_by("programme", "role", "org__path"))


def grants_within(path: str, on: date, *, among: Collection[int] | None = None) -> list[Grant]:
    """Grants in force in a subtree, for the administrator's page; only those of `among` some people,
    where it is asked of them alone."""
    low, high = tree.bounds(path)
    rows = Grant.objects.filter(
        Q(end__isnull=True) | Q(end__gte=on), org__path__gte=low, org__path__lt=high
    )
    if among is not None:
        rows = rows.filter(person_id__in=among)
    return list(rows.select_related("person", "org").order_by("org__path", "role", "person__name"))


@standing.kept
def people_at(path: str, on: date) -> frozenset[int]:
    """Whoever belongs to an organisation or one below it on a day, by a post, a grant or as a member;
    who only applies for membership does not."""
    posted = posts.within(path, on).values_list("person_id", flat=True)
    granted = (row.person_id for row in grants_within(path, on) if row.start <= on)
    rows = memberships.memberships_within(path, on).filter(counted=True).order_by()
    members = rows.values_list("person_id", flat=True)
    return frozenset(posted) | frozenset(granted) | frozenset(members)


@cache
def _holding(many: int) -> Columns:
    """Who holds a role over a place with so many places on the way to it, the nearest first."""
    above = [f"?{n}" for n in range(many)]
    rows = _LASTING.filter(
        Q(programme="") | Q(programme="?programme"),
        role="?role",
        org__path__in=above,
        person__is_active=True,
    ).order_by("-org__depth", "person_id")
    told = rows.values_list("person_id", "org__depth")
    return Columns(told, "?role", "?programme", NO_DAY, *above)


@standing.kept
def holders(role: str, path: str, on: date, programme: str = "") -> tuple[int, ...]:
    """People whose grant of a role covers an organisation, nearest organisation first."""
    above = tree.ancestors(path)
    found = _holding(len(above))(role, programme, on, *above) if above else []
    # Only the nearest level that has anyone: a warning to everybody up the tree is read by nobody.
    nearest = found[0][1] if found else 0
    return tuple(dict.fromkeys(pk for pk, depth in found if depth == nearest))


@transaction.atomic
def issue_token(
    person_id: int, name: str, scopes: list[str], *, expires: date, at: datetime, actor: str
) -> str:
    """A new API token; the secret is returned once and never stored.

    Raises AccessError on an unknown scope, and for somebody without an account.
    """
    _with_account(person_id)
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise AccessError("access.unknown_scope", scopes=", ".join(sorted(unknown)))
    secret = f"bh_{secrets.token_urlsafe(32)}"
    create(
        Token(
            person_id=person_id,
            name=name[:60],
            digest=codes.blind(settings.SECRETS["blind"].encode(), secret),
            scopes=sorted(scopes),
            expires=expires,
            password_round=orgs.person(person_id).password_round,
        ),
        Happening("token.issued", at, actor),
    )
    return secret


@transaction.atomic
def revoke_token(pk: int, *, at: datetime, actor: str) -> None:
    """Ends a token at once."""
    row = Token.objects.get(pk=pk)
    change(row, Happening("token.revoked", at, actor, set={"revoked": True}))


def token(pk: int) -> Token:
    """One token. Raises Token.DoesNotExist."""
    return Token.objects.get(pk=pk)


def tokens_of(person_id: int) -> list[Token]:
    """A person's own tokens, newest first."""
    return list(Token.objects.filter(person_id=person_id).order_by("-pk"))


def tokens() -> list[Token]:
    """All tokens that still work or once did, newest first."""
    return list(Token.objects.select_related("person").order_by("-pk"))


@standing.kept
def orgs_with(role: str, on: date, programme: str = "") -> tuple[Org, ...]:
    """Organisations on which somebody holds a role themselves (of a programme, where one is named),
    in tree order."""
    asked = (role, on, programme) if programme else (role, on)
    return tuple(_where(of_one=bool(programme))(*asked))


@cache
def _where(*, of_one: bool) -> Lookup[Org]:
    rows = _LASTING.filter(role="?role", person__is_active=True)
    if of_one:
        rows = rows.filter(programme__in=("", "?programme"))
    found = Org.objects.filter(pk__in=rows.values("org_id"), active=True).order_by("path")
    return Lookup(found, "?role", NO_DAY, "?programme")


def orgs_that_had(roles: Mapping[str, Collection[str]], on: date) -> list[tuple[Org, date | None]]:
    """Organisations on which somebody once held one of the roles, given by programme ('' for grants
    that name none), and nobody does on a day, with the last day on which a grant ran (None where the
    grant still runs and its person is gone)."""
    asked = Q(pk=None)
    for programme, names in roles.items():
        asked |= Q(programme=programme, role__in=sorted(names))
    rows = Grant.objects.filter(asked, start__lte=on, org__active=True)
    there = rows.filter(Q(end__isnull=True) | Q(end__gte=on), person__is_active=True)
    rows = rows.exclude(org__in=there.values("org_id"))
    ends: dict[int, list[date | None]] = {}
    for org_id, end_ in rows.values_list("org_id", "end"):
        ends.setdefault(org_id, []).append(end_)
    found = orgs.orgs_of(ends)
    last = {pk: None if None in each else max(e for e in each if e) for pk, each in ends.items()}
    return [(org, last[org.pk]) for org in found]


@standing.kept
def all_holders(role: str, path: str, on: date, programme: str = "") -> frozenset[int]:
    """Active people whose grant of a role covers an organisation, from whatever level."""
    rows = Grant.objects.filter(
        Q(end__isnull=True) | Q(end__gte=on),
        role=role,
        programme__in=("", programme),
        start__lte=on,
        org__path__in=tree.ancestors(path),
        person__is_active=True,
    )
    return frozenset(rows.values_list("person_id", flat=True))
