"""The public door of organisations, people, posts and calendars."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from bihuan.foundation.audit.api import (
    Happening,
    adopt,
    change,
    create_all,
    register,
    standing,
)
from bihuan.foundation.orgs import accounts, calendars, org_types, passwords, tree
from bihuan.foundation.orgs.accounts import (
    add_person,
    change_person,
    create_person,
    set_password,
    take_up_passwords,
)
from bihuan.foundation.orgs.finding import (
    called,
    find_orgs,
    find_people,
    orgs_called,
    orgs_coded,
)
from bihuan.foundation.orgs.merging import (
    close_into,
    mergeable,
    merged_orgs,
    move_posts,
    must_be_open,
    posts_at,
    successor,
)
from bihuan.foundation.orgs.models import (
    CalendarYear,
    Exemption,
    Membership,
    Org,
    OrgType,
    Person,
    Post,
    WorkCalendar,
)
from bihuan.foundation.orgs.posts import end_post, give_post, one_at_a_time
from bihuan.foundation.orgs.problems import OrgError
from bihuan.foundation.sql.lookup import NO_DAY, Columns, Lookup
from bihuan.lib.legal import one_line

__all__ = [
    "Entry",
    "Org",
    "OrgError",
    "Person",
    "accounts",
    "add_person",
    "calendars",
    "change_org",
    "change_person",
    "children_of",
    "close_into",
    "create_org",
    "create_person",
    "end_post",
    "find_orgs",
    "find_people",
    "give_post",
    "is_placed",
    "load_tree",
    "mergeable",
    "merged_orgs",
    "move_org",
    "move_posts",
    "must_be_open",
    "named_above",
    "one_at_a_time",
    "org",
    "org_if_any",
    "org_of_post",
    "orgs_at",
    "orgs_called",
    "orgs_coded",
    "orgs_of",
    "orgs_of_person",
    "parent_of",
    "passwords",
    "people_of",
    "person",
    "person_called",
    "places_of",
    "post_paths",
    "posts_at",
    "root_paths",
    "set_password",
    "standing_org",
    "standing_person",
    "successor",
    "take_up_passwords",
    "tree",
]

register(Org, OrgType, Person, Post, Membership, Exemption, WorkCalendar, CalendarYear)

_FIELDS = ("name", "short", "code", "level", "duties", "calendar_id", "active")


@dataclass(frozen=True)
class Entry:
    """One organisation of a bulk load: `parent` is the code of an entry before it, or ''."""

    code: str
    name: str
    parent: str = ""
    level: str = ""


def org(pk: int) -> Org:
    """One organisation. Raises Org.DoesNotExist."""
    return Org.objects.get(pk=pk)


_ORG = Lookup(Org.objects.filter(pk=-1), -1)
_PERSON = Lookup(Person.objects.filter(pk=-1), -1)


@standing.kept
def standing_org(pk: int) -> Org:
    """One organisation to read from and never to change. Raises Org.DoesNotExist."""
    for found in _ORG(pk):
        return found
    raise Org.DoesNotExist


@standing.kept
def standing_person(pk: int) -> Person:
    """One person to read from and never to change. Raises Person.DoesNotExist."""
    for found in _PERSON(pk):
        return found
    raise Person.DoesNotExist


@standing.kept
def is_placed(person_id: int, org_path: str, on: date) -> bool:
    """Whether an active person has a post in the subtree on a day."""
    return people_of(org_path, on).filter(pk=person_id).exists()


_POSTED = Post.objects.filter(
    Q(end__isnull=True) | Q(end__gte=NO_DAY), person_id=-1, start__lte=NO_DAY
)
_POST_PATHS = Columns(_POSTED.values_list("org__path").order_by("org__path"), -1, NO_DAY)


@standing.kept
def post_paths(person_id: int, on: date) -> tuple[str, ...]:
    """Paths of the organisations in which somebody has a post on a day."""
    return tuple(path for (path,) in _POST_PATHS(person_id, on))


def org_if_any(pk: int) -> Org | None:
    """One organisation, or None."""
    return Org.objects.filter(pk=pk).first()


@standing.kept
def root_paths() -> tuple[str, ...]:
    """Paths of the roots that are still open: each is a city of its own."""
    rows = Org.objects.filter(depth=1, active=True).order_by("path")
    return tuple(rows.values_list("path", flat=True))


def named_above(rows: Iterable[Org]) -> dict[int, str]:
    """The name of the organisation right above each; roots are left out."""
    above = {row.pk: row.path[: -Org.steplen] for row in rows if row.depth > 1}
    if not above:
        return {}
    names = dict(Org.objects.filter(path__in=set(above.values())).values_list("path", "name"))
    return {pk: names[path] for pk, path in above.items()}


@standing.kept
def _at(paths: tuple[str, ...]) -> tuple[Org, ...]:
    return tuple(Org.objects.filter(path__in=paths).order_by("path"))


def orgs_at(paths: Iterable[str]) -> list[Org]:
    """The organisations that have these paths, in tree order. Standing data."""
    return list(_at(tuple(paths)))


def orgs_of_person(person_id: int, on: date) -> list[Org]:
    """Where somebody has a post on a day, in tree order."""
    rows = Post.objects.filter(
        Q(end__isnull=True) | Q(end__gte=on), person_id=person_id, start__lte=on
    )
    return list(Org.objects.filter(pk__in=rows.values("org_id")).order_by("path"))


def orgs_of(pks: Iterable[int]) -> list[Org]:
    """These organisations, in tree order."""
    return list(Org.objects.filter(pk__in=list(pks)).order_by("path"))


def parent_of(org: Org) -> Org | None:
    """The organisation right above, or None for a root."""
    return Org.objects.filter(path=org.path[: -Org.steplen]).first() if org.depth > 1 else None


def org_of_post(pk: int) -> Org:
    """Where a post is. Raises Org.DoesNotExist."""
    return Org.objects.get(posts__pk=pk)


def person(pk: int) -> Person:
    """One person. Raises Person.DoesNotExist."""
    return Person.objects.get(pk=pk)


def person_called(username: str) -> Person | None:
    """Whose account has this name, or None."""
    return Person.objects.filter(username=username).first()


def children_of(org: Org) -> list[Org]:
    """The organisations right below one, in tree order."""
    low, high = tree.bounds(org.path)
    rows = Org.objects.filter(depth=org.depth + 1, path__gte=low, path__lt=high)
    return list(rows.order_by("path"))


@transaction.atomic
def create_org(
    name: str,
    *,
    parent: Org | None,
    at: datetime,
    actor: str,
    short: str = "",
    code: str = "",
    level: str = "",
    duties: str = "",
) -> Org:
    """A new organisation under `parent`, or a new root. Raises OrgError without a name, or for a level
    that is no type (`org_types`)."""
    given = {"name": name, "short": short, "code": code, "level": level, "duties": duties}
    fresh = Org(**{column: one_line(text) for column, text in given.items()})
    if not fresh.name:
        raise OrgError("orgs.name_missing")
    org_types.chosen(fresh.level)
    for attempt in (1, 2, 3):
        try:
            with transaction.atomic():
                if parent is None:
                    Org.objects.add_root(instance=fresh)
                else:
                    above = Org.objects.get(pk=parent.pk)
                    must_be_open(above)
                    Org.objects.add_child(above, instance=fresh)
            break
        except IntegrityError:
            # Two sisters were born at once and chose the same path: the later one looks again.
            if attempt == 3:
                raise
            fresh.pk = None
    return adopt(fresh, Happening("org.created", at, actor))


def _last_place(base: str) -> int:
    """The place of the last child below a path ('' for roots). Not their number: one may have
    moved away and left a gap."""
    low, high = tree.bounds(base)
    rows = Org.objects.filter(depth=len(base) // Org.steplen + 1, path__gte=low, path__lt=high)
    last = rows.order_by("-path").values_list("path", flat=True).first()
    return int(last[-Org.steplen :], 36) if last else 0


@transaction.atomic
def load_tree(
    entries: Iterable[Entry], *, at: datetime, actor: str, under: Org | None = None
) -> int:
    """Many organisations at once; parents before children. Returns how many.

    Paths are computed here, so a million nodes take inserts only.
    Raises OrgError for an unknown parent, a code given twice, a level that is no type, or below what
    went into another.
    """
    if under is not None:
        must_be_open(under)
    paths: dict[str, str] = {}
    children: dict[str, int] = {}
    base = under.path if under else ""
    offset = _last_place(base)
    rows: list[Org] = []
    for entry in entries:
        if entry.code in paths:
            raise OrgError("orgs.code_twice", code=entry.code)
        if entry.parent and entry.parent not in paths:
            raise OrgError("orgs.parent_unknown", code=entry.code, parent=entry.parent)
        org_types.chosen(entry.level)
        above = paths[entry.parent] if entry.parent else base
        place = children.get(above, offset if above == base else 0) + 1
        children[above] = place
        path = above + Org._get_path("", 1, place)
        paths[entry.code] = path
        rows.append(
            Org(
                path=path,
                depth=len(path) // Org.steplen,
                name=one_line(entry.name),
                code=entry.code,
                level=entry.level,
            )
        )
    for row in rows:
        row.numchild = children.get(row.path, 0)
    create_all(rows, Happening("org.loaded", at, actor))
    if under is not None:
        fresh = children.get(base, offset) - offset
        Org.objects.filter(pk=under.pk).update(numchild=F("numchild") + fresh)
    return len(rows)


@transaction.atomic
def change_org(pk: int, *, at: datetime, actor: str, **values: object) -> Org:
    """Renames or otherwise changes an organisation. Raises OrgError on an unknown column, or for a level
    that is no type."""
    unknown = set(values) - set(_FIELDS)
    if unknown:
        raise OrgError("orgs.unknown_field", field=", ".join(sorted(unknown)))
    values = {key: one_line(v) if isinstance(v, str) else v for key, v in values.items()}
    if values.get("name") == "":
        raise OrgError("orgs.name_missing")
    row = Org.objects.get(pk=pk)
    if "level" in values:
        values["level"] = org_types.chosen(str(values["level"]), held=row.level)
    if values.get("active"):
        must_be_open(row)
    return change(row, Happening("org.changed", at, actor, set=values))


@transaction.atomic
def move_org(pk: int, *, under: int, at: datetime, actor: str) -> list[tuple[str, str]]:
    """Moves a subtree below another organisation; returns (old path, new path) of each node.

    Whoever copied paths on to their own rows must follow (see matters.follow_moves).
    Raises OrgError when the target lies inside the subtree.
    """
    node, target = Org.objects.get(pk=pk), Org.objects.get(pk=under)
    if tree.covers(node.path, target.path):
        raise OrgError("orgs.move_into_itself", name=node.name)
    must_be_open(target)
    low, high = tree.bounds(node.path)
    before = dict(Org.objects.filter(path__gte=low, path__lt=high).values_list("pk", "path"))
    Org.objects.move(node, target, "last-child")
    moved = []
    for row in Org.objects.filter(pk__in=before).order_by("depth"):
        place = {"path": row.path, "depth": row.depth}
        change(row, Happening("org.moved", at, actor, set=place))
        moved.append((before[row.pk], row.path))
    return moved


def people_of(org_path: str, on: date, query: str = "") -> QuerySet[Person]:
    """Active people with a post or a membership in the subtree on a day, by name, user name or
    code; by which of the two is not told."""
    low, high = tree.bounds(org_path)
    named = called(query) if query else Q()
    there = Q(org__path__gte=low, org__path__lt=high, start__lte=on)
    lasting = Q(end__isnull=True) | Q(end__gte=on)
    posted = Post.objects.filter(there, lasting).values("person_id")
    belonging = Membership.objects.filter(there, lasting).values("person_id")
    return Person.objects.filter(
        named, Q(pk__in=posted) | Q(pk__in=belonging), is_active=True
    ).order_by("name", "pk")


def places_of(people: list[int], on: date) -> dict[int, str]:
    """The organisation each person has a post in on a day (the first, where there are several). Of which
    they are a member is for those to know who are shown its list."""
    rows = Post.objects.filter(
        Q(end__isnull=True) | Q(end__gte=on), person_id__in=people, start__lte=on
    ).order_by("-pk")
    return dict(rows.values_list("person_id", "org__name"))
