"""Opening the matters of pairs that were confirmed: so many at a time, each once whatever happens.

A task in the outbox looks which lack theirs (`plan`) and plans others that open them in lots. Each lot is one
transaction with its end, so that a worker killed in the middle leaves it whole or not at all; where two
workers have the same lot, the database lets only one in for each pair (`PairOf`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from bihuan.facets.pair import cards
from bihuan.facets.pair.block import PAIR, PARTNERS, PairSpec
from bihuan.facets.pair.events import MISSED
from bihuan.facets.pair.models import PairLink, PairOf, PairRun, PairSide
from bihuan.facets.pair.standing import RUN, former, group_of, match_of
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import Happening, change
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import standing_org
from bihuan.jobs import schedule
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import inputs
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import GoneError, ProblemError, kept
from bihuan.spec.schema import Kind

PLAN, LOT, OF = "pair.plan", "pair.open", "of"
# So many are opened in one transaction: a second or less, so that others who write need not wait.
AT_ONCE = 40


def _lacking(parent: Matter) -> list[PairLink]:
    """The confirmed pairs of a round that have no matter yet."""
    there = PairOf.objects.filter(parent_id=parent.pk).values_list("both", flat=True)
    rows = PairLink.objects.filter(stream=parent.stream, stands=True).order_by("pk")
    known = {*there}
    return [row for row in rows if row.key not in known]


def plan(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Looks which confirmed pairs of a round lack their matter and plans to open those."""
    parent = Matter.objects.get(pk=payload["matter"])
    if parent.phase == "done":
        return
    keys = [row.key for row in _lacking(parent)]
    for n, first in enumerate(range(0, len(keys), AT_ONCE)):
        lot = {"matter": parent.pk, "pairs": keys[first : first + AT_ONCE]}
        notify.enqueue(LOT, lot, key=f"{key}:{n}", run_at=at)


def open_lot(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Opens the matter of each pair of a lot that has none yet; notes for which it cannot."""
    del key
    parent = Matter.objects.get(pk=payload["matter"])
    programme = programmes.spec_of(parent.release_id)
    kind = programme.kinds[parent.kind]
    block = PAIR.of(kind)
    run = PairRun.objects.filter(stream=parent.stream, key=RUN).first()
    if block is None or run is None or parent.phase == "done":
        return
    rows = [row for row in _lacking(parent) if row.key in payload["pairs"]]
    sides = {row.key: row for row in PairSide.objects.filter(stream=parent.stream)}
    sort = f"{programme.id}.{block.of}"
    keys = {side for row in rows for side in (row.first, row.second)}
    again = former(sort, keys, "ever")
    fields, subject = _fields(parent, run.given, kind), str(run.given["subject"])
    parts: dict[tuple[str, str], dict[str, Any] | None] = {}
    for row in rows:
        ends = (sides[row.first], sides[row.second])
        columns = {
            "parent_id": parent.pk,
            "sort": sort,
            "both": row.key,
            "first": row.first,
            "second": row.second,
            "match": match_of(
                *({"group": group_of(one.key, one.org_id)} for one in ends),
                again=frozenset((row.first, row.second)) in again,
            ),
            "gives": row.gives,
            "takes": row.takes,
        }
        why = _opened(parent, block, ends, columns=columns, fields=fields, subject=subject, at=at)
        if why != row.why:
            parts[(PairLink.PART, row.key)] = {"why": why}
    if parts:
        when = max(at, parent.changed_at)
        set_ = {"changed_at": when}
        change(parent, Happening(MISSED, when, SYSTEM.ref, set=set_, parts=parts))


def _fields(parent: Matter, given: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """What each is filled in with: always the same, and of the round's facts."""
    return dict(given["given"]) | {
        name: inputs.typed(kind.fields[fact], parent.facts[fact])
        if fact in kind.fields
        else parent.facts[fact]
        for name, fact in given["facts"].items()
        if parent.facts.get(fact)
    }


def _opened(
    parent: Matter,
    block: PairSpec,
    ends: tuple[PairSide, PairSide],
    *,
    columns: dict[str, Any],
    fields: dict[str, Any],
    subject: str,
    at: datetime,
) -> dict[str, Any]:
    """Opens one. Returns why it cannot; {} where there is one now, by whoever it was opened."""
    try:
        with transaction.atomic():
            opening = _opening(
                parent, block, ends, columns=columns, fields=fields, subject=subject, at=at
            )
            matters.open_matter(opening, actor=SYSTEM, at=max(at, parent.opened_at))
    except IntegrityError:
        if not PairOf.objects.filter(parent_id=parent.pk, both=columns["both"]).exists():
            raise
    except GoneError:
        raise
    except ProblemError as error:
        return kept(error)
    return {}


def _opening(
    parent: Matter,
    block: PairSpec,
    ends: tuple[PairSide, PairSide],
    *,
    columns: dict[str, Any],
    fields: dict[str, Any],
    subject: str,
    at: datetime,
) -> Opening:
    """What is opened for two. Raises ProblemError where the programme, or a kind of theirs in it, does not
    hold at the place of the first."""
    first, second = ends
    home = standing_org(first.org_id)
    held = programmes.held(parent.programme, home.path, timezone.localtime(at).date())
    kind = held.programme.kinds.get(block.of)
    partners = PARTNERS.of(kind) if kind is not None else None
    if partners is None:
        raise ProblemError("pair.no_kind", place=home.name)
    who = (one.person_id or one.org_id for one in ends)
    called = " — ".join(cards.name_of(one.key) for one in ends)
    return Opening(
        programme=parent.programme,
        kind=block.of,
        home=home,
        unit=standing_org(second.org_id),
        subject=f"{subject} {called}",
        body=subject,
        fields={**fields, **dict(zip(partners.fields, who, strict=True))},
        parent=parent,
        parts={(PairOf.PART, OF): columns, **_along(first, second)},
    )


def _along(first: PairSide, second: PairSide) -> dict[tuple[str, str], dict[str, Any]]:
    """Who handles what is the first one's sees it as who handles what is the second one's does."""
    if first.org_id == second.org_id:
        return {}
    org = standing_org(first.org_id)
    held = {"role": "co_unit", "person_id": None, "org_id": org.pk, "org_path": org.path}
    return {("party", f"co_unit-{org.pk}"): held}


def again(at: datetime) -> int:
    """Has every round that is open look once more which confirmed pairs lack their matter. Returns how
    many such rounds there are."""
    day = timezone.localtime(at).date()
    rounds = Matter.objects.filter(
        ~Q(phase="done"), pk__in=PairLink.objects.filter(stands=True).values("matter_id")
    )
    lacking = [one for one in rounds if _lacking(one)]
    for one in lacking:
        notify.enqueue(PLAN, {"matter": one.pk}, key=f"{one.stream}:pair:{day}", run_at=at)
    return len(lacking)


def register() -> None:
    """Declares what the worker does for this facet, and how often."""
    notify.task(PLAN)(plan)
    notify.task(LOT)(open_lot)
    schedule.add(schedule.Duty("pairs", timedelta(days=1), again))
