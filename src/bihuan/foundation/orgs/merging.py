"""An organisation that goes into another: when it may, what moves, and who has its work then."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from bihuan.foundation.audit.api import Happening, change, create, standing
from bihuan.foundation.orgs import tree
from bihuan.foundation.orgs.models import Org, Post
from bihuan.foundation.orgs.problems import OrgError
from bihuan.rules.spans import Span, gaps


def posts_at(pk: int, on: date) -> list[Post]:
    """The posts at one organisation that have not ended on a day."""
    return list(Post.objects.filter(Q(end__isnull=True) | Q(end__gte=on), org_id=pk))


def mergeable(pk: int, into: int) -> tuple[Org, Org]:
    """Two organisations the first of which can go into the second.

    Raises OrgError: the same one twice, one below the first, either of them closed."""
    source, target = Org.objects.get(pk=pk), Org.objects.get(pk=into)
    if source.merged_into_id is not None:
        raise OrgError("orgs.merged", name=source.name, now=successor(source).name)
    for one in (source, target):
        if not one.active:
            raise OrgError("orgs.closed", name=one.name)
    if tree.covers(source.path, target.path):
        raise OrgError("orgs.merge_into_itself", name=source.name)
    return source, target


@standing.kept
def merged_orgs() -> tuple[Org, ...]:
    """Every organisation that went into another."""
    return tuple(Org.objects.filter(merged_into__isnull=False).order_by("pk"))


def successor(org: Org) -> Org:
    """The organisation that has its work now: the last of those it went into; itself otherwise."""
    while org.merged_into_id is not None:
        org = Org.objects.get(pk=org.merged_into_id)
    return org


def must_be_open(org: Org) -> None:
    """Raises OrgError for an organisation that went into another: nothing is put there any more."""
    if org.merged_into_id is not None:
        raise OrgError("orgs.merged", name=org.name, now=successor(org).name)


@transaction.atomic
def move_posts(pk: int, into: int, *, on: date, at: datetime, actor: str) -> None:
    """Ends the posts at one organisation the day before and gives them anew at another, for
    the days on which the person has none there already."""
    for row in posts_at(pk, on):
        wanted = Span.through(max(row.start, on), row.end)
        end = max(row.start, date.fromordinal(on.toordinal() - 1))
        change(row, Happening("post.ended", at, actor, set={"end": end}))
        there = Post.objects.filter(person_id=row.person_id, org_id=into)
        for part in gaps(wanted, [Span.through(one.start, one.end) for one in there]):
            fresh = Post(
                person_id=row.person_id,
                org_id=into,
                title=row.title,
                start=part.start,
                end=part.last,
            )
            create(fresh, Happening("post.given", at, actor))


@transaction.atomic
def close_into(pk: int, into: int, *, at: datetime, actor: str) -> Org:
    """Closes an organisation for good and points to its successor."""
    values = {"active": False, "merged_into_id": into}
    return change(Org.objects.get(pk=pk), Happening("org.merged", at, actor, set=values))
