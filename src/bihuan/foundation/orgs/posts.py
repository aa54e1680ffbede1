"""Posts: who is placed where, from when until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from bihuan.foundation.audit.api import Happening, change, create, create_all
from bihuan.foundation.orgs import tree
from bihuan.foundation.orgs.merging import must_be_open
from bihuan.foundation.orgs.models import Org, Post
from bihuan.foundation.orgs.problems import OrgError
from bihuan.rules.spans import DAY, MeetsError, Span, followed


def one_at_a_time(pk: int) -> None:
    """Lets whoever gives something a period at an organisation wait until another has done so, as
    two who look at once both find the days free. Within a transaction; SQLite has one writer."""
    Org.objects.select_for_update().filter(pk=pk).values_list("pk").first()


@transaction.atomic
def give_post(
    person_id: int, org_id: int, *, start: date, at: datetime, actor: str, title: str = ""
) -> Post:
    """Places a person in an organisation from a day on; one that is there already stays, and a new
    title follows the earlier post. Raises OrgError where it is no more, or when the time meets
    that of another post there (`rules.spans`)."""
    must_be_open(Org.objects.get(pk=org_id))
    one_at_a_time(org_id)
    there = list(Post.objects.filter(person_id=person_id, org_id=org_id).order_by("start"))
    for one in there:
        if one.end is None and one.start <= start and title in ("", one.title):
            return one
    try:
        before = followed(Span(start), [(one, Span.through(one.start, one.end)) for one in there])
    except MeetsError as error:
        raise OrgError(error.key, **error.values) from error
    if before is not None:
        change(before, Happening("post.ended", at, actor, set={"end": start - DAY}))
    return create(
        Post(person_id=person_id, org_id=org_id, title=title, start=start),
        Happening("post.given", at, actor),
    )


@dataclass(frozen=True)
class Placing:
    """Who is placed where, under which title."""

    person_id: int
    org_id: int
    title: str = ""


@transaction.atomic
def give_posts(
    wanted: Sequence[Placing], *, start: date, at: datetime, actor: str
) -> list[Post | OrgError]:
    """Many places at once, as `give_post` gives each: the post, or why there is none."""
    orgs = sorted({one.org_id for one in wanted})
    known = {row.pk: row for row in Org.objects.select_for_update().filter(pk__in=orgs)}
    people = {one.person_id for one in wanted}
    posted = set(Post.objects.filter(person_id__in=people).values_list("person_id", "org_id"))
    found: dict[int, Post | OrgError] = {}
    fresh: dict[int, Post] = {}
    for nth, one in enumerate(wanted):
        pair = (one.person_id, one.org_id)
        if pair in posted or known[one.org_id].merged_into_id is not None:
            continue
        posted.add(pair)
        fresh[nth] = Post(person_id=one.person_id, org_id=one.org_id, title=one.title, start=start)
    create_all(list(fresh.values()), Happening("post.given", at, actor))
    for nth, one in enumerate(wanted):
        if nth in fresh:
            continue
        # What is there already may stay, end, or stand in the way.
        try:
            found[nth] = give_post(
                one.person_id, one.org_id, start=start, at=at, actor=actor, title=one.title
            )
        except OrgError as error:
            found[nth] = error
    return [fresh.get(nth) or found[nth] for nth in range(len(wanted))]


def within(path: str, on: date) -> QuerySet[Post]:
    """Posts of active people at an organisation and below it on a day."""
    low, high = tree.bounds(path)
    lasting = Q(end__isnull=True) | Q(end__gte=on)
    rows = Post.objects.filter(lasting, start__lte=on, person__is_active=True)
    return rows.filter(org__path__gte=low, org__path__lt=high)


@transaction.atomic
def end_post(pk: int, *, end: date, at: datetime, actor: str) -> Post:
    """Ends a post. Raises OrgError when it would end before it began, or later than it does."""
    row = Post.objects.get(pk=pk)
    if row.end is not None and end > row.end:
        raise OrgError("orgs.post_ended", end=row.end)
    if end < row.start:
        raise OrgError("orgs.ends_before_start")
    return change(row, Happening("post.ended", at, actor, set={"end": end}))
