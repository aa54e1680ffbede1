"""Opening them: who of a roster has none yet, so many at a time, each once whatever happens; what comes
of those who join and leave while the one above is open.

A task in the outbox looks who lacks one (`plan`) and plans others that open them in lots. Each lot is one
transaction with its end, so that a worker killed in the middle leaves it whole or not at all; where two
workers have the same lot, the database lets only one in for each (`EachOf`).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from bihuan.facets.each import events
from bihuan.facets.each.block import EACH, EachSpec
from bihuan.facets.each.models import EachMissed, EachOf, EachRun
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import Happening, change, history, read
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import standing_org, standing_person
from bihuan.jobs import schedule
from bihuan.kernel.matters import access, inputs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.matters.opening import ORDERED_BY
from bihuan.kernel.people import api as people
from bihuan.kernel.people.api import Due
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import GoneError, InputError, ProblemError, kept
from bihuan.spec.schema import Programme

RUN, OF = "run", "of"
PLAN, LOT = "each.plan", "each.open"
# So many are opened in one transaction: a second or less, so that others who write need not wait.
AT_ONCE = 40


def plan(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Looks who of the roster has none yet and plans to open them; notes who has left, who came."""
    parent = Matter.objects.get(pk=payload["matter"])
    run, block, programme = _run(parent)
    if run is None or block is None or parent.phase == "done":
        return
    on = timezone.localtime(at).date()
    there = {row.whom: row for row in EachOf.objects.filter(parent_id=parent.pk)}
    resolved = people.resolve(programme, block.roster, parent.home, on)
    meant = {one.key: one for one in without(resolved, block, parent.facts)}
    _follow(there, meant, on, at)
    new = _lacking(parent, there, meant, on)
    expected = len(there) + len(new)
    exempt = sum(bool(one.exempt) and one.key not in there for one in meant.values())
    if (run.due, run.exempt) != (expected, exempt):
        columns = {**run.values(), "due": expected, "exempt": exempt}
        _note(parent, events.GREW, {(EachRun.PART, RUN): columns}, at)
    pks = [one.person_id or one.org_id for one in new]
    for n, first in enumerate(range(0, len(pks), AT_ONCE)):
        lot = {"matter": parent.pk, "pks": pks[first : first + AT_ONCE]}
        notify.enqueue(LOT, lot, key=f"{key}:{n}", run_at=at)


def without(found: Iterable[Due], block: EachSpec, facts: Mapping[str, Any]) -> list[Due]:
    """Those of a roster but for whom a field of the matter names."""
    but = str(facts.get(block.but) or "") if block.but is not None else ""
    return [one for one in found if not but or str(one.person_id or one.org_id) != but]


def _run(parent: Matter) -> tuple[EachRun | None, EachSpec | None, Programme]:
    programme = programmes.spec_of(parent.release_id)
    run = EachRun.objects.filter(stream=parent.stream, key=RUN).first()
    return run, EACH.of(programme.kinds[parent.kind]), programme


def _lacking(
    parent: Matter, there: Collection[str], meant: Mapping[str, Due], on: date
) -> list[Due]:
    barred = access.kept_away(parent, on)
    return [
        one
        for key, one in meant.items()
        if not one.exempt and key not in there and one.person_id not in barred
    ]


def _note(
    of: Matter, event: str, parts: dict[tuple[str, str], dict[str, Any] | None], at: datetime
) -> None:
    at = max(at, of.changed_at)
    change(of, Happening(event, at, SYSTEM.ref, set={"changed_at": at}, parts=parts))


def _follow(there: dict[str, EachOf], meant: Mapping[str, Due], on: date, at: datetime) -> None:
    """Those who left, or are back. Where an organisation that left was merged, and its successor is
    meant and has none, the open one that was handed on is the successor's now."""
    changed = [row for key, row in there.items() if (key in meant) == (row.left is not None)]
    rows = {one.pk: one for one in Matter.objects.filter(pk__in=[r.matter_id for r in changed])}
    for row in changed:
        child = rows[row.matter_id]
        if child.phase == "done":
            continue
        columns = {**row.values(), "left": None if row.whom in meant else on}
        heir = f"o{child.home_id}"
        if row.person_id is None and row.whom not in meant and heir in meant and heir not in there:
            columns |= {"whom": heir, "org_id": child.home_id, "left": None}
            there[heir] = there.pop(row.whom)
        if columns != row.values():
            _note(child, events.LEFT, {(EachOf.PART, OF): columns}, at)


def open_lot(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Opens one for each of a lot who is meant still and has none yet; notes for whom it cannot."""
    del key
    parent = Matter.objects.get(pk=payload["matter"])
    run, block, programme = _run(parent)
    if run is None or block is None or parent.phase == "done":
        return
    on = timezone.localtime(at).date()
    found = people.resolve(programme, block.roster, parent.home, on, among=payload["pks"])
    there = set(
        EachOf.objects.filter(parent_id=parent.pk, whom__in=[one.key for one in found]).values_list(
            "whom", flat=True
        )
    )
    lacking = _lacking(parent, there, {one.key: one for one in found}, on)
    fields, body, missed = _fields(parent, run, block, programme), "", {}
    body = str(fields.pop("body", "") or run.given["subject"])
    for one in lacking:
        why = _opened(parent, run, block, one, fields=fields, body=body, at=at)
        if why is not None:
            missed[one] = why
    _told(parent, lacking, missed, at)


def _fields(parent: Matter, run: EachRun, block: EachSpec, programme: Programme) -> dict[str, Any]:
    """What each is filled in with: of what the step said, of the matter's facts, always the same."""
    event = next(one for one in history(parent.stream) if one.seq == run.seq)
    said = read(event)
    ours = {**said.get("inputs", {}), **said.get("private", {}).get("inputs", {})}
    kind = programme.kinds[parent.kind]
    action = kind.actions.get(str(said.get("action")))
    asked = action.inputs if action is not None else kind.fields
    fields: dict[str, Any] = dict(run.given["given"])
    fields |= {
        name: inputs.typed(kind.fields[fact], parent.facts[fact])
        if fact in kind.fields
        else parent.facts[fact]
        for name, fact in run.given["facts"].items()
        if parent.facts.get(fact)
    }
    fields |= {
        name: inputs.typed(asked[source], ours[source])
        for name, source in run.given["fields"].items()
        if source in ours
    }
    if ORDERED_BY in programme.kinds[block.kind].fields:
        fields[ORDERED_BY] = event.actor
    return fields


def _hand(person_id: int | None) -> int | None:
    """Who is given theirs: whoever has an account to act with."""
    if person_id is None or not standing_person(person_id).has_account:
        return None
    return person_id


def _opened(
    parent: Matter,
    run: EachRun,
    block: EachSpec,
    one: Due,
    *,
    fields: Mapping[str, Any],
    body: str,
    at: datetime,
) -> ProblemError | None:
    """Opens one. Returns why it cannot; None where there is one now, by whoever it was opened."""
    org = standing_org(one.org_id)
    columns = {
        "parent_id": parent.pk,
        "whom": one.key,
        "person_id": one.person_id,
        "org_id": one.org_id,
        "left": None,
    }
    if block.names is not None:
        fields = {**fields, block.names: one.person_id or one.org_id}
    opening = Opening(
        programme=parent.programme,
        kind=block.kind,
        home=org,
        assignee_id=_hand(one.person_id),
        subject=f"{run.given['subject']} {parent.number}",
        body=body,
        fields=fields,
        parent=parent,
        parts={(EachOf.PART, OF): columns},
    )
    try:
        with transaction.atomic():
            matters.open_matter(opening, actor=SYSTEM, at=max(at, parent.opened_at))
    except IntegrityError:
        if not EachOf.objects.filter(parent_id=parent.pk, whom=one.key).exists():
            raise
    except GoneError:
        raise
    except ProblemError as error:
        there = _by_hand(error, block)
        return error if there is None or not _take(there, columns, at) else None
    return None


def _by_hand(error: ProblemError, block: EachSpec) -> Matter | None:
    """The one there may be only one of, where somebody opened it by hand: what is wrong with the field
    that holds whom it is for names its number."""
    if not isinstance(error, InputError) or block.names is None:
        return None
    _, values = error.fields.get(block.names, ("", {}))
    number = matters.number_pk(str(values.get("number", "")))
    found = Matter.objects.filter(pk=number or 0).first()
    return found if found is not None and found.kind == block.kind else None


def _take(there: Matter, columns: dict[str, Any], at: datetime) -> bool:
    """Has the one opened by hand count as theirs. Returns whether it does: not where it is another
    one's already."""
    if EachOf.objects.filter(stream=there.stream).exists():
        return False
    try:
        with transaction.atomic():
            _note(there, events.TAKEN, {(EachOf.PART, OF): columns}, at)
    except IntegrityError:
        return EachOf.objects.filter(parent_id=columns["parent_id"], whom=columns["whom"]).exists()
    return True


def _told(
    parent: Matter, tried: Iterable[Due], missed: Mapping[Due, ProblemError], at: datetime
) -> None:
    """Notes for whom none could be opened and why, and takes off those for whom one could."""
    before = {row.key: row for row in EachMissed.objects.filter(stream=parent.stream)}
    parts: dict[tuple[str, str], dict[str, Any] | None] = {}
    for one in tried:
        error = missed.get(one)
        if error is not None:
            why = kept(error)
            if one.key not in before or before[one.key].why != why:
                columns = {"person_id": one.person_id, "org_id": one.org_id, "why": why, "at": at}
                parts[(EachMissed.PART, one.key)] = columns
        elif one.key in before:
            parts[(EachMissed.PART, one.key)] = None
    if parts:
        _note(parent, events.MISSED, parts, at)


def grow(at: datetime) -> int:
    """Has every matter that opened others, and is open itself, look who came and who left since.
    Returns how many there are."""
    day = timezone.localtime(at).date()
    # Written by now: a step that is being taken plans its own.
    open_ones = Matter.objects.filter(
        ~Q(phase="done"), pk__in=EachRun.objects.filter(key=RUN).values("matter_id")
    )
    pks = list(open_ones.values_list("pk", flat=True))
    for pk in pks:
        notify.enqueue(PLAN, {"matter": pk}, key=f"{Matter.STREAM}:{pk}:each:{day}", run_at=at)
    return len(pks)


def register() -> None:
    """Declares what the worker does for this facet, and how often."""
    notify.task(PLAN)(plan)
    notify.task(LOT)(open_lot)
    schedule.add(schedule.Duty("each", timedelta(days=1), grow))
