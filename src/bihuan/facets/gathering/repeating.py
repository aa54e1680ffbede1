"""A series: the first gathering says by which rule others follow; the outbox opens them in lots, each of a day
once, whatever happens."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from django.db import IntegrityError, transaction
from pydantic import Field

from bihuan.facets.gathering import series, standing
from bihuan.facets.gathering.block import GATHERING, REPEAT, GatheringSpec
from bihuan.facets.gathering.closing import DateInput, IntInput
from bihuan.facets.gathering.models import Sitting
from bihuan.facets.gathering.planning import OfGathering
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import history, read
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import calendars
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import inputs, verbs
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.matters.opening import ORDERED_BY
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import GoneError, InputError, ProblemError, RefusedError
from bihuan.spec.arguments import Names

OPEN, MISSED, HOLIDAYS = "gathering.open", "notice.gathering_missed", "notice.gathering_holidays"
# So many are opened in one transaction: a second or less, so that others who write need not wait.
AT_ONCE = 20
_DAYS = 40


class Repeat(OfGathering):
    shown: ClassVar[tuple[str, ...]] = ("n",)
    every: Annotated[
        str,
        Names("input", ("choice",)),
        Field(examples=["rhythm"], description="an input: week, month_weekday or month_day"),
    ]
    n: IntInput | None = Field(
        None, description="an input that says every how many weeks or months; absent: each"
    )
    until: DateInput = Field(examples=["until"], description="an input with the last day")


def repeat(step: Step, args: Repeat) -> None:
    """Others follow until a last day: every so many weeks; on the same weekday of every so many months (the
    first Thursday); on the same day of them. Each is a matter of its own, filled in as this one, opened by
    the house and given to whoever has this one. Where a day is not worked, it moves or is told, as the
    kind says.

    Refuses a last day before the next one, more than 60, and one that belongs to a series already.
    """
    one, found = standing.block_of(step), standing.still(step)
    if found["series"] is not None:
        raise RefusedError("gathering.of_series")
    coming = _coming(step, args, one, found)
    if not coming:
        raise InputError({args.until: ("gathering.until_too_early", {})})
    if len(coming) > series.MOST:
        raise InputError({args.until: ("gathering.series_too_long", {"most": series.MOST})})
    first = standing.local(found["begins"]).date()
    pk = step.matter.pk
    standing.change(step, series=pk, wanted=first, slot=slot(pk, first))
    days = [[c.wanted.isoformat(), c.day.isoformat(), c.holiday] for c in coming]
    for n, start in enumerate(range(0, len(days), AT_ONCE)):
        lot = {"days": days[start : start + AT_ONCE], "asked": step.actor.person_id}
        step.tasks.append((OPEN, lot, f"series-{n}"))


def slot(pk: int, wanted: date) -> str:
    """One of a series a day."""
    return f"{pk}:{wanted.isoformat()}"


def _coming(
    step: Step, args: Repeat, one: GatheringSpec, found: Mapping[str, Any]
) -> list[series.Occurrence]:
    known: dict[str, series.Every] = {name: name for name in series.EVERY}
    every = known.get(str(step.inputs.get(args.every)))
    if every is None:
        raise InputError({args.every: ("input.not_a_choice", {"choices": ", ".join(known)})})
    n = int(step.inputs.get(args.n) or 1) if args.n is not None else 1
    until = date.fromisoformat(str(step.inputs.get(args.until)))
    first = standing.local(found["begins"]).date()
    worked = calendars.load(calendars.of(step.value("unit_path")).pk)
    return series.occurrences(first, every, max(n, 1), until, holidays=one.holidays, worked=worked)


def open_lot(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Opens those of a lot that are not there yet; tells whoever asked for the series which cannot be."""
    first = Matter.objects.get(pk=payload["matter"])
    programme = programmes.spec_of(first.release_id)
    block = GATHERING.of(programme.kinds[first.kind])
    if block is None:
        return
    there = {*Sitting.objects.filter(series=first.pk).values_list("slot", flat=True)}
    missed, off = 0, 0
    for wanted, day, holiday in payload["days"]:
        named = slot(first.pk, date.fromisoformat(wanted))
        if named not in there:
            columns = {"series": first.pk, "wanted": date.fromisoformat(wanted)}
            columns |= {"holiday": str(holiday)[:_DAYS], "slot": named}
            opened = _opened(first, block, str(day), columns, at)
            missed, off = missed + (not opened), off + (opened and bool(holiday))
    for count, text in ((missed, MISSED), (off, HOLIDAYS)):
        if count and payload.get("asked"):
            said = {"number": first.number, "told_by": first.programme, "count": count}
            # No event tells it: its key must not look as if one did.
            told, once = [int(payload["asked"])], f"{key}:{text.rpartition('.')[2]}"
            notify.tell(told, text, key=once, at=at, ref=first.stream, **said)


def _opened(
    first: Matter, block: GatheringSpec, day: str, columns: dict[str, Any], at: datetime
) -> bool:
    """Opens one. Returns whether there is one now, by whoever it was opened."""
    kind = programmes.spec_of(first.release_id).kinds[first.kind]
    fields = {
        name: inputs.typed(one, first.facts[name])
        for name, one in kind.fields.items()
        if first.facts.get(name) not in (None, "", []) and one.type != "file"
    }
    said = read(next(event for event in history(first.stream) if event.seq == 1))
    opening = Opening(
        programme=first.programme,
        kind=first.kind,
        home=first.home,
        unit=first.unit,
        assignee_id=first.assignee_id,
        subject=first.subject,
        body=str(said.get("private", {}).get("body") or first.subject),
        fields={**fields, block.day: day} | _ordered(kind.fields, first),
        parts={(Sitting.PART, standing.SITTING): columns},
    )
    try:
        with transaction.atomic():
            matters.open_matter(opening, actor=SYSTEM, at=max(at, first.opened_at))
    except IntegrityError:
        if not Sitting.objects.filter(slot=columns["slot"]).exists():
            raise
    except GoneError:
        raise
    except ProblemError:
        return False
    return True


def _ordered(declared: Mapping[str, Any], first: Matter) -> dict[str, Any]:
    """Who ordered the first ordered the others."""
    if ORDERED_BY not in declared or not first.facts.get(ORDERED_BY):
        return {}
    return {ORDERED_BY: first.facts[ORDERED_BY]}


def register() -> None:
    """Declares the effect of this module, and what the worker does for it."""
    verbs.effect(REPEAT, Repeat, repeat)
    notify.task(OPEN)(open_lot)
